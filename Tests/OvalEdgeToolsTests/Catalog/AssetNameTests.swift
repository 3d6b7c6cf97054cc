import HTTP
import JSON
import MCP
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing

@Suite struct `An asset asked for by name` {
    @Test(
        arguments: [
            ("orders", "oetable", "501"), ("ORDERS", "oetable", "501"), ("SALES.orders", "oetable", "501"),
            ("bramble_dw.sales.orders", "oetable", "501"), ("revenue_for_tax.csv", "oefile", "711"),
            ("Net revenue", "glossary", "333"), ("Sales overview", "oechart", "801"), ("Address", "oetag", "353"),
            ("first_name", "oecolumn", "51103"), ("customers.first_name", "oecolumn", "51103"),
        ]
    )
    func `is the one that is called so`(name: String, type: String, id: String) async throws {
        let client = SandboxClient()
        let answer = try await TestCatalog(client)
            .call("asset_details", ["object_name": .string(name), "object_type": .string(type)])
        #expect(!answer.isFailure, "\(answer.text)")
        #expect(answer.text.contains("`\(type) \(id)`"))
        #expect(client.record.requests.last?.query["objectId"] == [id])
        let same = try await TestCatalog()
            .call("asset_details", ["object_id": .string(id), "object_type": .string(type)])
        #expect(answer == same)
    }

    @Test func `has its lineage`() async throws {
        let byName = try await TestCatalog().call("asset_lineage", ["object_name": "orders", "object_type": "oetable"])
        let byID = try await TestCatalog().call("asset_lineage", ["object_id": 501, "object_type": "oetable"])
        #expect(byName == byID && !byName.isFailure)
    }

    @Test(arguments: ["asset_details", "asset_lineage"])
    func `is looked for elsewhere when it is missing`(tool: String) async throws {
        let client = SandboxClient()
        let answer = try await TestCatalog(client).call(tool, ["object_name": "*orderz*", "object_type": "oetable"])
        #expect(answer.isFailure)
        #expect(
            answer.text
                == #"There is no table “\*orderz\*”. Look for it with `asset_explorer`, and call with its `object_id`."#
        )
        #expect(!client.record.requests.contains { $0.path.contains("asset-details") })
    }

    @Test func `is chosen by the caller when several are called so`() async throws {
        let client = SandboxClient()
        let answer = try await TestCatalog(client)
            .call("asset_details", ["object_name": "email", "object_type": "oecolumn"])
        #expect(answer.isFailure)
        #expect(answer.text.hasPrefix("There are 3 of column “email”. Call again with the `object_id` of the one"))
        for id in [40202, 41202, 51102] { #expect(answer.text.contains("`oecolumn \(id)`")) }
        #expect(!client.record.requests.contains { $0.path.contains("asset-details") })
        let one = try await TestCatalog()
            .call("asset_details", ["object_name": "customers.email", "object_type": "oecolumn"])
        #expect(one.text.contains("`oecolumn 51102`"))
    }
}
