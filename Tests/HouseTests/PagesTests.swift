import Testing

/// Where two versions of a page were merged wrongly, a part of it is there twice, or a table in two pieces.
@Suite struct `Every page` {
    private struct Page {
        let path: String
        /// What is not code.
        var lines: [Substring] = []

        init(_ path: String) throws {
            self.path = path
            var isCode = false
            for line in try House.text(path).split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("```") { isCode.toggle() } else if !isCode { lines.append(line) }
            }
        }
    }

    private let pages: [Page]

    init() throws {
        let roots = ["README.md", "CONTRIBUTING.md", "SECURITY.md"].filter { House.exists($0) }
        pages = try (House.files(in: "docs", ".md") + roots).map { try Page($0) }
        try #require(pages.count > 20, "The pages were not found.")
    }

    @Test func `has each heading once`() {
        for page in pages {
            let headings = page.lines.filter { $0.hasPrefix("#") }
            let twice = Dictionary(grouping: headings) { $0 }.filter { $0.value.count > 1 }
            #expect(twice.keys.sorted() == [], "\(page.path)")
        }
    }

    @Test func `has a line of dashes below the head of each table, and no other`() {
        for page in pages {
            let tables = page.lines.split { !$0.hasPrefix("|") }
            for table in tables {
                let isLine = table.map { $0.allSatisfy { "|-: ".contains($0) } && $0.contains("--") }
                #expect(isLine.dropFirst().first == true, "\(page.path): \(table.first ?? "")")
                #expect(isLine.count { $0 } == 1, "\(page.path): \(table.first ?? "")")
            }
        }
    }
}
