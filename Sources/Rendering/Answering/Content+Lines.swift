import MCP

extension Content {
    /// A text whose long lines are cut, and whose lists and tables end where they do in the JSON next to it.
    func lines(cutTo limits: SizeLimits) -> Content {
        guard let text else { return self }
        var block = Block(limits: limits)
        let lines: [Substring] = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for line in lines { block.add(line) }
        block.end()
        return .text(block.lines.joined(separator: "\n"))
    }
}

/// Lines one after the other; of those that make a list together the first ones stay.
private struct Block {
    private enum Kind: Equatable { case list, table, words }

    let limits: SizeLimits
    private(set) var lines: [String] = []
    private var kind = Kind.words
    private var count = 0

    /// Sentences of our own are whole.
    private static let shortest = 400
    /// The names of a table's columns, and the line below them.
    private static let tableHead = 2

    init(limits: SizeLimits) { self.limits = limits }

    mutating func add(_ line: Substring) {
        let kind: Kind = line.hasPrefix("- ") ? .list : line.hasPrefix("| ") || line.hasPrefix("|-") ? .table : .words
        if kind != self.kind { end() }
        self.kind = kind
        count += 1
        if count > most { return }
        let limit = max(limits.characters, Self.shortest)
        guard let cut = Truncator.text(String(line), to: limit) else { return lines.append(String(line)) }
        lines.append("\(cut) (\(cut.count - 2) of \(line.count) characters)")
    }

    /// What was passed over is counted.
    mutating func end() {
        if count > most { lines.append("… \(count - most) more of \(count - (kind == .table ? Self.tableHead : 0))") }
        count = 0
    }

    private var most: Int {
        switch kind {
        case .list: limits.items
        case .table: limits.items.addingReportingOverflow(Self.tableHead).partialValue
        case .words: max(limits.items, Self.mostWords)
        }
    }

    private static let mostWords = 40
}
