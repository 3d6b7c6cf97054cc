import Rendering

/// A text as rows, which are read and counted one by one: its lines, long ones in pieces.
struct RowedText: Sendable {
    let rows: [HTMLText.Line]
    /// Of all of it.
    let characters: Int
    /// For each row the one with the heading it stands under; a heading stands under itself.
    private let headings: [Int?]

    init(_ lines: [HTMLText.Line]) {
        rows = lines.flatMap { Self.pieces(of: $0) }
        characters = lines.reduce(0) { $0 + $1.text.count }
        var heading: Int?
        headings = rows.indices.map { [rows] row in
            if rows[row].kind == .heading { heading = row }
            return heading
        }
    }

    func heading(of row: Int) -> Int? { headings[row] }

    /// What has to be shown before a row to understand it: what introduces a list, what names the columns of a table.
    func lead(of row: Int) -> Int? {
        switch rows[row].kind {
        case .heading, .text: return nil
        case .row:
            let first = rows[..<row].lastIndex { $0.kind != .row }.map { $0 + 1 } ?? 0
            return first < row ? first : nil
        case .item:
            let before = rows[..<row].lastIndex { $0.kind.isText || $0.kind == .heading }
            return before.flatMap { rows[$0].kind.isText ? $0 : nil }
        }
    }

    private static let longestRow = 600

    /// Ends within a long line are ends of sentences, else of words.
    private static func pieces(of line: HTMLText.Line) -> [HTMLText.Line] {
        guard line.text.utf8.count > longestRow else { return [line] }
        var pieces: [HTMLText.Line] = []
        var rest = line.text[...]
        while rest.utf8.count > longestRow {
            let window = rest.unicodeScalars.prefix(longestRow)
            guard window.endIndex < rest.endIndex else { break }
            let end = endOfSentence(in: window) ?? window.lastIndex(of: " ") ?? window.endIndex
            pieces.append(HTMLText.Line(kind: pieces.isEmpty ? line.kind : .text, text: String(rest[..<end])))
            // By scalars, as a character may be as long as the text.
            rest = Substring(rest.unicodeScalars[end...].drop { $0 == " " })
        }
        if !rest.isEmpty { pieces.append(HTMLText.Line(kind: pieces.isEmpty ? line.kind : .text, text: String(rest))) }
        return pieces
    }

    /// Behind the last mark that a space follows, or that needs none.
    private static func endOfSentence(in text: Substring.UnicodeScalarView) -> String.Index? {
        var end: String.Index?
        var last: Unicode.Scalar = " "
        for index in text.indices {
            let scalar = text[index]
            if scalar == " ", last == "." || last == "?" || last == "!" { end = index }
            if last == "。" { end = index }
            last = scalar
        }
        return end
    }
}

extension HTMLText.Line.Kind {
    fileprivate var isText: Bool { self == .text }
}
