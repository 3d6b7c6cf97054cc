package import JSON
import Logging
import Text

/// Rows with the same columns, as a person sees them on a terminal, and as CSV.
package struct TextTable: Hashable, Sendable {
    /// What is in one place; a column of numbers is put to the right, and none is a formula.
    package struct Cell: Hashable, Sendable {
        package let text: String
        package let isNumber: Bool

        package init(_ text: String, isNumber: Bool = false) {
            (self.text, self.isNumber) = (text, isNumber)
        }
    }

    package private(set) var columns: [String]
    package private(set) var rows: [[Cell]]

    package init(columns: [String], rows: [[Cell]]) {
        (self.columns, self.rows) = (columns, rows)
    }

    /// A row for each object, with a column for each member of any of them; those of members are named `outer.inner`.
    package init(_ objects: [JSONObject]) {
        let flat = objects.map { Self.flat($0) }
        var (columns, known) = ([String](), Set<String>())
        for name in flat.joined().map({ $0.name }) where known.insert(name).inserted { columns.append(name) }
        self.columns = columns
        rows = flat.map { members in
            let cells = Dictionary(members.map { ($0.name, $0.cell) }) { $1 }
            return columns.map { cells[$0] ?? Cell("") }
        }
    }

    private static func flat(_ object: JSONObject, _ prefix: String = "") -> [(name: String, cell: Cell)] {
        object.members.flatMap { member in
            if let inner = member.value.object, !inner.isEmpty { return flat(inner, "\(prefix)\(member.name).") }
            return [(prefix + member.name, cell(member.value))]
        }
    }

    private static func cell(_ value: JSON) -> Cell {
        switch value {
        case .null: return Cell("")
        case .string(let text): return Cell(text)
        case .number(let number): return Cell(number.text, isNumber: true)
        case .array(let items):
            let isPlain = items.allSatisfy { $0.array == nil && $0.object == nil }
            return Cell(isPlain ? items.map { cell($0).text }.joined(separator: "; ") : value.text)
        default: return Cell(value.text)
        }
    }
}

// On a terminal.
extension TextTable {
    private static let gap = 2
    /// Narrower than this, a column says nothing; the last ones are left out instead.
    private static let narrowest = 12

    /// Writes the table to standard output, no wider than it is, and what was left out to standard error.
    package func write() {
        let (lines, leftOut) = lines(in: Terminal.columns)
        guard let heading = lines.first else { return StandardError.write("There is nothing to show.") }
        if Terminal.hasStyles {
            StandardOutput.write(heading, after: "\u{1B}[0m\n", before: "\u{1B}[1m")
        } else {
            StandardOutput.write(heading)
        }
        for line in lines.dropFirst() { StandardOutput.write(line) }
        if leftOut > 0 {
            StandardError.write("Not shown for want of room: \(columns.suffix(leftOut).joined(separator: ", ")).")
        }
    }

    /// The heading and the rows, and how many columns found no room.
    package func lines(in width: Int?) -> (lines: [String], leftOut: Int) {
        guard !columns.isEmpty else { return ([], 0) }
        let texts = ([columns] + rows.map { $0.map { $0.text } }).map { $0.map { VisibleText.line($0) } }
        let natural = columns.indices.map { place in texts.map { DisplayWidth.columns(of: $0[place]) }.max() ?? 0 }
        let widths = Self.widths(natural, in: width ?? .max)
        let isRight = columns.indices.map { place in
            rows.contains { $0[place].isNumber } && rows.allSatisfy { $0[place].isNumber || $0[place].text.isEmpty }
        }
        let lines = texts.map { row in
            let cells = widths.indices.map { place in
                let text = DisplayWidth.fitting(row[place], widths[place])
                let blanks = String(repeating: " ", count: widths[place] - DisplayWidth.columns(of: text))
                return isRight[place] ? blanks + text : text + blanks
            }
            let line = cells.joined(separator: String(repeating: " ", count: Self.gap))
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        return (lines, columns.count - widths.count)
    }

    /// As many columns as fit when the widest give way, each as wide as it can be.
    private static func widths(_ natural: [Int], in width: Int) -> [Int] {
        guard natural.reduce(-gap, { $0 + gap + $1 }) > width else { return natural }
        var count = 1
        while count < natural.count, least(natural[...count]) <= width { count += 1 }
        let shown = natural[..<count]
        var limit = shown.max() ?? 0
        while limit > 1, shown.reduce(-gap, { $0 + gap + min($1, limit) }) > width { limit -= 1 }
        return shown.map { min($0, limit) }
    }

    private static func least(_ natural: ArraySlice<Int>) -> Int {
        natural.reduce(-gap) { $0 + gap + min($1, narrowest) }
    }
}

// As CSV.
extension TextTable {
    /// Writes it to standard output as RFC 4180 has it.
    ///
    /// What a spreadsheet would take for a formula begins with an apostrophe; numbers stay as they are.
    package func writeCSV() {
        for record in records { StandardOutput.write(record, after: "\r\n") }
    }

    /// The heading and the rows, each without its end of line; nothing where there are no columns.
    package var records: [String] {
        columns.isEmpty
            ? [] : ([columns.map { Cell($0) }] + rows).map { row in row.map { Self.field($0) }.joined(separator: ",") }
    }

    private static func field(_ cell: Cell) -> String {
        var text = VisibleText.shown(cell.text)
        if !cell.isNumber, let first = text.unicodeScalars.first, formulas.contains(first) { text = "'" + text }
        let isPlain = text.utf8.allSatisfy { !quoted.contains($0) } && text.first != " " && text.last != " "
        return isPlain ? text : "\"\(text.replacing(every: "\"", with: "\"\""))\""
    }

    /// What begins a formula; the full-width ones are taken for it by spreadsheets in East Asia.
    private static let formulas: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠"]
    private static let quoted: Set<UInt8> = [0x22, 0x2C, 0x0A, 0x0D]
}
