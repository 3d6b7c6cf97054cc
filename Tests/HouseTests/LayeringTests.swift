import Testing

/// Targets in C, which stand on nothing of ours.
private let shims: Set<String> = [
    "CCrypto", "CCurl", "CHiredis", "CLoopback", "CMicroHTTPD", "CSystem", "CYAML",
]

/// What comes with the system or the toolchain, and is light.
private let free: Set<String> = [
    "CoreFoundation", "CryptoKit", "Darwin", "Dispatch", "FoundationEssentials", "Glibc", "Security", "Synchronization",
]

/// Neither the compiler nor the package manager keeps the borders that docs/Modules.md draws: a module that was built
/// for another target can be imported without being declared.
@Suite struct `The floors of the house` {
    private let page: ModulesPage

    init() throws { page = try ModulesPage() }

    private static func targets() throws -> [String] {
        try House.names(in: "Sources").filter { House.isFolder("Sources/\($0)") }
    }

    @Test(arguments: try targets().filter { !shims.contains($0) })
    func `import what the table says, all of it, and nothing else`(target: String) throws {
        let stated = try #require(page.imports[target], "\(target) has no row in docs/Modules.md.")
        var imported: Set<String> = []
        for source in try SourceText.programs where source.path.hasPrefix("Sources/\(target)/") {
            let modules = Set(source.imports).subtracting(free)
            let strangers = modules.subtracting(stated)
            #expect(
                strangers.isEmpty,
                "\(source.path) must not import \(strangers.sorted().joined(separator: ", ")): see docs/Modules.md."
            )
            imported.formUnion(modules)
        }
        #expect(stated.subtracting(imported) == [], "\(target) does without it: take it out of docs/Modules.md.")
    }

    @Test func `are all there, and each is described`() throws {
        #expect(try shims.union(page.imports.keys) == Set(Self.targets()))
        #expect(try Self.targets().filter { !page.describes($0) } == [], "Say in docs/Modules.md what belongs into it.")
    }

    @Test func `are declared in the package as they are listed there`() throws {
        let declaration = /(?:module|program)\(\s*"([^"]+)"(?:,\s*\[([^\]]*)\])?/
        let declared = try House.text("Package.swift").matches(of: declaration).map { match in
            let names = (match.output.2 ?? "").matches(of: /"([A-Za-z]+)"/).map { String($0.output.1) }
            #expect(names == Set(names).sorted { $0.lowercased() < $1.lowercased() }, "Each once, by name: \(names)")
            return (String(match.output.1), Set(names))
        }
        #expect(Dictionary(declared) { $1 } == page.imports)
    }

    @Test func `keep protocol and product apart`() {
        #expect(!page.parts(of: "MCP").contains("OvalEdge"))
        #expect(!page.parts(of: "OvalEdge").contains("MCP"))
    }
}
