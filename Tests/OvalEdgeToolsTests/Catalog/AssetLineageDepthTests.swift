import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing

/// A limit of OvalEdge is not the end of the way.
@Suite struct `asset_lineage, beyond where OvalEdge stops` {
    private func ask(_ standIn: LineageStandIn, _ more: JSON) async throws -> Answer {
        var arguments: JSON = ["object_id": 1111, "object_type": "oetable"]
        for member in more.object?.members ?? [] { arguments[member.name] = member.value }
        return try await standIn.catalog.call("asset_lineage", arguments)
    }

    @Test func `goes on from the furthest asset, and says that it did`() async throws {
        let standIn = LineageStandIn.chain(deepest: 10)
        let answer = try await ask(standIn, ["direction": "upstream", "depth": 12])
        #expect(answer.text.contains("11 upstream in 11 hops, 0 downstream; asked for 12 hops"))
        #expect(answer.text.contains("Hop 11 (1):\n") || answer.text.contains("Hops 6 to 11"))
        #expect(
            answer.text.contains(
                "OvalEdge may follow no more than 10 hops: 1 more request went on from `oetable 1101`."
            )
        )
        #expect(standIn.requests == ["lineage oetable 1111 depth 12", "lineage oetable 1101 depth 2"])
        #expect(answer.structured?["summary"]?["upstreamByHop"]?.array?.count == 11)
    }

    @Test func `finds a way that is longer than OvalEdge follows`() async throws {
        let answer = try await ask(.chain(deepest: 10), ["depth": 12, "path_to": 1001, "path_to_type": "oefile"])
        #expect(answer.text.contains("and shop.csv (file, `oefile 1001`)\n"))
        #expect(answer.text.contains("11 hops upstream, one shortest way:\n- shop.csv `oefile 1001` → deep_1"))
        let none = try await ask(.chain(deepest: 10), ["depth": 12, "path_to": 1001, "path_to_type": "oechart"])
        #expect(none.text.contains("and `oechart 1001`\n"))
        #expect(!none.text.contains("Customer monthly"))
    }

    @Test func `goes on as often as it takes`() async throws {
        let standIn = LineageStandIn.chain(deepest: 3)
        let answer = try await ask(standIn, ["direction": "upstream", "depth": 40])
        #expect(answer.text.contains("11 upstream in 11 hops"))
        #expect(standIn.requests.count <= 6, "\(standIn.requests)")
    }

    @Test func `asks once where the way has come to its end`() async throws {
        let standIn = LineageStandIn.chain(deepest: 50)
        let answer = try await ask(standIn, ["object_id": 1104, "depth": 9])
        #expect(!answer.text.contains("may follow no more") && !answer.text.contains("The way may go on"))
        #expect(standIn.requests == ["lineage oetable 1104 depth 9", "lineage oetable 1111 depth 2"])
    }

    @Test func `asks no further at the usual depth`() async throws {
        let standIn = LineageStandIn.chain(deepest: 50)
        let answer = try await ask(standIn, [:])
        #expect(standIn.requests.count == 1 && answer.text.contains("The way may go on: call again with `depth` 3."))
    }

    @Test func `says of how many of the furthest assets it asked for more`() async throws {
        let fan = (1...9).map { LineageStandIn.Asset(id: $0, type: "oetable", name: "t\($0)") }
        let flows: [(from: String, to: String)] = (2...9).map { ($0 == 2 ? "oetable 1" : "oetable 2", "oetable \($0)") }
        let answer = try await ask(LineageStandIn(fan, flows), ["object_id": 1, "depth": 5])
        #expect(answer.text.contains("Nothing further came of 3 of the 7 furthest assets"))
        #expect(answer.structured?["complete"] == false)
    }

    @Test func `follows a report over the tables it rests on, down to a file`() async throws {
        let standIn = LineageStandIn.chain(deepest: 10)
        let answer = try await ask(standIn, ["object_id": 5, "object_type": "oechart", "until": "oefile"])
        #expect(answer.text.contains("# Lineage of Deep report (report, `oechart 5`)\n12 upstream in 12 hops"))
        #expect(answer.text.contains("this goes on from the one on which it rests by its details"))
        #expect(answer.text.contains("Only the first `oefile` of each way: 1 of 12 assets, 11 filtered out."))
        #expect(answer.text.contains("`oefile 1001` in warehouse_prod.SALES, by way of deep_11 `oetable 1111`"))
        #expect(standIn.requests.first == "details oechart 5")
        #expect(answer.structured?["nodes"]?.array?.count == 13)
    }

    @Test func `says where a way ends without one`() async throws {
        let answer = try await ask(.chain(deepest: 50), ["until": "oechart", "direction": "upstream"])
        #expect(
            answer.text.contains("0 of 11 assets") && answer.text.contains("Ways that end without one: at shop.csv")
        )
    }

    @Test func `follows a column by the table it is part of`() async throws {
        let answer = try await ask(.chain(deepest: 50), ["object_id": 77, "object_type": "oecolumn"])
        #expect(answer.text.contains("# Lineage of deep_5 (table, `oetable 1105`)"))
        #expect(answer.text.contains("this is the lineage of what column `oecolumn 77` is part of"))
    }

    @Test func `says what to do where the details name no table`() async throws {
        let lone = [LineageStandIn.Asset(id: 8, type: "oequery", name: "load")]
        let answer = try await ask(LineageStandIn(lone, [], details: [:]), ["object_id": 8, "object_type": "oequery"])
        #expect(!answer.isFailure || answer.text.contains("Look for the table with `asset_explorer`"))
    }

    @Test func `is found in the sandbox from a report on`() async throws {
        let answer = try await TestCatalog().call(
            "asset_lineage",
            ["object_id": 801, "object_type": "oechart", "until": "oefile"]
        )
        try expectSnapshot("asset_lineage.until.md", of: answer.text)
    }
}
