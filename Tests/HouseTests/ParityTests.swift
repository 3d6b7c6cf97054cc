import Testing

/// The table of what the original's tests hold, held to what it names.
@Suite struct `docs/Parity.md` {
    private let table: EvidenceTable

    init() throws { table = try EvidenceTable("docs/Parity.md", columns: 2) }

    @Test func `has a sentence and something next to it in every row`() {
        #expect(table.rows.count > 100)
        for row in table.rows {
            #expect(row.cells[0].count > 10 && row.cells[0].last == ".", table.place(row))
            #expect(!row.evidence.contains { $0.isEmpty }, table.place(row))
        }
    }

    @Test func `names tests that there are`() throws { try table.expectTests() }

    @Test func `names differences that are described, and says what is for later`() throws {
        let differences = try House.text("docs/Differences.md").split(separator: "\n").map { Self.unmarked($0) }
        for row in table.rows {
            for reason in row.evidence where !reason.hasPrefix("`") {
                let parts = reason.split(separator: ": ", maxSplits: 1).map { String($0) }
                guard parts.count == 2, ["Differs", "Later"].contains(parts[0]) else {
                    Issue.record("\(table.page):\(row.line): neither a test nor a reason: \(reason)")
                    continue
                }
                guard parts[0] == "Differs" else { continue }
                let anchor = "| " + Self.unmarked(parts[1])
                #expect(differences.contains { $0.hasPrefix(anchor) }, "Line \(row.line): not told: \(parts[1])")
            }
        }
    }

    private static func unmarked(_ text: some StringProtocol) -> String { String(text.filter { $0 != "`" }) }
}
