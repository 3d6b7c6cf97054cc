import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Sandbox
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `An answer from what was kept` {
    private let clock = TestClock(1_795_000_000)
    private let sandbox = SandboxClient()
    private let catalog: TestCatalog

    private static let table: JSON = ["object_id": 501, "object_type": "oetable"]
    private static let moment = "2026-11-18T11:06:40Z"

    init() {
        catalog = TestCatalog(sandbox, cache: ReadCache(ttl: 30) { [clock] in clock.now })
    }

    @Test func `says in text and data since when it is known`() async throws {
        let first = try await catalog.call("asset_details", Self.table)
        #expect(first.structured?["as_of"] == nil && !first.text.contains("Cached response"))
        clock.advance(by: 20)
        let before = sandbox.record.requestCount
        let second = try await catalog.call("asset_details", Self.table)
        #expect(sandbox.record.requestCount == before)
        #expect(second.structured?["as_of"] == .string(Self.moment))
        #expect(second.text == "\(first.text)\n\nCached response from \(Self.moment).")
        #expect(second.structured?["notes"]?.array?.last == "Cached response from 2026-11-18T11:06:40Z.")
        clock.advance(by: 10)
        let third = try await catalog.call("asset_details", Self.table)
        #expect(third.structured?["as_of"] == nil)
    }

    @Test(arguments: Listed.all.filter { !($0.tool is any WritingTool.Type) })
    func `is listed with that member, and is what its schema says`(_ listed: Listed) async throws {
        let schema = try #require(catalog.tools.first { $0.definition == listed.definition }?.outputSchema)
        #expect(schema["properties"]?["as_of"]?["type"] == "string")
        let arguments = try #require(listed.example)
        _ = try await catalog.call(listed.definition.name, arguments)
        let again = try await catalog.call(listed.definition.name, arguments)
        #expect(again.structured?["as_of"] == .string(Self.moment))
        #expect(differences(try #require(again.structured), from: schema) == [])
    }

    @Test func `stays within the budget`() async throws {
        let budget = AnswerBudget(tokens: 400)
        let ovalEdge = catalog.ovalEdge
        let registry = Registry(OneAccount(.acting(by: ovalEdge)), budget: budget)
        let arguments: JSON = ["search_terms": ["orders"], "limit": 50]
        for _ in 1...2 {
            let context = RequestContext(revision: .november2025)
            let answer = try await registry.call("asset_explorer", arguments: arguments.object!, in: context)
            #expect(budget.allows(answer))
        }
    }

    @Test func `is never a preview, nor what is read back after a change`() async throws {
        let description: JSON = [
            "object_id": 501, "object_type": "oetable", "business_description": "Orders of all shops.",
        ]
        _ = try await catalog.call("asset_details", Self.table)
        let before = sandbox.record.requestCount
        let (preview, done) = try await catalog.confirmed("update_asset_descriptions", description)
        #expect(preview.structured?["awaitingUserConfirmation"] == true)
        #expect(preview.structured?["as_of"] == nil && done.structured?["as_of"] == nil)
        // Each looked at the table, one once more right before it wrote and read back.
        #expect(sandbox.record.requestCount == before + 5)
        let after = try await catalog.call("asset_details", Self.table)
        #expect(after.text.contains("Orders of all shops."))
        #expect(after.structured?["as_of"] != nil, "The reading back is kept.")
    }
}
