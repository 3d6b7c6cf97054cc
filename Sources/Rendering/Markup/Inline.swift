import Text

/// A piece of one line of Markdown: words of ours, and parts from the catalog that are escaped as they are put in.
///
/// The caller names what a text is, as in `"\(bold: title) in \(escaped: place)"`; a bare text does not compile,
/// so that none can pass as it came. Pieces are bytes, and what is put in is looked at once and copied once.
package struct Inline: Hashable, Sendable, ExpressibleByStringInterpolation {
    private(set) var bytes: [UInt8]

    package init(stringLiteral words: StaticString) {
        bytes = words.withUTF8Buffer { Array($0) }
    }

    package init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    package var isEmpty: Bool { bytes.isEmpty }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// As it reads where Markdown means nothing: neither backslashes nor asterisks, code in its backticks.
    package var plain: String {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var isCode = false
        var isEscaped = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\") where !isCode && !isEscaped: isEscaped = true
            case UInt8(ascii: "*") where !isCode && !isEscaped: break
            default:
                if byte == UInt8(ascii: "`") && !isEscaped { isCode.toggle() }
                plain.append(byte)
                isEscaped = false
            }
        }
        return String(decoding: plain, as: UTF8.self).trimmed
    }

    package static func += (line: inout Inline, piece: Inline) { line.bytes += piece.bytes }
}

extension Inline {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(max(literalCapacity, Self.usualLength))
        }

        /// Room for most lines as a whole: growing costs more than it saves.
        private static let usualLength = 192

        package mutating func appendLiteral(_ words: StaticString) {
            bytes.append(contentsOf: UnsafeBufferPointer(start: words.utf8Start, count: words.utf8CodeUnitCount))
        }

        package mutating func appendInterpolation(_ number: Int) { append(String(number)) }

        package mutating func appendInterpolation(_ piece: Inline) { bytes += piece.bytes }

        /// Text of our own, which is put in as it is.
        package mutating func appendInterpolation(words: String) { append(words) }

        /// Catalog text within a line: cleaned, without line breaks, and without any power over the page.
        package mutating func appendInterpolation(escaped text: String) {
            var text = Untrusted.cleaned(text).trimmed
            text.withUTF8 { MarkdownEscapes.append($0, to: &bytes) }
        }

        package mutating func appendInterpolation(bold text: String) {
            appendLiteral("**")
            appendInterpolation(escaped: text)
            appendLiteral("**")
        }

        /// As code, for what is to be copied letter by letter.
        package mutating func appendInterpolation(code text: String) {
            let text = Untrusted.cleaned(text)
            bytes.append(UInt8(ascii: "`"))
            if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "`") && $0 < 0x80 }) {
                append(text.trimmed)
            } else {
                append(String(text.map { $0.isNewline || $0.unicodeScalars.contains("`") ? " " : $0 }).trimmed)
            }
            bytes.append(UInt8(ascii: "`"))
        }

        /// A link, when `url` is one that a browser opens; else the label alone.
        package mutating func appendInterpolation(link label: String, to url: String) {
            guard url.utf8.starts(with: "https://".utf8) || url.utf8.starts(with: "http://".utf8) else {
                return appendInterpolation(escaped: label)
            }
            appendLiteral("[")
            appendInterpolation(escaped: label)
            appendLiteral("](")
            append(MarkdownEscapes.linkTarget(Untrusted.cleaned(url)))
            appendLiteral(")")
        }

        /// An address to be read rather than followed; nothing in it ends it or begins something of its own.
        package mutating func appendInterpolation(address url: String) {
            append(MarkdownEscapes.linkTarget(Untrusted.cleaned(url)))
        }

        /// The beginning of a text on one line, cut between words.
        package mutating func appendInterpolation(excerpt text: String, upTo limit: Int) {
            if text.utf8.count <= limit, Self.isOneLine(text) { return appendInterpolation(escaped: text) }
            let line = Self.oneLine(text)
            guard line.utf8.count > limit, line.count > limit else { return appendInterpolation(escaped: line) }
            let cut = line.prefix(limit)
            let lastSpace = cut.utf8.lastIndex(of: UInt8(ascii: " ")) ?? cut.endIndex
            appendInterpolation("\(escaped: String(cut[..<lastSpace])) …")
        }

        private mutating func append(_ text: String) {
            var text = text
            text.withUTF8 { bytes.append(contentsOf: $0) }
        }

        /// Whether `oneLine` would change nothing; so it is with most cells of tables.
        private static func isOneLine(_ text: String) -> Bool {
            var text = text
            return text.withUTF8 { bytes in
                var last: UInt8 = 0x20
                for byte in bytes {
                    guard byte > 0x20 || byte == 0x20 && last != 0x20 else { return false }
                    last = byte
                }
                return last != 0x20
            }
        }

        /// With one space wherever there is white space.
        private static func oneLine(_ text: String) -> String {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count)
            var last: UInt8 = 0
            for byte in text.utf8 {
                let byte = max(byte, 0x20)
                if byte != 0x20 || last != 0x20 { bytes.append(byte) }
                last = byte
            }
            return String(decoding: bytes, as: UTF8.self).trimmed
        }
    }
}

extension Inline {
    /// Whether `piece` is in it with no letter or digit next to it.
    package func holds(_ piece: Inline) -> Bool {
        let piece = piece.bytes
        guard !piece.isEmpty, bytes.count >= piece.count else { return false }
        return (0...bytes.count - piece.count).contains { start in
            let end = start + piece.count
            return bytes[start..<end].elementsEqual(piece)
                && (start == 0 || !Self.isWord(bytes[start - 1])) && (end == bytes.count || !Self.isWord(bytes[end]))
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."), 0x80...:
            true
        default: false
        }
    }
}

extension [Inline] {
    package func joined(separator: Inline) -> Inline {
        var line: Inline = ""
        for (index, piece) in enumerated() {
            if index > 0 { line += separator }
            line += piece
        }
        return line
    }
}
