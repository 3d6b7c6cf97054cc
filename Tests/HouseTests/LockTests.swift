import Testing

/// The table "Threads, tasks and locks" of docs/Modules.md: what is in the sources is in it, and the other way round.
@Suite struct `What a program does at the same time` {
    struct Kind: CustomTestStringConvertible, Sendable {
        /// How its rows begin.
        let testDescription: String
        let pattern: @Sendable () -> Regex<Substring>
        /// Begun by the system, and by no line of ours.
        var given: Set<String> = []
    }

    private static let kinds = [
        Kind(
            testDescription: "thread",
            pattern: { /\bThreads\.start\b/ },
            given: ["StdioTransport", "EndSignals", "Daemon", "CallbackListener"]
        ),
        Kind(testDescription: "task", pattern: { /\bTask(?:\.immediate|\.detached)?[({]/ }),
        Kind(testDescription: "locks", pattern: { /\b(?:Mutex|Monitor)[<(]/ }),
        Kind(testDescription: "file lock", pattern: { /\.lock\([^)]/ }),
    ]

    /// Where the means themselves are.
    private static let means = ["Sources/Threads/Monitor.swift", "Sources/Threads/Threads.swift"]

    private let page: ModulesPage

    init() throws { page = try ModulesPage() }

    @Test(arguments: kinds)
    func `is in the table of docs/Modules.md, and what is there is done`(_ kind: Kind) throws {
        try expect(kind, in: "oe-mcp", of: page.parts(of: "oe-mcp"))
    }

    /// What the other program has in common with it stands in the first table.
    @Test(arguments: kinds)
    func `is in the table of the program that listens, too`(_ kind: Kind) throws {
        let own = page.parts(of: "oe-mcp-http").subtracting(page.parts(of: "oe-mcp"))
        try expect(kind, in: "oe-mcp-http", of: own)
    }

    private func expect(_ kind: Kind, in program: String, of parts: Set<String>) throws {
        let folders = parts.map { "Sources/\($0)/" }
        let sources = try SourceText.programs.filter { source in
            folders.contains { source.path.hasPrefix($0) } && !Self.means.contains(source.path)
        }
        let rows = page.holders(of: program).filter { $0.what.hasPrefix(kind.testDescription) }
        let stated = Set(rows.flatMap { $0.types }).subtracting(kind.given)
        let found = Set(sources.flatMap { Self.types(in: $0, holding: kind.pattern()) })
        #expect(found.subtracting(stated) == [], "Add it to docs/Modules.md, with its reason.")
        #expect(stated.subtracting(found) == [], "Take it out of docs/Modules.md.")
    }

    @Test(arguments: ["oe-mcp", "oe-mcp-http"]) func `has each lock in the table once, in order`(program: String) throws
    {
        let rows = page.holders(of: program).filter { $0.what.hasPrefix("locks") }
        #expect(!rows.isEmpty && rows.allSatisfy { $0.types == Set($0.types).sorted() })
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
