import Testing

/// What each target may import besides the system: the floors of docs/Modules.md, from below.
///
/// Neither the compiler nor the package manager keeps these borders: a module that was built for another target can be
/// imported without being declared.
private let floors: [String: Set<String>] = [
    "Clock": ["Threads"],
    "Crypto": ["CCrypto"],
    "Files": [],
    "HTTP": ["Clock", "Text"],
    "JSON": [],
    "Logging": ["Clock", "JSON", "Text"],
    "Text": [],
    "Threads": [],

    "JSONRPC": ["Clock", "CSystem", "JSON", "Logging", "Threads"],
    "Settings": ["CSystem", "Logging", "Text"],

    "CurlHTTP": ["CCurl", "HTTP", "Logging", "Text", "Threads"],
    "HTTPServer": ["CMicroHTTPD", "HTTP", "Logging", "Threads"],
    "MCP": ["Clock", "Crypto", "Files", "Text", "JSON", "JSONRPC", "Logging"],
    "OvalEdge": ["Clock", "Crypto", "Files", "Text", "HTTP", "JSON", "Logging", "Threads"],
    "Sandbox": ["Clock", "Crypto", "Text", "HTTP", "JSON", "Logging"],

    "StreamableHTTP": ["Clock", "HTTP", "HTTPServer", "JSON", "JSONRPC", "Logging", "MCP", "Text", "Threads"],
    "OvalEdgeTools": ["Clock", "Crypto", "Text", "JSON", "JSONRPC", "Logging", "MCP", "OvalEdge", "Threads"],

    "Commands": [
        "CurlHTTP", "HTTP", "Logging", "MCP", "OvalEdge", "OvalEdgeTools", "Sandbox", "Settings", "Text", "Threads",
    ],

    "oe-mcp": [
        "CSystem", "Commands", "HTTP", "JSON", "JSONRPC", "Logging", "MCP", "OvalEdge", "OvalEdgeTools", "Settings",
        "Text", "Threads",
    ],
    "oe-mcp-http": [
        "Commands", "Crypto", "HTTP", "HTTPServer", "JSON", "Logging", "MCP", "OvalEdge", "OvalEdgeTools", "Sandbox",
        "Settings", "StreamableHTTP", "Text", "Threads",
    ],
]

/// Targets in C, which stand on nothing of ours.
private let shims: Set<String> = ["CCrypto", "CCurl", "CMicroHTTPD", "CSystem"]

/// What comes with the system or the toolchain, and is light.
private let free: Set<String> = [
    "CryptoKit", "Darwin", "Dispatch", "FoundationEssentials", "Glibc", "Synchronization",
]

@Suite struct `The floors of the house` {
    @Test(arguments: try House.names(in: "Sources").filter { House.isFolder("Sources/\($0)") })
    func `depend only on what is below them`(target: String) throws {
        if shims.contains(target) { return }
        let allowed = try #require(floors[target], "\(target) has no place in the table of floors.")
        for source in try SourceText.programs where source.path.hasPrefix("Sources/\(target)/") {
            let strangers = Set(source.imports).subtracting(allowed).subtracting(free)
            #expect(
                strangers.isEmpty,
                "\(source.path) must not import \(strangers.sorted().joined(separator: ", ")): see docs/Modules.md."
            )
        }
    }

    @Test func `are all there`() throws {
        #expect(
            try shims.union(floors.keys) == Set(House.names(in: "Sources").filter { House.isFolder("Sources/\($0)") })
        )
    }

    @Test func `are declared in the package as they are listed here`() throws {
        let declaration = /(?:module|program)\(\s*"([^"]+)"(?:,\s*\[([^\]]*)\])?/
        let declared = try House.text("Package.swift").matches(of: declaration).map { match in
            let names = (match.output.2 ?? "").matches(of: /"([A-Za-z]+)"/).map { String($0.output.1) }
            return (String(match.output.1), Set(names))
        }
        #expect(Dictionary(declared) { $1 } == floors.filter { !shims.contains($0.key) })
    }

    @Test func `keep protocol and product apart`() {
        #expect(floors["MCP"]?.contains("OvalEdge") == false)
        #expect(floors["OvalEdge"]?.contains("MCP") == false)
    }
}
