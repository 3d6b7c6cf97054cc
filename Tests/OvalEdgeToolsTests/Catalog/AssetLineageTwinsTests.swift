import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing

/// Ids repeat between kinds, so that an id alone is no asset.
@Suite struct `asset_lineage, where kinds share ids` {
    private static let root: JSON = ["object_id": 1200, "object_type": "oetable"]

    private func ask(_ standIn: LineageStandIn, _ more: JSON) async throws -> Answer {
        var arguments = Self.root
        for member in more.object?.members ?? [] { arguments[member.name] = member.value }
        return try await standIn.catalog.call("asset_lineage", arguments)
    }

    @Test(arguments: [true, false])
    func `counts what there is, whether flows name kinds or not`(namesKinds: Bool) async throws {
        let answer = try await ask(.wide(namesKinds: namesKinds), ["depth": 4])
        #expect(answer.text.contains("4 upstream in 2 hops, 1048 downstream in 3 hops"))
        #expect(!answer.text.contains("cycle") && !answer.text.contains("↻"))
        let summary = answer.structured?["summary"]
        #expect(summary?["upstreamByHop"] == [2, 2] && summary?["downstreamByHop"] == [800, 240, 8])
        #expect(summary?["hasCycle"] == false)
    }

    @Test func `says of each flow which kinds its ends are`() async throws {
        let answer = try await ask(.wide(namesKinds: false), ["depth": 2, "direction": "upstream"])
        let edges = answer.structured?["edges"]?.array ?? []
        #expect(edges.count == 4)
        #expect(edges.allSatisfy { $0["fromObjectType"] != nil && $0["toObjectType"] != nil })
        #expect(
            answer.text.contains("- **file_1**")
                && answer.text.contains("`oefile 1` in warehouse_prod.SALES, feeds raw_1")
        )
        #expect(!answer.text.contains("query_"))
    }

    @Test(arguments: [true, false])
    func `finds the ways to an asset of one kind`(namesKinds: Bool) async throws {
        let answer = try await ask(
            .wide(namesKinds: namesKinds),
            ["depth": 4, "direction": "downstream", "path_to": 2007, "path_to_type": "oechart"]
        )
        #expect(
            answer.text.contains(
                """
                # Way between dim_customer_master (table, `oetable 1200`) and report_7 (report, `oechart 2007`)
                2 hops downstream, one shortest way:
                - dim_customer_master `oetable 1200` → agg_7 `oetable 2007` → report_7 `oechart 2007`
                """
            )
        )
        #expect(answer.text.contains("The same id is that of agg_7 `oetable 2007`, too"))
        #expect(answer.structured?["paths"]?[0]?["ways"] == [["oetable 1200", "oetable 2007", "oechart 2007"]])
    }

    @Test func `never names an asset of another kind than the one asked for`() async throws {
        let answer = try await ask(.wide(), ["depth": 3, "path_to": 2300, "path_to_type": "oechart"])
        #expect(answer.text.contains("# Way between dim_customer_master (table, `oetable 1200`) and `oechart 2300`\n"))
        #expect(answer.text.contains("None within 3 hops"))
        #expect(answer.text.contains("The same id is that of agg_300 `oetable 2300`, too"))
        #expect(answer.structured?["paths"] == [] && answer.structured?["nodes"]?.array?.count == 1)
    }

    @Test func `leaves open what cannot be said, and claims no cycle through it`() throws {
        let reply = #"""
            {"nodes":[{"id":1,"objectType":"oetable","hop":0},
             {"id":2,"objectType":"oetable","name":"t","hop":1,"direction":"DOWNSTREAM"},
             {"id":2,"objectType":"oequery","name":"q","hop":1,"direction":"DOWNSTREAM"},
             {"id":3,"objectType":"oechart","name":"r","hop":2,"direction":"DOWNSTREAM"}],
             "edges":[{"fromId":1,"toId":2},{"fromId":2,"toId":3},{"fromId":2,"toId":1}]}
            """#
        let answer = try answer(AssetLineage.self, ["object_id": 1, "object_type": "oetable"], to: reply)
        #expect(answer.text.contains("0 upstream, 3 downstream in 2 hops"))
        #expect(answer.text.contains("Id `2` is used by several kinds of assets; flows that do not say which"))
        #expect(!answer.text.contains("cycle"))
        #expect(answer.structured?["summary"]?["uncertainIds"] == ["2"] && answer.structured?["edges"] == [])
    }

    @Test func `lets no flow overrule the place that a node gives itself`() throws {
        let reply = #"""
            {"nodes":[{"id":1,"objectType":"oetable","hop":0},
             {"id":2,"objectType":"oetable","name":"near","hop":1,"direction":"DOWNSTREAM"},
             {"id":3,"objectType":"oetable","name":"mid","hop":2,"direction":"DOWNSTREAM"},
             {"id":4,"objectType":"oechart","name":"far","hop":3,"direction":"DOWNSTREAM"}],
             "edges":[{"fromId":1,"toId":2},{"fromId":2,"toId":3},{"fromId":3,"toId":4},{"fromId":2,"toId":4}]}
            """#
        let answer = try answer(AssetLineage.self, ["object_id": 1, "object_type": "oetable", "depth": 3], to: reply)
        #expect(answer.structured?["summary"]?["downstreamByHop"] == [1, 1, 1])
        #expect(answer.text.contains("Hop 3 (1):\n- **far** — report `oechart 4`, fed by mid"))
    }

    @Test func `shows a node once, however often it is sent`() throws {
        let reply = #"""
            {"nodes":[{"id":1,"objectType":"oetable","hop":0},{"id":2,"objectType":"oetable"},
             {"id":2,"objectType":"TABLE"}],"edges":[{"fromId":1,"toId":2},{"fromId":1,"toId":2}]}
            """#
        let answer = try answer(AssetLineage.self, ["object_id": 1, "object_type": "oetable"], to: reply)
        #expect(answer.structured?["nodes"]?.array?.count == 2 && answer.structured?["edges"]?.array?.count == 1)
    }
}
