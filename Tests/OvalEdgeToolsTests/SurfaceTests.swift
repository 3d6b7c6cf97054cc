import JSON
import MCP
import OvalEdgeContent
import OvalEdgeTools
import TestSupport
import Testing

/// What a client sees of all of it, in one session.
@Suite struct `The whole surface` {
    private static let views: JSON = [
        "extensions": ["io.modelcontextprotocol/ui": ["mimeTypes": ["text/html;profile=mcp-app"]]]
    ]

    @Test func `is what is documented`() async throws {
        let session = try await TestCatalog().session(capabilities: Self.views)
        let tools = try await session.request("tools/list")["result"]?["tools"]?.array ?? []
        #expect(tools.map { $0["name"]?.string } == ToolName.allCases.map { $0.rawValue })
        let prompts = try await session.request("prompts/list")["result"]?["prompts"]?.array ?? []
        #expect(prompts.map { $0["name"]?.string } == OvalEdgePrompts.all.map { $0.name })
        #expect(tools.count == 15, "Is one meant to be new? Count it here, and in Tests/Clients/test_writes.py.")
        #expect(prompts.count == 22, "Is one meant to be new? Count it here.")
        let resources = try await session.request("resources/list")["result"]?["resources"]?.array ?? []
        let uris = resources.compactMap { $0["uri"]?.string }
        #expect(Set(uris) == Set(Guide.all.map { $0.uri } + ViewPage.all.map { $0.view.uri }))
        let templates = try await session.request("resources/templates/list")["result"]?["resourceTemplates"]?.array
        #expect(templates?.count == 5, "Is one meant to be new? Count it here.")
    }

    /// Rows: G121.
    @Test func `declares of each tool what it does to the catalog`() async throws {
        let session = try await TestCatalog().session()
        let tools = try await session.request("tools/list")["result"]?["tools"]?.array ?? []
        let profiles = [
            "reads": [true, false, true, false], "adds": [false, false, false, false],
            "changes": [false, true, true, false], "runs": [false, false, true, false],
            "reaches others": [false, false, false, true],
        ]
        let effects: [String: String] = [
            "create_glossary_term": "adds", "create_tag": "adds", "dq_rule_manager": "adds",
            "create_service_request": "reaches others", "update_asset_descriptions": "changes",
            "update_cde_associations": "changes", "update_governance_roles": "changes",
            "update_custom_field_value": "changes", "dq_rule_advisor": "runs",
        ]
        for tool in tools {
            let name = tool["name"]?.string ?? ""
            let hints = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"]
                .map { tool["annotations"]?[$0]?.bool }
            #expect(
                hints == profiles[effects[name] ?? "reads"],
                "\(name): a tool that does not only read has a line in `effects`."
            )
            #expect(tool["title"]?.string?.isEmpty == false, "\(name)")
        }
    }

    @Test func `names the view of each tool that has one`() async throws {
        let session = try await TestCatalog().session(capabilities: Self.views)
        let tools = try await session.request("tools/list")["result"]?["tools"]?.array ?? []
        let views = tools.filter { $0["_meta"]?["ui"] != nil }
        #expect(
            views.map { $0["name"]?.string } == [
                "asset_explorer", "asset_details", "asset_lineage", "metadata_changes_between_crawls",
            ]
        )
        for tool in views {
            let uri = try #require(tool["_meta"]?["ui"]?["resourceUri"])
            #expect(tool["_meta"]?["openai/outputTemplate"] == uri)
            let contents = try await session.request("resources/read", ["uri": uri])["result"]?["contents"]
            #expect(contents?[0]?["text"]?.string?.contains(#""ui/initialize""#) == true)
        }
    }

    @Test func `finds, reads and prompts in one session`() async throws {
        let session = try await TestCatalog().session()
        let found = try await session.call("asset_explorer", ["search_terms": ["orders"]])
        #expect(found["isError"] != true)
        #expect(found["structuredContent"]?["data"]?["items"]?[0]?["objectId"] != nil)
        let mistake = try await session.call("asset_explorer", ["object_type": "dashboard"])
        #expect(mistake["isError"] == true && mistake["structuredContent"] == nil)
        let read = try await session.request("resources/read", ["uri": "ovaledge://catalog/table/501"])
        let text = read["result"]?["contents"]?[0]?["text"]?.string ?? ""
        #expect(text.contains("# orders (table, `oetable 501`)"))
        let prompt: JSON = ["name": "data_discovery", "arguments": ["query": "orders"]]
        let messages = try await session.request("prompts/get", prompt)["result"]?["messages"]
        #expect(messages?[0]?["content"]?["text"]?.string?.contains("asset_explorer") == true)
    }
}
