/// HTML as people write it in the product's editor, read as lines of text.
///
/// It knows what tags mean for reading — headings, items, breaks — and drops the rest. What is no tag stays as written,
/// so a plain text with `a < b` passes unharmed.
package struct HTMLText: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package enum Kind: Hashable, Sendable { case heading, text, item(String, depth: Int) }
        package var kind: Kind
        package var text: String

        /// What is before the text of an item: its indentation and its mark.
        package var lead: String {
            guard case .item(let mark, let depth) = kind else { return "" }
            return String(repeating: "  ", count: min(depth, HTMLText.deepest) - 1) + mark + " "
        }
    }

    /// Lists below this are shown at this depth, so that no text becomes much longer than it was.
    package static let deepest = 6

    package let lines: [Line]

    /// Whether a text has tags or escapes of HTML in it.
    package static func isMarkup(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(farthest))[...]
        return bytes.indices.contains { index in
            switch bytes[index] {
            case UInt8(ascii: "<"): HTMLTag(at: bytes[index...]) != nil
            case UInt8(ascii: "&"): escapes.contains { bytes[index...].starts(with: $0.utf8) }
            default: false
            }
        }
    }

    private static let escapes = ["&amp;", "&lt;", "&gt;", "&nbsp;", "&quot;", "&#39;"]
    /// A text that begins without markup has none.
    private static let farthest = 4096

    package init(_ html: String) {
        var reader = HTMLReader(html)
        lines = reader.lines()
    }

    /// Without markup; items keep their bullets and numbers.
    package var plain: String {
        lines.map { $0.lead + $0.text }.joined(separator: "\n")
    }
}

private struct HTMLReader {
    private var rest: ArraySlice<UInt8>
    private var done: [HTMLText.Line] = []
    private var kind = HTMLText.Line.Kind.text
    private var text: [UInt8] = []
    /// The open lists: nil for bullets, else how many items so far.
    private var lists: [Int?] = []
    private var linkTarget: String?
    private var isPreformatted = false

    init(_ html: String) { rest = Array(html.utf8)[...] }

    mutating func lines() -> [HTMLText.Line] {
        while let byte = rest.first {
            if byte == UInt8(ascii: "<"), let tag = HTMLTag(at: rest) {
                rest = rest[tag.end...]
                read(tag)
            } else {
                let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "<")) ?? rest.endIndex
                append(HTMLEntities.decoded(rest[..<end]))
                rest = rest[end...]
            }
        }
        endLine()
        return done
    }

    private mutating func read(_ tag: HTMLTag) {
        switch (tag.name, tag.isClosing) {
        case ("script", false), ("style", false), ("head", false): skip(to: tag.name)
        case ("br", _), ("hr", _), ("p", _), ("div", _), ("section", _), ("table", _), ("tr", _), ("blockquote", _):
            endLine()
        case ("ul", false), ("ol", false):
            endLine()
            lists.append(tag.name == "ol" ? 0 : nil)
        case ("ul", true), ("ol", true):
            endLine()
            _ = lists.popLast()
        case ("li", false): beginItem()
        case ("td", false), ("th", false): if !text.isEmpty { text += " | ".utf8 }
        case ("pre", let isClosing):
            endLine()
            isPreformatted = !isClosing
        case ("a", false): linkTarget = tag.attribute("href")
        case ("a", true): endLink()
        case ("img", _): if let alt = tag.attribute("alt"), !alt.isEmpty { append(Array("(image: \(alt))".utf8)) }
        case (let name, let isClosing) where HTMLTag.headings.contains(name):
            endLine()
            if !isClosing { kind = .heading }
        default: if tag.isBlock { endLine() }
        }
    }

    private mutating func append(_ piece: [UInt8]) {
        for byte in piece {
            if byte > 0x20 {
                text.append(byte)
            } else if isPreformatted && byte == UInt8(ascii: "\n") {
                endLine()
            } else if isPreformatted || (!text.isEmpty && text.last != UInt8(ascii: " ")) {
                text.append(UInt8(ascii: " "))
            }
        }
    }

    private mutating func endLine() {
        while text.last == UInt8(ascii: " ") { text.removeLast() }
        if !text.isEmpty { done.append(HTMLText.Line(kind: kind, text: String(decoding: text, as: UTF8.self))) }
        text.removeAll(keepingCapacity: true)
        kind = .text
    }

    private mutating func beginItem() {
        endLine()
        let depth = min(max(1, lists.count), HTMLText.deepest)
        if let count = lists.last ?? nil {
            lists[lists.count - 1] = count + 1
            kind = .item("\(count + 1).", depth: depth)
        } else {
            kind = .item("-", depth: depth)
        }
    }

    /// Where a link leads is shown behind its words, unless the words say it already.
    private mutating func endLink() {
        defer { linkTarget = nil }
        guard let target = linkTarget, target.hasPrefix("http://") || target.hasPrefix("https://"),
            !text.reversed().starts(with: target.utf8.reversed())
        else { return }
        append(Array(" (\(target))".utf8))
    }

    private mutating func skip(to name: String) {
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            rest = rest[start...]
            // Only what closes is looked at closely: an open comment would be read to its end each time.
            if rest.dropFirst().first == UInt8(ascii: "/"), let tag = HTMLTag(at: rest), tag.name == name {
                rest = rest[tag.end...]
                return
            }
            rest = rest.dropFirst()
        }
        rest = rest[rest.endIndex...]
    }
}
