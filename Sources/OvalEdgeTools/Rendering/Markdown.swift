import Text

/// A text for models and people, written line by line; what comes from the catalog is escaped here and nowhere else.
package struct Markdown: Hashable, Sendable {
    package private(set) var text = ""

    package init() {}

    /// Adds a line as it is: words of ours, with parts that `escaped`, `code` or `link` have made.
    package mutating func line(_ line: String) { text += text.isEmpty ? line : "\n\(line)" }

    package mutating func heading(_ level: Int, _ title: String) {
        if !text.isEmpty { text += "\n" }
        line("\(String(repeating: "#", count: level)) \(title)")
    }

    package mutating func bullet(_ text: String) { line("- \(text)") }

    /// A table; cells must be escaped already.
    package mutating func table(_ header: [String], _ rows: [[String]]) {
        guard !header.isEmpty else { return }
        line("| \(header.joined(separator: " | ")) |")
        line("|" + String(repeating: " --- |", count: header.count))
        for row in rows { line("| \(row.joined(separator: " | ")) |") }
    }

    /// Somebody's text of several lines, every line marked as a quotation.
    package mutating func quote(_ lines: [HTMLText.Line]) {
        for quoted in lines {
            switch quoted.kind {
            case .heading: line("> **\(Self.escaped(quoted.text))**")
            case .text: line("> \(Self.escaped(quoted.text))")
            case .item(let mark, let depth):
                line("> \(String(repeating: "  ", count: depth - 1))\(mark) \(Self.escaped(quoted.text))")
            }
        }
    }
}

extension Markdown {
    /// Catalog text within a line: cleaned, without line breaks, and without any power over the page.
    package static func escaped(_ text: String) -> String {
        let text = Untrusted.cleaned(text).trimmed
        guard text.utf8.contains(where: { MarkdownEscapes.mayNeedOne($0) }) else { return text }
        return MarkdownEscapes.escaped(Array(text.utf8))
    }

    /// As code, for what is to be copied letter by letter.
    package static func code(_ text: String) -> String {
        let text = Untrusted.cleaned(text)
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "`") || $0 >= 0x80 }) else {
            return "`\(text.trimmed)`"
        }
        let line = text.map { $0.isNewline || $0 == "`" ? " " : $0 }
        return "`\(String(line).trimmed)`"
    }

    package static func bold(_ text: String) -> String { "**\(escaped(text))**" }

    /// A link, when `url` is one that a browser opens; else the label alone.
    package static func link(_ label: String, to url: String) -> String {
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else { return escaped(label) }
        let target = PercentEncoding.encoded(Untrusted.cleaned(url), where: endsLinkTarget)
        return "[\(escaped(label))](\(target))"
    }
}

extension Markdown {
    /// Whether a byte would end the address of a link, or begin something of its own.
    private static func endsLinkTarget(_ byte: UInt8) -> Bool {
        switch byte {
        case ...0x20, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
            UInt8(ascii: "\\"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "*"):
            true
        default: false
        }
    }

    /// The beginning of a text on one line, cut between words.
    package static func excerpt(_ text: String, upTo limit: Int) -> String {
        let line = oneLine(text)
        guard line.utf8.count > limit, line.count > limit else { return escaped(line) }
        let cut = line.prefix(limit)
        let lastSpace = cut.lastIndex(of: " ") ?? cut.endIndex
        return escaped(String(cut[..<lastSpace])) + " …"
    }

    /// With one space wherever there is white space.
    private static func oneLine(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte > 0x20 { bytes.append(byte) } else if bytes.last != 0x20 { bytes.append(0x20) }
        }
        return String(decoding: bytes, as: UTF8.self).trimmed
    }
}
