package import OvalEdge

extension RichText {
    /// How many bytes of one text are read; the answer says where there are more.
    package static let mostRead = 64 << 10

    /// As lines, whichever way it was written.
    package var lines: [HTMLText.Line] {
        let (text, rest) = readable
        let lines: [HTMLText.Line] =
            switch formatAsWritten {
            case .html: HTMLText(text).lines
            case .plain: text.split { $0.isNewline }.map { HTMLText.Line(kind: .text, text: String($0)) }
            }
        return lines + [rest].compactMap { $0.map { HTMLText.Line(kind: .text, text: $0) } }
    }

    package func beginning(_ length: Int) -> RichText { RichText(String(text.prefix(length)), format) }

    /// All of it, however long it is, for who compares and does not show it.
    package var wholePlainText: String { formatAsWritten == .html ? HTMLText(text).plain : text }

    package var plainText: String {
        let (text, rest) = readable
        let plain = formatAsWritten == .html ? HTMLText(text).plain : text
        return rest.map { "\(plain)\n\($0)" } ?? plain
    }

    /// Plain texts may hold HTML, too.
    private var formatAsWritten: Format { HTMLText.isMarkup(text) ? .html : format }

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
