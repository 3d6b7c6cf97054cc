import Settings
import Testing

@Suite struct `What the program writes about itself` {
    private let table = SettingsTable(Settings.described(version: "0.0.0"))

    @Test func `is what .env.example says`() throws {
        if House.isRecording { try House.write(table.envExample, to: ".env.example") }
        #expect(try House.text(".env.example") == table.envExample, "Run scripts/docs to write it again.")
    }

    @Test(.enabled(if: House.exists("README.md"))) func `is what the README says of the settings`() throws {
        let readme = try House.text("README.md")
        let begin = "<!-- settings: begin -->\n"
        let end = "<!-- settings: end -->"
        let start = try #require(readme.ranges(of: begin).first?.upperBound, "README.md has no line \(begin)")
        let stop = try #require(readme.ranges(of: end).first?.lowerBound, "README.md has no line \(end)")
        try #require(start <= stop)
        if House.isRecording {
            try House.write(readme[..<start] + table.markdown + readme[stop...], to: "README.md")
        } else {
            #expect(readme[start..<stop] == table.markdown, "Run scripts/docs to write it again.")
        }
    }
}
