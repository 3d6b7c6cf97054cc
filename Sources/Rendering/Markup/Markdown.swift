import Text

/// A text for models and people, written line by line.
package struct Markdown: Hashable, Sendable {
    private var bytes: [UInt8] = []
    /// What ``note(_:)`` has written, as it reads without Markdown.
    package private(set) var notes: [String] = []

    package init() { bytes.reserveCapacity(Self.usualLength) }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func line(_ line: Inline) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
        bytes += line.bytes
    }

    package mutating func heading(_ level: Int, _ title: Inline, isNote: Bool = false) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
        line("\(words: String(repeating: "#", count: level)) \(title)")
        if isNote { notes.append(title.plain) }
    }

    package mutating func bullet(_ item: Inline, isNote: Bool = false) {
        line("- \(item)")
        if isNote { notes.append(item.plain) }
    }

    /// A line that a model needs to go on; an ``Answer`` has it in its JSON, too.
    package mutating func note(_ sentence: Inline) {
        line(sentence)
        notes.append(sentence.plain)
    }

    package mutating func table(_ header: [Inline], _ rows: [[Inline]]) {
        guard !header.isEmpty else { return }
        line("| \(header.joined(separator: " | ")) |")
        line("|\(words: String(repeating: "---|", count: header.count))")
        for row in rows { line("| \(row.joined(separator: " | ")) |") }
    }

    private static let usualLength = 1024

    /// Untrusted text of several lines, in a fence of its own.
    package mutating func quote(_ lines: [HTMLText.Line]) {
        if lines.count == 1, lines[0].kind == .text { return line("«\u{1} \(escaped: lines[0].text) \u{1}»") }
        openFence()
        for quoted in lines {
            switch quoted.kind {
            case .heading: line("\(bold: quoted.text)")
            case .text: line("\(escaped: quoted.text)")
            case .item: line("\(words: quoted.lead)\(escaped: quoted.text)")
            case .row: line(Self.row(quoted.text))
            }
        }
        closeFence()
    }

    /// The cells one by one, so that what is between them stays readable.
    private static func row(_ text: String) -> Inline {
        var cells: [Inline] = []
        var rest = text[...]
        while let separator = rest.range(ofFirst: HTMLText.cellSeparator) {
            cells.append("\(escaped: String(rest[..<separator.lowerBound]))")
            rest = rest[separator.upperBound...]
        }
        return (cells + ["\(escaped: String(rest))"]).joined(separator: " | ")
    }

    /// Where ``UntrustedDelimiter`` puts its word.
    private mutating func openFence() { line("«\u{1}") }
    private mutating func closeFence() { line("\u{1}»") }

    /// Untrusted text letter by letter, in a fence that no run of backticks in it can close.
    package mutating func code(_ text: String, in language: StaticString) {
        openFence()
        ownCode(text, in: language)
        closeFence()
    }

    /// The same without a fence, for text that is the program's.
    package mutating func ownCode(_ text: String, in language: StaticString) {
        let text = Untrusted.cleaned(text)
        let runs = text.unicodeScalars.split { $0 != "`" }
        let fence = String(repeating: "`", count: max(3, (runs.map { $0.count }.max() ?? 0) + 1))
        line("\(words: fence + language.description)")
        let lines: [Substring] = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for piece in lines { line("\(words: String(piece))") }
        line("\(words: fence)")
    }
}
