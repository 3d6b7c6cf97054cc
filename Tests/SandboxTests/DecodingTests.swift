import HTTP
import JSON
import OvalEdge
import Testing

@testable import Sandbox

@Suite struct `Answers of the sandbox` {
    private static let assets = SampleCatalog.sample.all.filter { !$0.kind.isContainer }.map {
        ($0.id, $0.kind.rawValue)
    }

    @Test func `are pages of assets to the product's models`() async throws {
        let visitor = try await Visitor()
        let response = try await visitor.response(
            .post,
            "asset-explorer",
            body: ["includeParent": true, "includeChildren": true, "search": ["searchTerms": ["data"], "limit": 50]]
        )
        let page = try Envelope<AssetPage>(response.json).opened()
        #expect(page.total == page.items.count + page.glossaryTerms.count + page.tags.count)
        #expect(page.tags.contains { $0.asset.name == "Personal data" && !$0.children.isEmpty && $0.isMaster })
        #expect(page.items.allSatisfy { $0.link != nil && $0.objectType != nil && $0.name != nil })
    }

    @Test(arguments: assets)
    func `are details of assets`(id: Int, type: String) async throws {
        let visitor = try await Visitor()
        let json = try await visitor.get("asset-details", ["objectId": "\(id)", "objectType": type])
        let details = try Envelope<AssetRecord>(json).opened()
        #expect(details.asset.id == String(id))
        #expect(details.asset.objectType?.rawValue == type)
        #expect(details.asset.link != nil)
        #expect(details.columns.isEmpty == (type != "oetable" && type != "oefile"))
    }

    @Test func `are lineage`() async throws {
        let visitor = try await Visitor()
        let json = try await visitor.get("asset-lineage", ["objectId": "501", "objectType": "oetable", "depth": "3"])
        let lineage = try Envelope<Lineage>(json).opened()
        #expect(lineage.rootID == "501")
        #expect(lineage.nodes.contains { $0.direction == .upstream && $0.hop == 3 })
        #expect(lineage.nodes.contains { $0.direction == .downstream && $0.hop == 3 })
        #expect(lineage.nodes.count <= lineage.edges.count + 1)
    }

    @Test func `are knowledge`() async throws {
        let visitor = try await Visitor()
        let json = try await visitor.get("knowledge-search", ["query": "retention of customer lineage"])
        let knowledge = try Envelope<Knowledge>(json).opened()
        #expect(knowledge.stories.contains { $0.title == "Retention policy" && $0.link != nil && $0.zone == "Legal" })
        #expect(!knowledge.passages.isEmpty)
    }

    @Test func `are refusals when they say no`() async throws {
        let visitor = try await Visitor()
        let response = try await visitor.response(.get, "asset-details", ["objectId": "9", "objectType": "oetable"])
        #expect(Refusal(try response.json)?.message == "No oetable with objectId 9")
    }
}
