import Text

/// Which characters have power in Markdown, and where; all are ASCII, so bytes suffice.
enum MarkdownEscapes {
    /// Adds `text` on one line, with a backslash before whatever would not stand for itself.
    static func append(_ text: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
        let special = special
        var start = 0
        var underscores = Underscores()
        for index in text.indices where special.contains(text[index]) || beginsFence(text, index) {
            let isBreak = text[index] == UInt8(ascii: "\n")
            guard isBreak || needsOne(text[index], at: index, in: text, &underscores) else { continue }
            result.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            if !isBreak {
                result.append(UInt8(ascii: "\\"))
            } else if index > 0, text[index - 1] != UInt8(ascii: " "), text[index - 1] != UInt8(ascii: "\n") {
                result.append(UInt8(ascii: " "))
            }
            start = isBreak ? index + 1 : index
        }
        result.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    /// An address in which no byte ends the link or begins something of its own.
    static func linkTarget(_ url: String) -> String {
        let ends = linkEnds
        let encoded = { PercentEncoding.encoded($0) { $0 <= 0x20 || $0 >= 0x7F || ends.contains($0) } }
        guard let end = endOfIPv6Host(in: url) else { return encoded(url) }
        return url[..<end] + encoded(String(url[end...]))
    }

    /// Where `https://[2001:db8::1]` ends, whose brackets belong to the host (RFC 3986 §3.2.2); nil for any other host.
    private static func endOfIPv6Host(in url: String) -> String.Index? {
        guard let start = ["https://[", "http://["].first(where: { url.utf8.starts(with: $0.utf8) }) else { return nil }
        let inside = url.utf8.dropFirst(start.utf8.count)
        let end = inside.firstIndex { !isHexadecimal($0) && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ".") }
        guard let end, inside[end] == UInt8(ascii: "]") else { return nil }
        return inside.index(after: end)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static let special = ASCIISet("\\`*[]<|_&~#>+-=\n")
    private static let always = ASCIISet("\\`*[]<|")
    private static let linkEnds = ASCIISet("()<>\"\\`|[]*")

    /// Whether `«` is there, which begins a text of strangers (``UntrustedDelimiter``).
    private static func beginsFence(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        text[index] == 0xC2 && index + 1 < text.count && text[index + 1] == 0xAB
    }

    private static func needsOne(
        _ byte: UInt8,
        at index: Int,
        in text: UnsafeBufferPointer<UInt8>,
        _ underscores: inout Underscores
    ) -> Bool {
        if always.contains(byte) || byte >= 0x80 { return true }
        switch byte {
        // An underscore between letters is part of a name and means nothing to Markdown.
        case UInt8(ascii: "_"): return !underscores.joinLetters(text, index)
        case UInt8(ascii: "&"):
            return index + 1 < text.count && (isLetter(text[index + 1]) || text[index + 1] == UInt8(ascii: "#"))
        case UInt8(ascii: "~"): return index + 1 < text.count && text[index + 1] == UInt8(ascii: "~")
        // What begins a line could begin a heading, a quotation or a list.
        default: return index == 0
        }
    }

    /// The last run of underscores, so that none is looked at once for each of its bytes.
    private struct Underscores {
        private var end = 0
        private var isBetweenLetters = false

        /// Whether the run that holds `index` is between letters or digits; asked from left to right.
        mutating func joinLetters(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
            guard index >= end else { return isBetweenLetters }
            end = text[index...].firstIndex { $0 != UInt8(ascii: "_") } ?? text.endIndex
            isBetweenLetters = index > 0 && end < text.count && isLetter(text[index - 1]) && isLetter(text[end])
            return isBetweenLetters
        }
    }

    /// Letters and digits; of other alphabets every character counts as one.
    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: false
        }
    }
}

/// A set of ASCII characters that answers with a shift whether a byte is in it.
private struct ASCIISet {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ characters: StaticString) {
        characters.withUTF8Buffer { bytes in
            for byte in bytes { if byte < 64 { low |= 1 << byte } else { high |= 1 << (byte - 64) } }
        }
    }

    func contains(_ byte: UInt8) -> Bool { byte < 128 && (byte < 64 ? low : high) >> (byte & 63) & 1 == 1 }
}
