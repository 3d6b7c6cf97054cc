import Testing

/// The tables of what is protected from whom, held to the tests that they name.
@Suite struct `docs/Security.md` {
    private let table: EvidenceTable

    init() throws { table = try EvidenceTable("docs/Security.md", columns: 3) }

    @Test func `says in every row what holds, against whom, and names a test that shows it`() throws {
        #expect(table.rows.count > 40)
        for row in table.rows {
            #expect(row.cells[0].count > 10 && row.cells[0].last == ".", table.place(row))
            #expect(!row.cells[1].isEmpty, table.place(row))
            #expect(row.evidence.allSatisfy { $0.hasPrefix("`") }, table.place(row))
        }
        try table.expectTests()
    }

    @Test func `is where SECURITY.md and the README lead`() throws {
        #expect(!(try House.text("SECURITY.md")).ranges(of: "docs/Security.md").isEmpty)
        #expect(!(try House.text("README.md")).ranges(of: "docs/Security.md").isEmpty)
    }
}
