/// How much of what was found goes into an answer: so many items of each list, so many characters of each text.
///
/// Text and JSON of an answer are made for the same limits, so that both end at the same item.
package struct SizeLimits: Hashable, Sendable {
    @usableFromInline package var items: Int
    package var characters: Int
    /// Whether data leaves out what is said elsewhere in the answer, before any item goes.
    package var isLean: Bool

    package init(items: Int = .max, characters: Int = .max, isLean: Bool = false) {
        self.items = items
        self.characters = characters
        self.isLean = isLean
    }

    /// All of it.
    package static let whole = SizeLimits()

    /// What no answer is made shorter than, as long as there is another way.
    static let least = SizeLimits(items: 0, characters: 160)

    // Of any type, so that other modules need its body to be as fast as this one.
    @inlinable package func of<Item>(_ list: [Item]) -> ArraySlice<Item> { list.prefix(items) }

    /// The lines that together are no longer than a text may be; the last of them may be cut.
    package func of(_ lines: [HTMLText.Line]) -> [HTMLText.Line] {
        var room = characters
        var shown: [HTMLText.Line] = []
        for line in lines {
            guard room > 0 else { break }
            shown.append(HTMLText.Line(kind: line.kind, text: Truncator.text(line.text, to: room) ?? line.text))
            room -= line.lead.utf8.count + line.text.utf8.count + 1
        }
        return shown
    }
}
