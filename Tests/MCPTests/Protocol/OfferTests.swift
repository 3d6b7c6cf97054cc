import JSON
import MCP
import TestSupport
import Testing

/// What a server offers, as each revision expresses it.
@Suite struct `What is listed` {
    private func session(_ revision: Revision, pageSize: Int = 100) async throws -> TestSession {
        let session = TestSession(FixtureServer.server(pageSize: pageSize))
        try await session.open(revision)
        return session
    }

    private func entries(_ list: String, _ revision: Revision) async throws -> [JSON] {
        let method = list == "resourceTemplates" ? "resources/templates/list" : "\(list)/list"
        return try await session(revision).request(method)["result"]?[list]?.array ?? []
    }

    /// Rows: G104, G105, G107, G128.
    @Test(arguments: Revision.allCases)
    func `of a tool is its name, its description, an object of arguments, and no task`(revision: Revision) async throws
    {
        let tools = try await entries("tools", revision)
        #expect(tools.count == 8)
        for tool in tools {
            #expect(tool["inputSchema"]?["type"] == "object")
            #expect(tool["description"]?.string?.isEmpty == false)
            #expect(tool["execution"] == nil)
        }
        #expect(tools[1]["inputSchema"] == ["type": "object", "additionalProperties": false])
    }

    /// Rows: G054, G118.
    @Test(arguments: Revision.allCases)
    func `of a tool is what the revision knows`(revision: Revision) async throws {
        let show = try await entries("tools", revision)[4]
        #expect((show["annotations"] != nil) == (revision >= .march2025))
        #expect((show["title"] != nil) == (revision >= .june2025))
        #expect((show["_meta"] != nil) == (revision >= .june2025))
        #expect((show["icons"] != nil) == (revision >= .november2025))
        // Its answer is a list, which only 2026-07-28 allows.
        #expect((show["outputSchema"] != nil) == revision.isStateless)
        let echo = try await entries("tools", revision)[0]
        #expect((echo["outputSchema"] != nil) == (revision >= .june2025))
    }

    /// Rows: G121.
    @Test func `of a tool follows from what it does`() async throws {
        let hints = try await entries("tools", .november2025).map { tool in
            ["readOnlyHint", "destructiveHint", "idempotentHint"].map { tool["annotations"]?[$0]?.bool }
        }
        // echo reads, fail changes, show adds, break removes.
        #expect(hints[0] == [true, false, true])
        #expect(hints[1] == [false, true, true])
        #expect(hints[4] == [false, false, false])
        #expect(hints[5] == [false, true, true])
    }

    /// Rows: G054, G144.
    @Test(arguments: Revision.allCases)
    func `of a resource is what the revision knows`(revision: Revision) async throws {
        let text = try await entries("resources", revision)[0]
        #expect(text["uri"] == "test://text" && text["name"] == "text" && text["size"] == 7)
        #expect((text["title"] != nil) == (revision >= .june2025))
        #expect((text["icons"] != nil) == (revision >= .november2025))
        #expect(text["annotations"]?["audience"] == ["user", "assistant"])
        #expect(text["annotations"]?["lastModified"] == (revision >= .june2025 ? "2026-07-28T12:00:00Z" : nil))
    }

    /// Rows: G151, G152.
    @Test(arguments: Revision.allCases)
    func `of a prompt is its description and what it asks for`(revision: Revision) async throws {
        let prompts = try await entries("prompts", revision)
        #expect(prompts.count == 3)
        for prompt in prompts { #expect(prompt["description"]?.string?.isEmpty == false) }
        #expect(prompts[0]["arguments"]?[0]?["required"] == true)
        #expect((prompts[0]["arguments"]?[0]?["title"] != nil) == (revision >= .june2025))
        let answer = try await session(revision).request("prompts/get", ["name": "show"])["result"]
        for message in answer?["messages"]?.array ?? [] {
            #expect(message["role"] == "assistant")
            #expect(message["content"]?["type"]?.string != nil)
        }
        #expect(answer?["messages"]?.array?.count == FixtureTools.everyKind.count)
    }

    /// Rows: G098, G179.
    @Test(arguments: Revision.allCases, [1, 2, 3, 100])
    func `comes whole, once, in pages of any size`(revision: Revision, size: Int) async throws {
        let session = try await session(revision, pageSize: size)
        let lists = [
            ("tools/list", "tools", 8), ("resources/list", "resources", 3),
            ("resources/templates/list", "resourceTemplates", 3), ("prompts/list", "prompts", 3),
        ]
        for (method, list, count) in lists {
            var names: [String?] = []
            var scopes: Set<JSON?> = []
            var cursor: JSON?
            repeat {
                let page = try await session.request(method, .members(("cursor", cursor)))["result"]
                names += page?[list]?.array?.map { ($0["uri"] ?? $0["uriTemplate"] ?? $0["name"])?.string } ?? []
                scopes.insert(page?["cacheScope"])
                cursor = page?["nextCursor"]
                if let cursor { #expect(cursor.string != nil) }
            } while cursor != nil
            #expect(names.count == count && Set(names).count == count, "\(method)")
            #expect(scopes.count == 1)
        }
    }

    /// Rows: G178, G180, G181.
    @Test(arguments: Revision.allCases)
    func `has no page for a cursor that was not given out for it`(revision: Revision) async throws {
        let session = try await session(revision, pageSize: 1)
        let others = try await session.request("tools/list")["result"]?["nextCursor"]?.string ?? ""
        let own = try await session.request("prompts/list")["result"]?["nextCursor"]?.string ?? ""
        #expect(!others.isEmpty && !own.isEmpty)
        let changed = (own.first == "A" ? "B" : "A") + own.dropFirst()
        for cursor in ["", "garbage", others, own + "AAAA", String(own.dropLast(4)), changed] {
            let reply = try await session.request("prompts/list", ["cursor": .string(cursor)])
            #expect(reply["error"]?["code"] == -32602, "\(cursor)")
        }
        #expect(try await session.request("prompts/list", ["cursor": 7])["error"]?["code"] == -32602)
        #expect(try await session.request("prompts/list", ["cursor": .string(own)])["result"] != nil)
    }

    /// Rows: G239.
    @Test func `of an icon is an address that clients take, or no server at all`() async throws {
        #expect(Icon("data:image/png;base64,AAAA").source.hasPrefix("data:"))
        await #expect(processExitsWith: .failure) { _ = Icon("http://example.com/icon.png") }
        await #expect(processExitsWith: .failure) { _ = Icon("javascript:alert(1)") }
    }

    /// Rows: G237, G238.
    @Test(arguments: Revision.allCases)
    func `has in its meta only keys with a domain before them`(revision: Revision) async throws {
        var keys: [String] = []
        for list in ["tools", "resources", "prompts"] {
            keys += try await entries(list, revision).flatMap { $0["_meta"]?.object?.names ?? [] }
        }
        #expect(keys.isEmpty == (revision < .june2025))
        for key in keys { #expect(key.hasPrefix("com.example/")) }
    }
}
