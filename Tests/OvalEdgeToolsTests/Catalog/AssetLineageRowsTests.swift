import JSON
import MCP
import OvalEdgeTools
import Rendering
import TestSupport
import Testing
import Text

/// Every hop can be read to its last row.
@Suite struct `asset_lineage, read row by row` {
    private static let wide: JSON = [
        "object_id": 1200, "object_type": "oetable", "depth": 3, "direction": "downstream",
    ]

    private func ask(_ more: JSON, _ catalog: TestCatalog) async throws -> Answer {
        var arguments = Self.wide
        for member in more.object?.members ?? [] { arguments[member.name] = member.value }
        return try await catalog.call("asset_lineage", arguments)
    }

    private func assets(_ answer: Answer) -> [String] {
        (answer.structured?["nodes"]?.array ?? []).dropFirst().map {
            "\($0["objectType"]?.string ?? "") \($0["id"]?.int ?? 0)"
        }
    }

    @Test func `says for each hop where its next rows begin`() async throws {
        let answer = try await ask([:], LineageStandIn.wide().catalog)
        #expect(answer.text.contains("Hop 1 (800):") && answer.text.contains("Hop 3 (8):"))
        #expect(
            answer.text.contains(
                """
                Not shown: 1000 assets.
                For the next rows, call again with `first_row` 21 for the rest of hop 1 downstream (780), \
                821 for the rest of hop 2 downstream (220).
                """
            )
        )
        #expect(answer.structured?["nextRow"] == 21 && !answer.text.contains("limit_per_hop"))
    }

    @Test(arguments: [[:], ["only_types": "report"]] as [JSON])
    func `reaches every asset once by following the next row`(filter: JSON) async throws {
        let catalog = LineageStandIn.wide().catalog
        let wanted = filter["only_types"] == nil ? 1048 : 200
        var (found, calls): ([String], Int) = ([], 0)
        var next: Int? = 1
        while let row = next, calls < 30 {
            var more = filter
            more["first_row"] = .int(row)
            more["limit_per_hop"] = row == 1 ? 500 : nil
            let answer = try await ask(more, catalog)
            let page = assets(answer)
            #expect(Set(page).count == page.count && !page.isEmpty)
            #expect(
                answer.text.split(separator: "\n").count { $0.hasPrefix("- ") && !$0.hasPrefix("- and") } == page.count
            )
            found += page
            calls += 1
            next = answer.structured?["nextRow"]?.int
        }
        #expect(Set(found).count == wanted)
        #expect(calls <= (wanted == 200 ? 3 : 9), "\(calls) calls")
    }

    @Test func `gives up links and places in the data before rows`() async throws {
        let answer = try await ask(["limit_per_hop": 500], LineageStandIn.wide().catalog)
        let nodes = answer.structured?["nodes"]?.array ?? []
        #expect(nodes.count > 120, "\(nodes.count) nodes")
        #expect(nodes.allSatisfy { $0["redirectUrl"] == nil && $0["fullyQualifiedName"] == nil })
        #expect(nodes.allSatisfy { $0["objectName"] != nil && $0["objectType"] != nil })
        #expect(answer.text.contains("The data beside this text leaves out links and places"))
        #expect(answer.text.contains("Hop 2 (240):\n- **report") && answer.text.contains("Hop 3 (8):\n"))
        #expect(TokenEstimate.tokens(in: answer.text) <= 8000)
        #expect(TokenEstimate.tokens(in: answer.structured?.text ?? "") <= 8000)
    }

    @Test func `says so when there is no such row`() async throws {
        let answer = try await ask(["first_row": 2000], LineageStandIn.wide().catalog)
        #expect(answer.text.contains("There is no row 2000; the last one is 1048."))
        #expect(answer.structured?["nextRow"] == nil)
    }

    @Test func `names ids where a neighbour is not in the answer`() async throws {
        let answer = try await ask(["first_row": 801], LineageStandIn.wide().catalog)
        #expect(answer.text.contains("`oechart 2000` in warehouse_prod.SALES, fed by agg_0 `oetable 2000`"))
    }

    @Test(arguments: [
        ("type", "- table: 800\n- report: 200\n- query: 40\n- file: 8"),
        ("connection", "- warehouse_prod: 1048 (table 800, report 200, query 40, file 8)"),
    ])
    func `counts instead of listing`(by: String, expected: String) async throws {
        let answer = try await ask(["count_by": .string(by)], LineageStandIn.wide().catalog)
        #expect(answer.text.contains("## By \(by): 1048 assets\n\(expected)"))
        #expect(answer.structured?["counts"]?[0]?["count"] == (by == "type" ? 800 : 1048))
        #expect(answer.structured?["complete"] == true && answer.structured?["nodes"]?.array?.count == 1)
    }

    @Test func `finds the owners with few requests, and says with how many`() async throws {
        let standIn = LineageStandIn.wide()
        let answer = try await ask(["count_by": "owner"], standIn.catalog)
        #expect(answer.text.contains("## By owner: 1048 assets\n- "))
        #expect(answer.text.contains("The lineage names no owners of these: they were looked up in"))
        let counts = answer.structured?["counts"]?.array ?? []
        #expect(counts.reduce(0) { $0 + ($1["count"]?.int ?? 0) } == 1048 && counts.count == 3)
        #expect(standIn.requests.count <= 31, "\(standIn.requests)")
    }

    @Test func `does not take two people with one name for one`() throws {
        let reply = #"""
            {"nodes":[{"id":1,"objectType":"oetable","hop":0},
             {"id":2,"objectType":"oetable","hop":1,"direction":"DOWNSTREAM","owner":{"displayName":"Maria","userName":"m1"}},
             {"id":3,"objectType":"oetable","hop":1,"direction":"DOWNSTREAM","owner":"Maria","ownerUserName":"m2"},
             {"id":4,"objectType":"oetable","hop":1,"direction":"DOWNSTREAM","owner":"N/A"}],"edges":[]}
            """#
        let call: JSON = ["object_id": 1, "object_type": "oetable", "count_by": "owner"]
        let answer = try answer(AssetLineage.self, call, to: reply)
        #expect(answer.text.contains("- Maria (`m1`): 1 (table 1)\n- Maria (`m2`): 1 (table 1)\n- no owner: 1"))
    }
}
