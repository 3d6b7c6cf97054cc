import Testing

/// Plain technical English, as gh, cargo and kubectl use it; what the words mean here is in `docs/Words.md`.
@Suite struct `The wording` {
    private static let advice: Comment = "Write each of these words otherwise, as technical English does."

    @Test func `of comments is plain`() throws {
        let odd =
            /\b(?:mend(?:s|ed|ing)?|anew|in vain|lest|beside|whoever|who runs|(?:is|are) none|nobody|somebody|troubles?|struck|strikes?|as it stands|is so|hears?|wants? to know|in earnest)\b/
            .ignoresCase()
        let dialect =
            /\b(?:tells?|told|bec[ao]mes? of|comes? of|anybody|everybody|all the same|what is there|speaks? of|bears?)\b/
            .ignoresCase()
        #expect(try places(of: odd) { $0.comment } == [], Self.advice)
        #expect(try places(of: dialect) { $0.comment } == [], Self.advice)
    }

    @Test func `of messages is plain`() throws {
        let odd =
            /\b(?:mend(?:s|ed|ing)?|anew|in vain|lest|whoever|who runs|(?:is|are) none|nobody|somebody|anybody|troubles?|struck|is so|as it stands|bec[ao]mes? of|all the same|what is there|on record|to be told)\b/
            .ignoresCase()
        #expect(try places(of: odd) { $0.quoted } == [], Self.advice)
    }

    @Test func `of the names of tests is plain`() throws {
        let odd =
            /`[^`]*\b(?:mend(?:s|ed|ing)?|anew|in vain|lest|beside|whoever|who runs|(?:is|are) none|nobody|somebody|anybody|everybody|troubles?|struck|strikes?|as it stands|is so|hears?|in earnest|bec[ao]mes? of|tells?)\b[^`]*`/
            .ignoresCase()
        let declaration = /\b(?:func|struct) `/
        var found: [String] = []
        for path in try House.files(in: "Tests", ".swift") {
            for (number, line) in zip(1..., try SourceText(path).lines)
            where line.firstMatch(of: declaration) != nil && line.firstMatch(of: odd) != nil {
                found.append("\(path):\(number)")
            }
        }
        #expect(found == [], Self.advice)
    }

    /// Generated pages are left out, and of tables that name tests or words to avoid the last column.
    @Test(.enabled(if: House.exists("README.md"))) func `of pages is plain`() throws {
        let generated: Set = ["Answers.md", "Parity.md", "Performance.md", "Protocol.md", "Tools.md"]
        let docs = try House.names(in: "docs").filter { $0.hasSuffix(".md") && !generated.contains($0) }
        let pages = docs.map { "docs/\($0)" } + ["README.md", "SECURITY.md", "Tests/Protocol/checklist.tsv"]
        try #require(pages.count > 8, "The pages were not found.")
        let odd =
            /\b(?:mend(?:s|ed|ing)?|anew|in vain|lest|beside|whoever|who runs|(?:is|are) none|nobody|somebody|troubles?|struck|as it stands|is so|hears?|wants? to know|in earnest)\b/
            .ignoresCase()
        var found: [String] = []
        for page in try pages.map({ try SourceText($0) }) {
            let isCut = ["docs/Security.md", "docs/Words.md"].contains(page.path)
            for (number, line) in zip(1..., page.lines) {
                let cells = line.split(separator: "|")
                let text = isCut && line.hasPrefix("|") ? cells.dropLast().joined(separator: "|") : String(line)
                if let match = text.firstMatch(of: odd) { found.append("\(page.path):\(number): \(match.output)") }
            }
        }
        #expect(found == [], Self.advice)
    }

    @Test(arguments: [
        (#"let a = 1 // b "c""#, #" b "c""#, ""),
        (#"say("a \(b("c")) //d") // e"#, " e", "a c  //d "),
        (#"/// `a` "b""#, #"/ `a` "b""#, ""),
        (#"say("a\"b", "c")"#, "", "a b c "),
    ])
    func `is looked for in comments and between quotes, not in code`(line: String, comment: String, quoted: String) {
        let words = SourceText("A.swift", line).words
        #expect(words.map { $0.comment } == [comment])
        #expect(words.map { $0.quoted } == [quoted])
    }

    @Test func `is looked for in quotes of several lines`() {
        let text = "let a = \"\"\"\n  b \"c\" \\(d)\n  \"\"\" + e(\"f\") // g"
        let words = SourceText("A.swift", text).words
        #expect(words.map { $0.comment } == ["", "", " g"])
        #expect(words.map { $0.quoted } == ["", "  b \"c\" ", "f "])
    }

    /// `path:line: word` of every line in whose comment or quotes the pattern is found.
    private func places(of pattern: some RegexComponent, in part: (SourceText.Words) -> String) throws -> [String] {
        let paths = try [".swift", ".c", ".h"].flatMap { try House.files(in: "Sources", $0) }
        try #require(paths.count > 50, "The sources were not found.")
        var found: [String] = []
        for path in paths {
            let lines = try SourceText(path).words
            for (number, words) in zip(1..., lines) {
                guard let match = part(words).firstMatch(of: pattern) else { continue }
                found.append("\(path):\(number): \(part(words)[match.range])")
            }
        }
        return found
    }
}
