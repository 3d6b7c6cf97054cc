import Settings
import Testing
import docs_writer

@Suite struct `What the program writes about itself` {
    private let entries = Settings.described(version: "0.0.0")
    private var example: String { SettingsTable(entries).envExample }
    private var rows: String { SettingsRows.markdown(entries) }

    @Test func `is what .env.example says`() throws {
        if House.isRecording { try House.write(example, to: ".env.example") }
        #expect(try House.text(".env.example") == example, "Run scripts/docs to write it again.")
    }

    @Test(.enabled(if: House.exists("README.md"))) func `is what the README says of the settings`() throws {
        let readme = try House.text("README.md")
        let begin = "<!-- settings: begin -->\n"
        let end = "<!-- settings: end -->"
        let start = try #require(readme.ranges(of: begin).first?.upperBound, "README.md has no line \(begin)")
        let stop = try #require(readme.ranges(of: end).first?.lowerBound, "README.md has no line \(end)")
        try #require(start <= stop)
        if House.isRecording {
            try House.write(readme[..<start] + rows + readme[stop...], to: "README.md")
        } else {
            #expect(readme[start..<stop] == rows, "Run scripts/docs to write it again.")
        }
    }

    @Test func `has a row of four bars for each setting`() {
        let lines = rows.split(separator: "\n")
        #expect(lines.count == entries.count + 2)
        #expect(lines.allSatisfy { $0.count { $0 == "|" } == 4 })
    }
}
