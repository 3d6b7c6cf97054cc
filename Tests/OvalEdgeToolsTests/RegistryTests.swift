import HTTP
import JSON
import JSONRPC
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing

@Suite struct `The registry` {
    private static let table: JSON = ["object_id": 501, "object_type": "oetable"]
    private static let names = Registry.tools.map { tool in tool.definition.name }.joined(separator: ", ")

    @Test(arguments: [
        ("asset_explore", "There is no tool `asset_explore`; did you mean `asset_explorer`?"),
        ("Knowledge-Search", "There is no tool `Knowledge-Search`; did you mean `knowledge_search`?"),
        ("zzz", "There is no tool `zzz`. There are \(names)."), ("", "There is no tool ``. There are \(names)."),
    ])
    func `knows no other names, but guesses what is meant`(name: String, message: String) async throws {
        let error = await #expect(throws: RPCError.self) { _ = try await TestCatalog().call(name) }
        #expect(error == .invalidParams(message))
    }

    /// Rows: G110.
    @Test func `neither lists nor calls what is switched off`() async throws {
        let catalog = TestCatalog(tools: [AssetExplorer.self, KnowledgeSearch.self])
        #expect(catalog.tools.map { $0.definition.name } == ["asset_explorer", "knowledge_search"])
        #expect(catalog.knows("asset_explorer") && !catalog.knows("asset_details"))
        let off = await #expect(throws: RPCError.self) { _ = try await catalog.call("asset_details") }
        #expect(off?.code == -32602)
        #expect(off?.message == RemedyTexts.neutral.sentence(.enableTool("asset_details")))
        let strange = await #expect(throws: RPCError.self) { _ = try await catalog.call("zzz") }
        #expect(strange?.message == "There is no tool `zzz`. There are asset_explorer, knowledge_search.")
    }

    /// Rows: G143.
    @Test func `notifies clients when other tools are offered`() async throws {
        let catalog = TestCatalog()
        let server = Server(
            info: ServerInfo(name: "test", version: "1", instructions: ""),
            tools: catalog.registry,
            prompts: catalog.prompts,
            changes: [.tools, .prompts],
            log: .none
        )
        let session = TestSession(server)
        try await session.open()
        #expect(try await session.names(of: "tools").count == Registry.tools.count)
        let prompts = try await session.names(of: "prompts").count
        #expect(!catalog.access.change { _ in true })
        #expect(catalog.access.change { $0 == "knowledge_search" })
        server.changed([.tools, .prompts])
        #expect(await session.read().contains("notifications/tools/list_changed"))
        #expect(await session.read().contains("notifications/prompts/list_changed"))
        #expect(try await session.names(of: "tools") == ["knowledge_search"])
        #expect(try await session.names(of: "prompts").count < prompts)
    }

    @Test func `reports all mistakes in one answer`() async throws {
        let answer = try await TestCatalog().call("asset_details", ["object_typ": "table"])
        #expect(answer.isFailure)
        #expect(
            answer.text.hasPrefix(
                """
                Invalid arguments for asset_details; nothing was sent:
                - `object_type` is missing: Kind of the asset, as the search returned it.
                - One of `object_id` and `object_name` is needed.
                - `object_typ` is not an argument of asset_details; did you mean `object_type`?
                """
            )
        )
    }

    /// Rows: G122.
    @Test func `says what happened, what to do, when and with which number`() async throws {
        let catalog = TestCatalog(
            answering: .badRequest,
            #"{"code":"mcp.hint","message":"Wrong \u202Ehint"}"#,
            ["X-Request-Id": "r-7"]
        )
        let answer = try await catalog.call("asset_details", Self.table)
        #expect(answer.isFailure && answer.structured == nil)
        #expect(answer.text.contains("hint"))
        #expect(!answer.text.contains("\u{202E}"))
        #expect(answer.text.contains("OvalEdge's code: `mcp.hint`"))
        #expect(answer.text.contains("Request id: `r-7`"))
    }

    @Test func `says when to try again, once`() async throws {
        let catalog = TestCatalog(answering: .tooManyRequests, "{}", ["Retry-After": "12"])
        let answer = try await catalog.call("asset_details", Self.table)
        #expect(answer.isFailure)
        #expect(answer.text.ranges(of: "12 seconds").count == 1)
    }

    @Test func `reports a form it does not know instead of guessing`() async throws {
        let answer = try await TestCatalog(answering: .ok, #"{"data":"nothing"}"#).call("asset_details", Self.table)
        #expect(answer.isFailure)
    }

    @Test func `gives each caller the API of their own`() async throws {
        let registry = TestCatalog().registry
        let answer = try await registry.call(
            "asset_details",
            arguments: Self.table.object ?? JSONObject(),
            in: RequestContext(revision: .july2026, principal: Principal("ann"))
        )
        #expect(!answer.isFailure)
    }

    @Test func `serves a client of the protocol`() async throws {
        let session = TestSession(tools: TestCatalog().registry)
        try await session.open()
        let list = try await session.request("tools/list")
        #expect(list["result"]?["tools"]?.array?.count == Registry.tools.count)
        let result = try await session.call("asset_explorer", ["search_terms": ["orders"]])
        #expect(result["isError"] != true)
        #expect(result["structuredContent"]?["returned"]?.int ?? 0 > 0)
        let mistake = try await session.call("asset_explorer", ["serch_terms": ["orders"]])
        #expect(mistake["isError"] == true)
        #expect(mistake["content"]?[0]?["text"]?.string?.contains("did you mean `search_terms`?") == true)
    }

    /// Rows: G168.
    @Test func `leaves the account's secrets out of every answer`() async throws {
        let catalog = TestCatalog(SandboxClient(secret: "another"))
        let answer = try await catalog.call("asset_details", Self.table)
        #expect(answer.isFailure)
        #expect(!answer.text.contains(Sandbox.userSecret) && !answer.text.contains(Sandbox.userToken))
    }
}

extension TestSession {
    fileprivate func names(of list: String) async throws -> [String?] {
        try await request("\(list)/list")["result"]?[list]?.array?.map { $0["name"]?.string } ?? []
    }
}
