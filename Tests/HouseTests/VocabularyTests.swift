import Testing

/// One word for one idea: what a search for a name finds is what it names.
@Suite struct `The vocabulary` {
    private let sources: [SourceText]

    init() throws {
        sources = try House.files(in: "Sources", ".swift").map { try SourceText($0) }
        try #require(sources.count > 50, "The sources were not found.")
    }

    /// Programs are imported by none; each has its `Main`.
    @Test func `has no type of one name in two targets`() {
        var targets: [String: Set<Substring>] = [:]
        let declaration =
            /^(?!private |fileprivate )(?:@\w+ |\w+ )*(?:class|struct|enum|actor|protocol|typealias) (\w+)/
        for source in sources {
            let target = source.path.split(separator: "/")[1]
            for line in source.code {
                guard let match = line.firstMatch(of: declaration), match.output.1 != "Main" else { continue }
                targets[String(match.output.1), default: []].insert(target)
            }
        }
        #expect(targets.count > 300)
        #expect(targets.filter { $0.value.count > 1 }.keys.sorted() == [])
    }

    /// A name that is declared everywhere says nothing, and "jump to definition" becomes a menu.
    @Test func `uses no name of a function more than 25 times`() {
        let everywhere: Set = ["decode", "encode", "hash", "read", "write"]
        var counts: [String: Int] = [:]
        for line in sources.flatMap({ $0.code }) {
            for match in line.matches(of: /\bfunc (\w+)/) { counts[String(match.output.1), default: 0] += 1 }
        }
        #expect(counts.count > 500)
        #expect(counts.filter { $0.value > 25 && !everywhere.contains($0.key) }.keys.sorted() == [])
    }
}
