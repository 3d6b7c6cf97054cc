import Text

/// `ovaledge://catalog/table/{object_id}`, filled in and read back: RFC 6570, Level 1.
package struct URITemplate: Hashable, Sendable, ExpressibleByStringLiteral {
    private enum Part: Hashable, Sendable {
        case text(String)
        case variable(String)
    }

    package let text: String
    private let parts: [Part]

    /// In the order in which they are there.
    package var variables: [String] {
        parts.compactMap { if case .variable(let name) = $0 { name } else { nil } }
    }

    /// Traps on braces that do not pair, because a template is part of the program.
    package init(stringLiteral text: String) {
        self.text = text
        var parts: [Part] = []
        for (index, piece) in text.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
            let halves = piece.split(separator: "}", omittingEmptySubsequences: false)
            precondition(halves.count == (index == 0 ? 1 : 2), "The braces of \(text) do not pair.")
            if index > 0 { parts.append(.variable(String(halves[0]))) }
            if let rest = halves.last, !rest.isEmpty { parts.append(.text(String(rest))) }
        }
        self.parts = parts
    }

    /// The URI with each value percent-encoded; a variable without value becomes empty.
    package func filled(_ values: [String: String]) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .variable(let name): PercentEncoding.encoded(values[name] ?? "")
            }
        }.joined()
    }

    /// The values that make this template the URI, decoded; nil when none do.
    ///
    /// A value is not empty and does not reach over a `/`.
    package func values(in uri: String) -> [String: String]? {
        var values: [String: String] = [:]
        var rest = Substring(uri)
        for (index, part) in parts.enumerated() {
            switch part {
            case .text(let text):
                guard rest.hasPrefix(text) else { return nil }
                rest = rest.dropFirst(text.count)
            case .variable(let name):
                let value = rest.prefix { $0 != "/" && !Self.isStart(of: parts.dropFirst(index + 1).first, $0) }
                guard !value.isEmpty, let decoded = PercentEncoding.decoded(value) else { return nil }
                values[name] = decoded
                rest = rest[value.endIndex...]
            }
        }
        return rest.isEmpty ? values : nil
    }

    private static func isStart(of part: Part?, _ character: Character) -> Bool {
        if case .text(let text)? = part { text.first == character } else { false }
    }
}

/// What a text must be to name a resource at all (RFC 3986 §3).
enum URIText {
    /// A scheme, a colon, and after it only characters that a URI may hold, each `%` with its two digits.
    static func isValid(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = text.utf8[..<colon]
        let rest = text.utf8[text.utf8.index(after: colon)...]
        guard let first = scheme.first, isLetter(first), scheme.allSatisfy(isSchemeByte), !rest.isEmpty else {
            return false
        }
        return rest.allSatisfy(isURIByte) && PercentEncoding.decoded(Substring(rest)) != nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (0x30...0x39).contains(byte) || "+-.".utf8.contains(byte)
    }

    private static func isURIByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"\"<>\\^`{|}".utf8.contains(byte)
    }
}
