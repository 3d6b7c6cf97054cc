import JSON
import MCP
import TestSupport
import Testing

/// The extension `io.modelcontextprotocol/ui` (MCP Apps, 2026-01-26): pages that show the answers of tools.
@Suite struct `A view` {
    private static let shows: JSON = [
        "extensions": ["io.modelcontextprotocol/ui": ["mimeTypes": ["text/html;profile=mcp-app"]]]
    ]
    private static let uri = JSON.string(FixtureServer.view.uri)

    private func session(_ revision: Revision, _ capabilities: JSON = shows) async throws -> TestSession {
        let session = TestSession(FixtureServer.server(pageSize: 100))
        try await session.open(revision, capabilities: capabilities)
        return session
    }

    private func meta(of tool: String, in session: TestSession) async throws -> JSON? {
        let tools = try await session.request("tools/list")["result"]?["tools"]?.array ?? []
        return tools.first { $0["name"]?.string == tool }?["_meta"]
    }

    private func resources(in session: TestSession) async throws -> [JSON] {
        try await session.request("resources/list")["result"]?["resources"]?.array ?? []
    }

    @Test(arguments: Revision.allCases)
    func `is named by its tool to a client that shows views, in both dialects`(revision: Revision) async throws {
        let session = try await session(revision)
        let meta = try await meta(of: "show", in: session)
        #expect(meta?["ui"] == ["resourceUri": Self.uri])
        #expect(meta?["openai/outputTemplate"] == Self.uri)
        #expect(meta?["com.example/kind"] == "show")
        #expect(try await self.meta(of: "echo", in: session) == nil)
    }

    @Test(arguments: Revision.allCases)
    func `is listed for a client that shows views, with its policy`(revision: Revision) async throws {
        let views = try await resources(in: session(revision)).filter { $0["uri"] == Self.uri }
        let view = try #require(views.first)
        #expect(view["mimeType"] == "text/html;profile=mcp-app")
        #expect(view["_meta"]?["ui"]?["csp"] == ["connectDomains": [], "resourceDomains": []])
        #expect(view["_meta"]?["ui"]?["prefersBorder"] == true)
    }

    @Test(
        arguments: Revision.allCases,
        [
            [:], ["extensions": [:]], ["extensions": ["io.modelcontextprotocol/ui": [:]]],
            ["extensions": ["io.modelcontextprotocol/ui": ["mimeTypes": ["text/uri-list"]]]],
            ["extensions": ["io.modelcontextprotocol/ui": ["mimeTypes": "text/html;profile=mcp-app"]]],
        ] as [JSON]
    )
    func `costs a client that shows none nothing`(revision: Revision, capabilities: JSON) async throws {
        let session = try await session(revision, capabilities)
        #expect(try await meta(of: "show", in: session)?["ui"] == nil)
        #expect(try await meta(of: "show", in: session)?["openai/outputTemplate"] == nil)
        #expect(try await resources(in: session).count == 3)
    }

    @Test(arguments: Revision.allCases)
    func `can be read by everyone`(revision: Revision) async throws {
        for capabilities in [Self.shows, [:]] {
            let session = try await session(revision, capabilities)
            let answer = try await session.request("resources/read", ["uri": Self.uri])["result"]
            let contents = answer?["contents"]?[0]
            #expect(contents?["uri"] == Self.uri && contents?["text"] == "<!doctype html>")
            #expect(contents?["mimeType"] == "text/html;profile=mcp-app")
            let isTold = capabilities == Self.shows || revision >= .june2025
            #expect((contents?["_meta"]?["ui"]?["csp"] != nil) == isTold)
        }
    }

    @Test(arguments: Revision.allCases)
    func `gets the data of an answer in every revision`(revision: Revision) async throws {
        let told = try await session(revision).call("echo", ["text": "hello"])
        #expect(told["structuredContent"]?["text"] == "hello")
    }

    @Test(arguments: Revision.allCases)
    func `is an extension for clients that declare it`(revision: Revision) async throws {
        let hello = try await TestSession(FixtureServer.server()).capabilities(revision)
        #expect(hello["extensions"] == (revision.isStateless ? ["io.modelcontextprotocol/ui": [:]] : nil))
        guard !revision.isStateless else { return }
        let known = try await TestSession(FixtureServer.server()).request(
            "initialize",
            ["protocolVersion": .string(revision.rawValue), "capabilities": Self.shows]
        )
        #expect(known["result"]?["capabilities"]?["extensions"] == ["io.modelcontextprotocol/ui": [:]])
    }

    @Test func `is asked for again with every request where there are no sessions`() async throws {
        let session = try await session(.july2026)
        #expect(try await resources(in: session).count == 4)
        let without = try await session.request("resources/list", ["_meta": .stateless()])
        #expect(without["result"]?["resources"]?.array?.count == 3)
        #expect(try await resources(in: session).count == 4)
    }
}
