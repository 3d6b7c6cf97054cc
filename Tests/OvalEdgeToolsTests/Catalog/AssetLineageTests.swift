import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing

@Suite struct `asset_lineage` {
    private static let table: JSON = ["object_id": 1, "object_type": "oetable"]

    @Test(
        arguments: [
            (table, "objectId=1&objectType=oetable&depth=2"),
            (["object_id": 7, "object_type": "oefile", "depth": "0"], "objectId=7&objectType=oefile&depth=0"),
            (
                [
                    "object_id": 1, "object_type": "oetable", "direction": "upstream", "only_types": ["file"],
                    "limit_per_hop": 3,
                ],
                "objectId=1&objectType=oetable&depth=2"
            ),
        ] as [(JSON, String)]
    )
    func `asks by id, type and depth`(arguments: JSON, query: String) {
        expect(AssetLineage.self, arguments, sends: "GET /api/v1/mcp/asset-lineage?\(query)")
    }

    @Test(
        arguments: [
            ([:], ["`object_type` is missing", "One of `object_id` and `object_name` is needed."]),
            (
                ["object_id": 1, "object_type": "oestory"],
                ["`object_type` cannot be `oestory`"]
            ),
            (["object_id": 1, "object_type": "oetable", "depth": -1], ["`depth` must be at least 0; it was -1."]),
            (
                ["object_id": 1, "object_type": "oetable", "path_to": 2, "only_types": "report"],
                ["`only_types` does not go with `path_to`"]
            ),
            (["object_id": 1, "object_type": "oetable", "path_to": 1], ["`path_to` is where the way begins"]),
            (
                ["object_id": 1, "object_type": "oetable", "path_to": 1, "path_to_type": "table"],
                ["`path_to` is where the way begins"]
            ),
            (["object_id": 1, "object_type": "oetable", "path_to_type": "file"], ["`path_to_type` needs `path_to`."]),
            (
                ["object_id": 1, "object_type": "oetable", "path_to": 2, "until": "file", "count_by": "owner"],
                ["`until` does not go with `path_to`", "`count_by` does not go with `path_to`"]
            ),
            (
                ["object_id": 1, "object_type": "oetable", "until": "file", "only_types": "report"],
                ["`only_types` does not go with `until`"]
            ),
            (
                ["object_id": 1, "object_type": "oetable", "direction": "up", "limit_per_hop": 0],
                ["`direction` cannot be `up`", "`limit_per_hop` must be between 1 and 500; it was 0."]
            ),
        ] as [(JSON, [String])]
    )
    func `reports every mistake and sends nothing`(arguments: JSON, expected: [String]) {
        let found = mistakes(AssetLineage.self, arguments)
        #expect(found.count == expected.count)
        for (sentence, beginning) in zip(found, expected) { #expect(sentence.hasPrefix(beginning)) }
    }

    @Test func `walks both ways hop by hop and marks cycles`() throws {
        let answer = try answer(
            AssetLineage.self,
            Self.table,
            to: ##"""
                {"rootObjectId":1,"nodes":[{"id":1,"name":"orders","type":"TABLE"},{"id":2,"name":"raw","type":"TABLE"},
                 {"id":3,"name":"crm","type":"FILE","navLink":"#nav/file?id=3"},{"id":4,"name":"mart","type":"TABLE"},
                 {"id":9,"name":"alone","type":"TABLE"}],
                 "edges":[{"fromId":2,"toId":1},{"fromId":3,"toId":2},{"fromId":3,"toId":1},{"fromId":1,"toId":4},
                  {"fromId":4,"toId":2},{"fromId":4,"toId":8}]}
                """##
        )
        #expect(
            answer.text == """
                # Lineage of orders ↻ (table, `oetable 1`)
                3 upstream in 2 hops, 3 downstream in 2 hops; asked for 2 hops each way.
                Data runs in a cycle through 3 assets, marked ↻.

                ## Upstream: where its data comes from
                Hop 1 (2):
                - **raw** ↻ — TABLE `2`
                - [crm](https://oe.example/ovaledge/#nav/file?id=3) — FILE `3`
                Hop 2 (1):
                - **mart** ↻ — TABLE `4`, feeds raw

                ## Downstream: where its data goes
                Hop 1 (1):
                - **mart** ↻ — TABLE `4`
                Hop 2 (2):
                - **raw** ↻ — TABLE `2`, fed by mart
                - `8` (not described)

                ## Also returned, with no way to or from it
                - **alone** — TABLE `9`
                The way may go on: call again with `depth` 3.
                """
        )
        #expect(answer.structured?["summary"]?["upstreamByHop"] == [2, 1])
        #expect(answer.structured?["summary"]?["hasCycle"] == true)
        #expect(answer.structured?["nodes"]?.array?.count == 5)
    }

    @Test func `believes a node's own words where no edge says more`() throws {
        let answer = try answer(
            AssetLineage.self,
            Self.table,
            to: #"""
                {"data":{"nodes":[{"id":1,"name":"orders","hop":0},{"id":2,"name":"raw","hop":1,"direction":"UPSTREAM"},
                 {"id":3,"name":"mart","hop":7,"direction":"downstream"}]}}
                """#
        )
        #expect(answer.text.contains("1 upstream in 1 hop, 1 downstream in 1 hop"))
        #expect(answer.text.contains("- **raw** — asset `2`"))
    }

    @Test func `cuts wide hops and says so`() throws {
        let nodes = JSON.array((1...60).map { ["id": .int($0), "name": .string("n\($0)")] })
        let edges = JSON.array((2...60).map { ["fromId": .int($0), "toId": 1] })
        let reply: JSON = ["nodes": nodes, "edges": edges]
        let answer = try answer(AssetLineage.self, Self.table, to: reply.text)
        #expect(answer.text.contains("Hop 1 (59):"))
        #expect(
            answer.text.contains(
                "- **n21** — asset `21`\n- and 39 more\nNot shown: 39 assets.\nFor the next rows, call again with `first_row` 21"
            )
        )
        #expect(!answer.text.contains("n22"))
        #expect(answer.structured?["nodes"]?.array?.count == 21)
        #expect(answer.structured?["edges"]?.array?.count == 20)
    }

    @Test func `says when there is no lineage`() throws {
        let answer = try answer(AssetLineage.self, Self.table, to: #"{"nodes":[],"edges":[]}"#)
        #expect(answer.text.contains("The catalog knows no lineage of it"))
        #expect(!answer.text.contains("The way may go on"))
    }

    @Test func `does not take no hops for no lineage`() throws {
        let call: JSON = ["object_id": 1, "object_type": "oetable", "depth": 0]
        let answer = try answer(AssetLineage.self, call, to: #"{"nodes":[],"edges":[]}"#)
        #expect(answer.text.contains("No hop was followed: call again with `depth` 1."))
        #expect(!answer.text.contains("knows no lineage"))
    }

    @Test func `answers from the sandbox`() async throws {
        let catalog = TestCatalog()
        let answer = try await catalog.call("asset_lineage", ["object_id": 501, "object_type": "oetable", "depth": 3])
        try expectSnapshot("asset_lineage.answer.md", of: answer.text)
        try expectSnapshot("asset_lineage.answer.json", of: answer.structured?.prettyText ?? "")
    }
}
