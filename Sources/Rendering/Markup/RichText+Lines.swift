package import OvalEdge

extension RichText {
    /// How many bytes of one text are read; the answer says where there are more.
    package static let mostRead = 64 << 10

    /// As lines, whichever way it was written; a text that is said to be plain may hold HTML nevertheless.
    package var lines: [HTMLText.Line] {
        let (text, rest) = readable
        return lines(of: text) + [rest].compactMap { $0.map { HTMLText.Line(kind: .text, text: $0) } }
    }

    /// All of them, for who reads a text bit by bit.
    package var allLines: [HTMLText.Line] { lines(of: text) }

    package func beginning(_ length: Int) -> RichText { RichText(String(text.prefix(length)), format) }

    /// All of it, however long it is, for who compares and does not show it.
    package var wholePlainText: String { plain(text) }

    package var plainText: String {
        let (text, rest) = readable
        let plain = plain(text)
        return rest.map { "\(plain)\n\($0)" } ?? plain
    }

    private func plain(_ text: String) -> String { isHTML(text) ? HTMLText(text).plain : text }

    private func lines(of text: String) -> [HTMLText.Line] {
        guard !isHTML(text) else { return HTMLText(text).lines }
        let lines: [Substring] = text.split { $0.isNewline }
        return lines.map { HTMLText.Line(kind: .text, text: String($0)) }
    }

    private func isHTML(_ text: String) -> Bool { format == .html || HTMLText.isIn(text) }

    /// The text, or so much of it as is read, with a sentence about the rest.
    private var readable: (text: String, rest: String?) {
        guard text.utf8.count > Self.mostRead else { return (text, nil) }
        let end = text.utf8.index(text.startIndex, offsetBy: Self.mostRead)
        return (
            String(text.unicodeScalars[..<end]),
            "(The first 64 KiB of \(text.utf8.count >> 10) KiB. Open it in OvalEdge to read the rest.)"
        )
    }
}
