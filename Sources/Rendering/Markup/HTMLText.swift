/// HTML as people write it in the product's editor, read as lines of text.
///
/// It knows what tags mean for reading — headings, items, rows, breaks — and drops the rest. What is no tag stays as
/// written, so a plain text with `a < b` passes unharmed, and keeps its line breaks where no tag makes any.
package struct HTMLText: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case heading, text, item(String, depth: Int)
            /// Of a table; ``HTMLText/cellSeparator`` is between the cells.
            case row
        }

        package var kind: Kind
        package var text: String

        package init(kind: Kind, text: String) {
            self.kind = kind
            self.text = text
        }

        /// What is before the text of an item: its indentation and its mark.
        package var lead: String {
            guard case .item(let mark, let depth) = kind else { return "" }
            return String(repeating: "  ", count: min(depth, HTMLText.deepest) - 1) + mark + " "
        }
    }

    /// Lists below this are shown at this depth, so that no text becomes much longer than it was.
    package static let deepest = 6

    package static let cellSeparator = " | "

    package let lines: [Line]

    package init(_ html: String) {
        var reader = HTMLReader(html)
        let lines = reader.lines()
        guard html.utf8.contains(UInt8(ascii: "&")), let inner = Self.escaped(in: lines, reader.hasTags) else {
            self.lines = lines
            return
        }
        var second = HTMLReader(inner)
        self.lines = second.lines()
    }

    /// Without markup; items keep their bullets and numbers.
    package var plain: String {
        lines.map { $0.lead + $0.text }.joined(separator: "\n")
    }

    /// Whether a text that is said to be plain is HTML nevertheless: it closes a tag, breaks a line, or names a character.
    package static func isIn(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") } && HTMLReader.finds(text)
    }

    /// HTML that was escaped as if it were text, as happens where two programs do the same work.
    ///
    /// Lines that were written as HTML are about tags rather than made of them, unless they are one piece from tag to tag.
    private static func escaped(in lines: [Line], _ hasTags: Bool) -> String? {
        guard lines.allSatisfy({ $0.kind == .text }) else { return nil }
        let text = lines.map { $0.text }.joined(separator: "\n")
        guard text.utf8.contains(UInt8(ascii: "<")), HTMLReader.closesTag(text) else { return nil }
        guard hasTags else { return text }
        return text.utf8.last == UInt8(ascii: ">") && HTMLTag(at: Array(text.utf8)[...]) != nil ? text : nil
    }
}
