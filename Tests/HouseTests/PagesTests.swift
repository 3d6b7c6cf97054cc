import Testing

/// Where two versions of a page were merged wrongly, a part of it is there twice, or a table in two pieces.
@Suite struct `Every page` {
    private struct Page {
        let path: String
        let text: String
        /// What is not code.
        var lines: [Substring] = []

        init(_ path: String) throws {
            self.path = path
            text = try House.text(path)
            var isCode = false
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("```") { isCode.toggle() } else if !isCode { lines.append(line) }
            }
        }

        /// How the headings are called in links: small letters and digits, and a hyphen for each blank.
        var anchors: Set<String> {
            let headings = lines.filter { $0.hasPrefix("#") }.map { $0.drop { $0 == "#" }.dropFirst().lowercased() }
            return Set(
                headings.map { heading in
                    String(
                        heading.compactMap {
                            $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : $0 == " " ? "-" : nil
                        }
                    )
                }
            )
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

    @Test func `has no character that is not seen`() {
        for page in pages {
            let odd = page.text.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
            #expect(odd.isEmpty, "\(page.path)")
        }
    }

    @Test func `leads with each link to a heading that is there`() throws {
        let headings = Dictionary(uniqueKeysWithValues: pages.map { ($0.path, $0.anchors) })
        let link = /\]\(([^()\s#:]*)#([^()\s]+)\)/
        for page in pages {
            for match in page.lines.flatMap({ $0.matches(of: link) }) {
                let file = String(match.output.1)
                let path = file.isEmpty ? page.path : Self.path(file, from: page.path)
                guard let anchors = headings[path] else { continue }
                #expect(anchors.contains(String(match.output.2)), "\(page.path): \(match.output.0)")
            }
        }
    }

    @Test func `about testing names each file of the clients' tests`() throws {
        let page = try House.text("docs/Testing.md")
        let files = try House.names(in: "Tests/Clients").filter { $0.hasPrefix("test_") && $0.hasSuffix(".py") }
        #expect(files.filter { !page.contains("`\($0)`") && !$0.hasPrefix("test_conformance") } == [])
    }

    /// `../README.md` from `docs/OAuth.md` is `README.md`.
    private static func path(_ link: String, from page: String) -> String {
        var parts = page.split(separator: "/").dropLast()
        for part in link.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}
