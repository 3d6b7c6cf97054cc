import Testing

@Suite struct `The locks of the program` {
    /// What is not part of `oe-mcp`, and what the others are made of.
    private static let exceptions = ["Sources/HTTPServer/", "Sources/Threads/Monitor.swift"]

    @Test func `are all in the table of docs/Modules.md`() throws {
        let row = try #require(House.text("docs/Modules.md").split(separator: "\n").first { $0.hasPrefix("| locks |") })
        let cell = row.split(separator: "|").dropFirst().first ?? ""
        let named = Set(cell.matches(of: /`(\w+)`/).map { String($0.output.1) })
        var holders: Set<String> = []
        for source in try SourceText.programs {
            if Self.exceptions.contains(where: { source.path.hasPrefix($0) }) { continue }
            holders.formUnion(Self.holders(in: source))
        }
        #expect(holders.subtracting(named) == [], "Add it to the row `locks` of docs/Modules.md, with its reason.")
        #expect(named.subtracting(holders) == [], "Take it out of the row `locks` of docs/Modules.md.")
    }

    /// The types, as they stand at the margin, that hold a lock or in which one is held.
    private static func holders(in source: SourceText) -> Set<String> {
        var holders: Set<String> = []
        var type = ""
        let name = /(?:@?\w+ )*(?:class|struct|enum|actor|extension) (\w+)/.simple
        let lock = /\b(?:Mutex|Monitor)[<(]/.simple
        for line in source.code {
            if let match = line.prefixMatch(of: name) { type = String(match.output.1) }
            if line.contains(lock) { holders.insert(type) }
        }
        return holders
    }
}
