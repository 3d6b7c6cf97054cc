/// Goes through HTML once, from tag to tag, and makes lines of it.
struct HTMLReader {
    private var rest: ArraySlice<UInt8>
    private var done: [HTMLText.Line] = []
    private var kind = HTMLText.Line.Kind.text
    private var text: [UInt8] = []
    /// The open lists: nil for bullets, else how many items so far.
    private var lists: [Int?] = []
    private var linkTarget: String?
    private var isPreformatted = false
    /// No tag makes lines, so that those that are there count.
    private let keepsBreaks: Bool
    private var row: Row?
    private var bold = 0
    /// Whether something on this line is not bold.
    private var isPartlyPlain = false
    /// What is not closed any more from here on, so that it need not be looked for again.
    private var neverClosed: Set<String> = []
    private(set) var hasTags = false

    /// The cells of a row so far.
    private struct Row {
        var cells = 0
        /// Where the text of the last one begins.
        var start = 0
        var hasText = false
    }

    init(_ html: String) {
        rest = Array(html.utf8)[...]
        keepsBreaks = !Self.holds(rest) { $0.isBlock }
    }

    mutating func lines() -> [HTMLText.Line] {
        while let byte = rest.first {
            if byte == UInt8(ascii: "<"), let tag = HTMLTag(at: rest) {
                rest = rest[tag.end...]
                hasTags = true
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
        case ("script", false), ("style", false), ("head", false), ("template", false): skip(to: tag.name)
        case ("ul", false), ("ol", false):
            breakLine()
            lists.append(tag.name == "ol" ? 0 : nil)
        case ("ul", true), ("ol", true):
            breakLine()
            _ = lists.popLast()
        case ("li", false): beginItem()
        case ("li", true):
            breakLine()
            kind = .text
        case ("td", false), ("th", false): beginCell()
        case ("td", true), ("th", true): break
        case ("table", _), ("tr", _), ("caption", _): endRow(beginning: tag.name == "tr" && !tag.isClosing)
        case ("pre", let isClosing):
            endRow(beginning: false)
            isPreformatted = !isClosing
        case ("b", let isClosing), ("strong", let isClosing): bold = isClosing ? max(0, bold - 1) : bold + 1
        case ("a", false): linkTarget = tag.attribute("href")
        case ("a", true): endLink()
        case ("img", _): if let alt = tag.attribute("alt"), !alt.isEmpty { append(Array("(image: \(alt))".utf8)) }
        case (let name, let isClosing) where HTMLTag.headings.contains(name):
            endRow(beginning: false)
            kind = isClosing ? .text : .heading
        default: if tag.isBlock { breakLine() }
        }
    }

    private mutating func append(_ piece: [UInt8]) {
        var last: UInt8 = 0
        for byte in piece {
            defer { last = byte }
            // A space that does not break is one like any other.
            if last == 0xC2 && byte == 0xA0 {
                text.removeLast()
                appendSpace()
            } else if byte > 0x20 {
                text.append(byte)
                if bold == 0 { isPartlyPlain = true }
            } else if byte == UInt8(ascii: "\n") && (isPreformatted || keepsBreaks) {
                endLine()
            } else {
                appendSpace()
            }
        }
    }

    private mutating func appendSpace() {
        if isPreformatted || (!text.isEmpty && text.last != UInt8(ascii: " ")) { text.append(UInt8(ascii: " ")) }
    }

    /// Ends the line; an item or a heading that has no text yet waits for it.
    private mutating func endLine() {
        if (row?.cells ?? 0) > 1 { endCell() }
        let isRow = (row?.cells ?? 0) > 1
        let isBlank = isRow && row?.hasText == false
        trimEnd()
        if !text.isEmpty && !isBlank {
            let kind = isRow ? .row : isHeading ? .heading : kind
            done.append(HTMLText.Line(kind: kind, text: String(decoding: text, as: UTF8.self)))
            self.kind = .text
        }
        text.removeAll(keepingCapacity: true)
        if row != nil { row = Row() }
        (bold, isPartlyPlain) = (0, false)
    }

    private mutating func trimEnd() { while text.last == UInt8(ascii: " ") { text.removeLast() } }

    /// A short line that is bold from end to end is what people write for a heading.
    private var isHeading: Bool {
        guard kind == .text, !isPartlyPlain, text.count <= Self.longestHeading, let last = text.last else {
            return false
        }
        return ![UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ",")].contains(last)
    }

    private static let longestHeading = 80

    private mutating func beginItem() {
        breakLine()
        guard !isInCell else { return }
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
        guard !neverClosed.contains(name) else { return }
        var ahead = rest
        while let start = ahead.firstIndex(of: UInt8(ascii: "<")) {
            ahead = ahead[start...]
            // Only what closes is looked at closely: an open comment would be read to its end each time.
            if ahead.dropFirst().first == UInt8(ascii: "/"), let tag = HTMLTag(at: ahead), tag.name == name {
                rest = rest[tag.end...]
                return
            }
            ahead = ahead.dropFirst()
        }
        neverClosed.insert(name)
        // A program that never ends is no text; a head that never ends is a slip.
        if name != "head" { rest = rest[rest.endIndex...] }
    }
}

// Tables: a row is one line, unless its cells are used to lay out a page.
extension HTMLReader {
    private var isInCell: Bool { (row?.cells ?? 0) > 0 }

    /// More than this is no cell that is read next to others.
    private static let longestCell = 400

    private mutating func beginCell() {
        endCell()
        trimEnd()
        var row = row ?? Row()
        if row.cells > 0 { text += HTMLText.cellSeparator.utf8 }
        row.cells += 1
        row.start = text.count
        self.row = row
    }

    /// A cell without a text is seen, so that those behind it stay in their columns.
    private mutating func endCell() {
        guard var row, row.cells > 0 else { return }
        if text.suffix(2).elementsEqual("; ".utf8) { text.removeLast(2) }
        if text.count > row.start { row.hasText = true } else { text += "–".utf8 }
        self.row = row
    }

    private mutating func endRow(beginning isBeginning: Bool) {
        endLine()
        row = isBeginning ? Row() : nil
    }

    /// Within a cell no line ends, as long as there is room in it.
    private mutating func breakLine() {
        guard let row, row.cells > 0 else { return endLine() }
        guard text.count - row.start <= Self.longestCell else { return endRow(beginning: false) }
        guard text.count > row.start, text.last != UInt8(ascii: " ") else { return }
        text += (lists.isEmpty ? " " : "; ").utf8
    }
}

// What a text is, before it is read.
extension HTMLReader {
    static func closesTag(_ text: String) -> Bool {
        holds(Array(text.utf8)[...]) { $0.isClosing || $0.name == "br" }
    }

    static func finds(_ text: String) -> Bool {
        closesTag(text) || HTMLEntities.decoded(Array(text.utf8)[...]).count != text.utf8.count
    }

    private static func holds(_ text: ArraySlice<UInt8>, _ condition: (HTMLTag) -> Bool) -> Bool {
        var rest = text
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            guard let tag = HTMLTag(at: rest[start...]) else {
                rest = rest[(start + 1)...]
                continue
            }
            if condition(tag) { return true }
            rest = rest[tag.end...]
        }
        return false
    }
}
