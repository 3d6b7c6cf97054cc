import HTTP
import JSON
import MCP
import OvalEdgeTools
import Rendering
import TestSupport
import Testing
import Text

/// What `asset_lineage` leaves out when it is asked to, or when there is too much.
@Suite struct `asset_lineage, narrowed` {
    private static let reply = ##"""
        {"rootObjectId":1,"nodes":[{"id":1,"name":"orders","type":"TABLE"},{"id":2,"name":"raw","objectType":"oetable"},
         {"id":3,"name":"crm","type":"FILE"},{"id":4,"name":"load","objectType":"oequery","type":"QUERY"},
         {"id":5,"name":"sales","objectType":"oechart","type":"REPORT"},{"id":6,"name":"alone","type":"TABLE"}],
         "edges":[{"fromId":3,"toId":2},{"fromId":2,"toId":1},{"fromId":1,"toId":4},{"fromId":4,"toId":5}]}
        """##

    private func ask(_ more: JSON, _ reply: String = reply) throws -> Answer {
        var arguments: JSON = ["object_id": 1, "object_type": "oetable"]
        for member in more.object?.members ?? [] { arguments[member.name] = member.value }
        return try answer(AssetLineage.self, arguments, to: reply)
    }

    private func names(_ answer: Answer) -> [String?] {
        answer.structured?["nodes"]?.array?.map { $0["name"]?.string } ?? []
    }

    @Test(arguments: ["report", "oechart", "REPORT", "Reports", "oe_chart"])
    func `shows one kind, whichever word it goes by, at its true hop`(kind: String) throws {
        let answer = try ask(["only_types": [.string(kind)]])
        #expect(
            answer.text.contains(
                """
                2 upstream in 2 hops, 2 downstream in 2 hops; asked for 2 hops each way.
                Only of type `\(kind)`: 1 of 5 assets, 4 filtered out.

                ## Downstream: where its data goes
                Hop 1 (0 of 1)
                Hop 2 (1 of 1):
                - **sales** — report `oechart 5`, fed by load
                """
            )
        )
        #expect(names(answer) == ["orders", "sales"])
        // The flow that the text names, though where it comes from is not shown.
        #expect(answer.structured?["edges"] == [["fromId": 4, "toId": 5]])
        let summary = answer.structured?["summary"]
        #expect(summary?["downstreamByHop"] == [1, 1])
        #expect(summary?["total"] == 5 && summary?["returned"] == 1 && summary?["filteredOut"] == 4)
        #expect(summary?["cut"] == 0 && answer.structured?["complete"] == true)
    }

    @Test func `looks one way and counts both`() throws {
        let answer = try ask(["direction": "upstream"])
        #expect(answer.text.contains("2 upstream in 2 hops, 2 downstream in 2 hops"))
        #expect(answer.text.contains("Only upstream: 2 of 5 assets, 3 filtered out."))
        #expect(!answer.text.contains("Downstream:") && !answer.text.contains("alone"))
        #expect(names(answer) == ["orders", "raw", "crm"])
        #expect(answer.structured?["edges"]?.array?.count == 2)
    }

    @Test func `says which kinds there are when the one asked for is not among them`() throws {
        let answer = try ask(["only_types": "view", "direction": "downstream"])
        #expect(answer.text.contains("0 of 5 assets, 5 filtered out.\nThere are: query 1, report 1."))
        #expect(names(answer) == ["orders"])
    }

    @Test func `counts before it cuts, and says how to see the rest`() throws {
        let nodes = JSON.array((1...31).map { ["id": .int($0), "name": .string("n\($0)")] })
        let chainOfFans = (1...15).flatMap { hop -> [JSON] in
            [(2 * hop, 2 * hop - 1), (2 * hop + 1, 2 * hop - 1)].map { ["fromId": .int($0), "toId": .int($1)] }
        }
        let reply: JSON = ["nodes": nodes, "edges": .array(chainOfFans)]
        let answer = try ask(["limit_per_hop": 1, "depth": 15], reply.text)
        #expect(answer.text.contains("30 upstream in 15 hops, 0 downstream"))
        #expect(
            answer.text.contains(
                "Hop 5 (2):\n- **n10** — asset `10`, feeds n9 `9`\n- and 1 more\nHops 6 to 15: 20 assets"
            )
        )
        #expect(answer.text.contains("Not shown: 25 assets."))
        let summary = answer.structured?["summary"]
        #expect(summary?["total"] == 30 && summary?["returned"] == 5 && summary?["cut"] == 25)
        #expect(answer.structured?["complete"] == false)
        #expect(answer.structured?["nodes"]?.array?.count == 6)
    }

    @Test(arguments: [600, 2000, 8000])
    func `keeps to the budget with true counts`(tokens: Int) throws {
        let nodes = JSON.array((1...3000).map { ["id": .int($0), "name": .string("n\($0)")] })
        let edges = JSON.array((2...3000).map { ["fromId": 1, "toId": .int($0)] })
        let answer = try answer(
            AssetLineage.self,
            ["object_id": 1, "object_type": "oetable", "limit_per_hop": 500],
            to: (["nodes": nodes, "edges": edges] as JSON).text,
            within: AnswerBudget(tokens: tokens)
        )
        let shown = try #require(answer.structured?["summary"]?["returned"]?.int)
        #expect(answer.text.contains("Hop 1 (2999):") && answer.text.contains("- and \(2999 - shown) more"))
        #expect(answer.text.split(separator: "\n").filter { $0.hasPrefix("- **") }.count == shown)
        #expect(answer.structured?["nodes"]?.array?.count == shown + 1)
        #expect(answer.structured?["summary"]?["cut"] == .int(2999 - shown))
        #expect(TokenEstimate.tokens(in: answer.text) <= tokens)
        #expect(TokenEstimate.tokens(in: answer.structured?.text ?? "") <= tokens)
    }

    @Test func `counts an asset on a cycle once`() throws {
        let reply = #"{"nodes":[{"id":1},{"id":2}],"edges":[{"from":1,"to":2},{"from":2,"to":1},{"from":1,"to":1}]}"#
        let summary = try ask([:], reply).structured?["summary"]
        #expect(summary?["upstream"] == 1 && summary?["downstream"] == 1 && summary?["total"] == 1)
        #expect(summary?["returned"] == 1)
    }

    @Test func `shows both of two assets that share an id`() throws {
        let reply = #"""
            {"nodes":[{"id":1,"objectType":"oefile","hop":1,"direction":"UPSTREAM"},{"id":1,"objectType":"oetable"},
             {"id":2,"objectType":"oetable"}],"edges":[{"from":1,"to":2}]}
            """#
        let answer = try ask([:], reply)
        #expect(answer.text.contains("1 upstream in 1 hop, 1 downstream in 1 hop"))
        #expect(answer.structured?["nodes"]?.array?.count == 3)
        #expect(answer.structured?["summary"]?["returned"] == 2)
    }

    @Test func `does not promise more where OvalEdge went less far than asked`() throws {
        let reply = #"{"depth":1,"nodes":[{"id":1},{"id":2}],"edges":[{"from":1,"to":2}]}"#
        let answer = try ask(["depth": 9], reply)
        #expect(answer.text.contains("asked for 9 hops each way, OvalEdge followed 1."))
        #expect(!answer.text.contains("The way may go on"))
    }
}

@Suite struct `asset_lineage of a query` {
    @Test func `names what it has to do with, where nothing says that it rests on it`() async throws {
        let ovalEdge = ScriptedOvalEdge { request in
            guard request.url.contains("asset-details") else {
                return ScriptedOvalEdge.refusal(.badRequest, "No lineage")
            }
            let file: JSON = ["objectId": 1045, "objectType": "oefile", "objectName": "a.parquet"]
            return ScriptedOvalEdge.data(["objectId": 9, "objectType": "oequery", "relatedObjects": [file, file]])
        }
        let answer = try await TestCatalog(ovalEdge.client)
            .call("asset_lineage", ["object_id": 9, "object_type": "oequery", "direction": "upstream"])
        #expect(
            answer.text.hasPrefix(
                "OvalEdge follows tables and files, and its details of query `oequery 9` name none that it rests on. They "
                    + "name as related, without saying whether it reads or writes them: a.parquet `oefile 1045`. Call with "
                    + "one of these."
            ),
            "\(answer.text)"
        )
        #expect(answer.isFailure)
    }
}

@Suite struct `asset_lineage, with a path` {
    private func ask(_ more: JSON, depth: Int = 2, _ reply: String) throws -> Answer {
        var arguments: JSON = ["object_id": 1, "object_type": "oetable", "depth": .int(depth)]
        for member in more.object?.members ?? [] { arguments[member.name] = member.value }
        return try answer(AssetLineage.self, arguments, to: reply)
    }

    private static let diamond = #"""
        {"nodes":[{"id":1,"name":"a*","objectType":"oetable"},{"id":2,"name":"b","objectType":"oetable"},{"id":3,"name":"c"},
         {"id":4,"name":"d","objectType":"oechart"},{"id":5,"name":"e"}],
         "edges":[{"from":1,"to":2},{"from":1,"to":3},{"from":2,"to":4},{"from":3,"to":4},{"from":5,"to":1}]}
        """#

    @Test func `says how the ways are found that are not shown`() throws {
        let edges = (2...6).map { #"{"from":1,"to":\#($0)},{"from":\#($0),"to":7}"# }.joined(separator: ",")
        let nodes = (1...7).map { #"{"id":\#($0),"objectType":"oetable"}"# }.joined(separator: ",")
        let answer = try ask(["path_to": 7], #"{"nodes":[\#(nodes)],"edges":[\#(edges)]}"#)
        #expect(answer.text.contains("shortest ways: 5, 3 of them shown:"), "\(answer.text)")
        #expect(answer.text.contains("No more than 3 of the shortest ways are shown."))
        #expect(answer.structured?["notes"]?.text.contains("call again with `path_to` an asset in the middle") == true)
    }

    @Test func `shows each shortest way with the ids to go on with`() throws {
        let answer = try ask(["path_to": 4], Self.diamond)
        #expect(
            answer.text == #"""
                # Way between a\* (table, `oetable 1`) and d (report, `oechart 4`)
                2 hops downstream, shortest ways: 2:
                - a\* `oetable 1` → b `oetable 2` → d `oechart 4`
                - a\* `oetable 1` → c `3` → d `oechart 4`
                """#
        )
        #expect(answer.structured?["nodes"]?.array?.count == 4)
        #expect(answer.structured?["edges"]?.array?.count == 4)
        #expect(
            answer.structured?["paths"] == [
                [
                    "direction": "downstream", "hops": 2, "count": 2, "complete": true,
                    "ways": [["oetable 1", "oetable 2", "oechart 4"], ["oetable 1", "3", "oechart 4"]],
                ]
            ]
        )
    }

    @Test(
        arguments: [
            (["path_to": 4, "direction": "upstream"], 1, "None within 1 hop, looking upstream.\nThe way may go on"),
            (
                ["path_to": 4, "path_to_type": "table"], 2,
                "None within 2 hops, neither upstream nor downstream.\nThe way"
            ),
            (
                ["path_to": 77], 5,
                "None within 5 hops, neither upstream nor downstream.\nOvalEdge returned nothing further"
            ),
            (["path_to": 77], 0, "None within 0 hops, neither upstream nor downstream."),
        ] as [(JSON, Int, String)]
    )
    func `says so when there is no path`(more: JSON, depth: Int, expected: String) throws {
        let answer = try ask(more, depth: depth, Self.diamond)
        #expect(answer.text.contains(expected))
        #expect(answer.structured?["paths"] == [])
        #expect(answer.structured?["nodes"]?.array?.count == 1)
    }

    @Test func `shows both ways of a cycle, and the place of what has no flow`() throws {
        let ring =
            #"{"nodes":[{"id":1},{"id":2},{"id":3}],"edges":[{"from":1,"to":2},{"from":2,"to":3},{"from":3,"to":1}]}"#
        let answer = try ask(["path_to": 3], ring)
        #expect(
            answer.text.contains(
                "1 hop upstream, one shortest way:\n- (no name) `3` → (no name) `1`\n2 hops downstream"
            )
        )
        let told = #"{"nodes":[{"id":1,"hop":0},{"id":2,"name":"b","hop":1,"direction":"UPSTREAM"}]}"#
        let placed = try ask(["path_to": 2], told)
        #expect(placed.text.contains("OvalEdge places it 1 hop upstream, without saying by which flows."))
        #expect(placed.structured?["nodes"]?.array?.count == 2)
    }

    @Test func `counts the middle of a long way`() throws {
        let edges = JSON.array((1..<100).map { ["from": .int($0), "to": .int($0 + 1)] })
        let reply: JSON = ["nodes": .array((1...100).map { ["id": .int($0)] }), "edges": edges]
        let text = try ask(["path_to": 100], depth: 200, reply.text).text
        #expect(text.contains("`12` → (76 more) → (no name) `89`"))
    }

    @Test func `is found in the sandbox`() async throws {
        let answer = try await TestCatalog().call(
            "asset_lineage",
            ["object_id": 411, "object_type": "oetable", "depth": 5, "path_to": 801]
        )
        try expectSnapshot("asset_lineage.path.md", of: answer.text)
    }
}
