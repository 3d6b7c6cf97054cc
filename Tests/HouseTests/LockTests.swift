import Testing

/// The table "Threads, tasks and locks" of docs/Modules.md: what is in the sources is in it, and the other way round.
@Suite struct `What oe-mcp does at the same time` {
    struct Kind: CustomTestStringConvertible, Sendable {
        /// How its rows begin.
        let testDescription: String
        let pattern: @Sendable () -> Regex<Substring>
        /// Begun by the system, and by no line of ours.
        var given: Set<String> = []
    }

    private static let kinds = [
        Kind(testDescription: "thread", pattern: { /\bThreads\.start\b/ }, given: ["StdioTransport"]),
        Kind(testDescription: "task", pattern: { /\bTask(?:\.immediate|\.detached)?[({]/ }),
        Kind(testDescription: "locks", pattern: { /\b(?:Mutex|Monitor)[<(]/ }),
        Kind(testDescription: "file lock", pattern: { /\.lock\([^)]/ }),
    ]

    /// Where the means themselves are.
    private static let means = ["Sources/Threads/Monitor.swift", "Sources/Threads/Threads.swift"]

    private let page: ModulesPage
    private let sources: [SourceText]

    init() throws {
        let page = try ModulesPage()
        let folders = page.parts(of: "oe-mcp").map { "Sources/\($0)/" }
        self.page = page
        sources = try SourceText.programs.filter { source in
            folders.contains { source.path.hasPrefix($0) } && !Self.means.contains(source.path)
        }
    }

    @Test(arguments: kinds)
    func `is in the table of docs/Modules.md, and what is there is done`(_ kind: Kind) {
        let rows = page.holders.filter { $0.what.hasPrefix(kind.testDescription) }
        let stated = Set(rows.flatMap { $0.types }).subtracting(kind.given)
        let found = Set(sources.flatMap { Self.types(in: $0, holding: kind.pattern()) })
        #expect(found.subtracting(stated) == [], "Add it to docs/Modules.md, with its reason.")
        #expect(stated.subtracting(found) == [], "Take it out of docs/Modules.md.")
    }

    @Test func `has each lock in the table once, in order`() throws {
        let locks = try #require(page.holders.first { $0.what == "locks" }).types
        #expect(locks.count > 30 && locks == Set(locks).sorted())
    }

    /// What no table would see.
    @Test func `is done by the means of the house`() throws {
        let threads =
            /\bpthread_(?:create|mutex|cond|rwlock|spin|key)|\b(?:NSLock|Thread|DispatchQueue|DispatchSemaphore)\(|_unfair_lock|\bsem_/
        let files = /\b(?:flock|lockf)\(|\bF_(?:OFD_)?SETLK/
        let shims = try House.files(in: "Sources", ".c").map { try SourceText($0) }
        let all = try SourceText.programs + shims
        let (free, filed) = ("Sources/Threads/", "Sources/Files/")
        #expect(all.filter { !$0.path.hasPrefix(free) }.flatMap { $0.places(of: threads) } == [], "Use `Threads`.")
        #expect(all.filter { !$0.path.hasPrefix(filed) }.flatMap { $0.places(of: files) } == [], "Use `Files`.")
    }

    /// The types, as they stand at the margin, in which the pattern is found.
    private static func types(in source: SourceText, holding pattern: Regex<Substring>) -> Set<String> {
        var types: Set<String> = []
        var type = ""
        let name = /(?:@?\w+ )*(?:class|struct|enum|actor|extension) (\w+)/.simple
        let pattern = pattern.simple
        for line in source.code {
            if let match = line.prefixMatch(of: name) { type = String(match.output.1) }
            if line.contains(pattern) { types.insert(type) }
        }
        return types
    }
}
