import Testing

/// The tables of a page whose last column names what shows each row: `` `File` test``, several with `<br>` between them.
struct EvidenceTable {
    struct Row {
        let line: Int
        /// All columns but the last.
        let cells: [String]
        let evidence: [String]
    }

    let page: String
    let rows: [Row]

    /// Reads every table of the page whose last column is called "Shown by"; all of them have `columns` columns.
    init(_ page: String, columns: Int) throws {
        self.page = page
        let lines = try House.text(page).split(separator: "\n", omittingEmptySubsequences: false)
        let cells = lines.map { $0.split(separator: "|", omittingEmptySubsequences: false).map { Self.trimmed($0) } }
        rows = zip(1..., cells).compactMap { line, cells in
            let kept = Array(cells.dropFirst().dropLast())
            guard kept.count == columns, let last = kept.last, last != "Shown by", last != "---" else { return nil }
            return Row(line: line, cells: Array(kept.dropLast()), evidence: Self.parts(of: last))
        }
        let heads = lines.count { $0.hasSuffix("| Shown by |") }
        let written = lines.count { $0.hasPrefix("| ") && $0.split(separator: "|").count == columns }
        #expect(written == rows.count + heads, "\(page) has rows that are not of \(columns) columns")
    }

    /// Where in the page a row stands, for a message.
    func place(_ row: Row) -> Comment { "\(page):\(row.line)" }

    /// Fails for each test that is named and not there.
    func expectTests() throws {
        let files = try House.files(in: "Tests", ".swift") + House.files(in: "Tests", ".py")
        var tests: [String: Set<Substring>] = [:]
        for row in rows {
            for test in row.evidence where test.hasPrefix("`") {
                let parts = test.dropFirst().split(separator: "` ", maxSplits: 1)
                guard parts.count == 2 else {
                    Issue.record("\(page):\(row.line): no test is named in \(test)")
                    continue
                }
                let name = parts[0].hasSuffix(".py") ? "/\(parts[0])" : "/\(parts[0]).swift"
                let found = files.filter { $0.hasSuffix(name) }
                #expect(found.count == 1, "\(page):\(row.line): \(parts[0]) is \(found)")
                let file = found.first ?? ""
                if !file.isEmpty, tests[file] == nil { tests[file] = Self.tests(in: try House.text(file)) }
                #expect(tests[file]?.contains(parts[1]) == true, "\(page):\(row.line): no test \(parts[1])")
            }
        }
    }

    /// The names of all functions of a file: between backticks in Swift, behind `def` in Python.
    private static func tests(in text: String) -> Set<Substring> {
        Set(
            text.split(separator: "\n").compactMap { line in
                if line.hasPrefix("def ") { return line.dropFirst(4).prefix { $0 != "(" } }
                let parts = line.split(separator: "`", omittingEmptySubsequences: false)
                return parts.count > 2 && parts[0].hasSuffix("func ") ? parts[1] : nil
            }
        )
    }

    private static func parts(of cell: String) -> [String] {
        var parts: [String] = []
        var rest = cell[...]
        while let range = rest.ranges(of: "<br>").first {
            parts.append(trimmed(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [trimmed(rest)]
    }

    private static func trimmed(_ text: Substring) -> String {
        let begun = text.drop { $0 == " " }
        return String(begun.lastIndex { $0 != " " }.map { begun[...$0] } ?? "")
    }
}
