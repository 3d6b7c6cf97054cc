import Rendering
import Text

/// Which part of texts is wanted: the rows from one on, those with certain words, or the beginning.
struct PassageSearch: Sendable {
    let words: SearchWords
    let firstRow: Int?
    /// Whether whole texts are wanted, as far as there is room.
    let isWhole: Bool
    /// Whether no text is wanted, only what there is.
    var isListing = false

    /// A text that is no longer is shown whole, even where only some of it has the words.
    private static let short = 1000

    func mostOfWhole(_ characters: Int) -> Int {
        isWhole || words.isEmpty ? characters : min(characters, Self.short)
    }
}

/// The rows of a text that are shown, and what they are of it.
struct TextExcerpt: Sendable {
    enum Choice: Hashable, Sendable {
        /// Rows one after the other.
        case consecutive
        /// Those with the words.
        case matching
        /// The first ones, because none has the words.
        case beginning
    }

    struct Passage: Sendable {
        let heading: String?
        /// Of its first line, from 0.
        let row: Int
        var lines: [HTMLText.Line]
    }

    let text: RowedText
    let choice: Choice
    /// In order.
    let rows: [Int]
    /// Whether others have some of the words, too.
    var leavesMatches = false

    var isWhole: Bool { rows.count == text.rows.count }

    /// The row after these, from 1; nil where they end with the text, or are not consecutive.
    var nextRow: Int? {
        guard choice != .matching, let last = rows.last, last + 1 < text.rows.count else { return nil }
        return last + 2
    }

    /// Of rows that stand together under one heading.
    var passages: [Passage] {
        let shown = Set(rows)
        var passages: [Passage] = []
        var before: Int?
        for row in rows where text.rows[row].kind != .heading || isLeaf(row, in: shown) {
            if let before, row == before + 1, text.heading(of: before) == text.heading(of: row) {
                passages[passages.count - 1].lines.append(text.rows[row])
            } else {
                let heading = text.heading(of: row).flatMap { $0 == row ? nil : text.rows[$0].text }
                passages.append(Passage(heading: heading, row: row, lines: [text.rows[row]]))
            }
            before = row
        }
        return passages
    }

    /// Whether a heading has nothing below it that is shown.
    private func isLeaf(_ row: Int, in shown: Set<Int>) -> Bool {
        !shown.contains(row + 1) || text.rows[row + 1].kind == .heading
    }
}

extension RowedText {
    /// As much as `search` wants of it and there is room for, but of what is read always one row.
    func excerpt(for search: PassageSearch, upTo most: Int) -> TextExcerpt {
        if search.isListing { return TextExcerpt(text: self, choice: .consecutive, rows: []) }
        if let first = search.firstRow { return consecutive(from: first - 1, upTo: most) }
        if characters <= search.mostOfWhole(most) || search.words.isEmpty { return consecutive(from: 0, upTo: most) }
        let found = rows.map { search.words.found(in: $0.text) }
        let chosen = matching(found, upTo: most)
        let leaves = rows.indices.contains { row in
            rows[row].kind != .heading && !found[row].isEmpty && !chosen.contains(row)
        }
        guard chosen.isEmpty else {
            return TextExcerpt(text: self, choice: .matching, rows: chosen.sorted(), leavesMatches: leaves)
        }
        return TextExcerpt(text: self, choice: .beginning, rows: consecutive(from: 0, upTo: most).rows)
    }

    private func consecutive(from first: Int, upTo most: Int) -> TextExcerpt {
        var room = most
        var end = min(first, rows.count)
        while end < rows.count, room > 0 {
            room -= rows[end].text.utf8.count
            guard room >= 0 || end == first else { break }
            end += 1
        }
        // A heading stays with what is below it.
        while end < rows.count, end - 1 > first, rows[end - 1].kind == .heading { end -= 1 }
        return TextExcerpt(text: self, choice: .consecutive, rows: Array(min(first, rows.count)..<end))
    }

    /// The rows with most of the words, the best first chosen, each with what leads to it.
    private func matching(_ found: [Set<Int>], upTo most: Int) -> Set<Int> {
        var chosen: Set<Int> = []
        var room = most
        for row in candidates(found) {
            let new = [lead(of: row), row].compactMap { $0 }.filter { !chosen.contains($0) }
            room -= new.reduce(0) { $0 + rows[$1].text.utf8.count }
            guard room >= 0 || chosen.isEmpty else { break }
            chosen.formUnion(new)
        }
        return chosen
    }

    /// Those with more than half as much as the best, and those with a word that none before them has.
    private func candidates(_ found: [Set<Int>]) -> [Int] {
        let scores = scores(found)
        let best = scores.max() ?? 0
        var covered: Set<Int> = []
        return rows.indices.filter { scores[$0] > 0 }.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.filter { row in
            guard scores[row] * 2 > best || !found[row].isSubset(of: covered) else { return false }
            covered.formUnion(found[row])
            if let heading = heading(of: row) { covered.formUnion(found[heading]) }
            return true
        }
    }

    /// Two for each distinct word of a row, one for each that only its heading has; headings count for their rows, and
    /// by themselves only where nothing else counts.
    private func scores(_ found: [Set<Int>]) -> [Int] {
        let scores = rows.indices.map { row in
            let above = heading(of: row).map { found[$0].subtracting(found[row]).count } ?? 0
            return found[row].count * 2 + above
        }
        let texts = rows.indices.map { rows[$0].kind == .heading ? 0 : scores[$0] }
        return texts.contains { $0 > 0 } ? texts : scores
    }
}
