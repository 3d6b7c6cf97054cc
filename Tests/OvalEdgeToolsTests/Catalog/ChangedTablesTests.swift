import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing

/// Which table a change is of, and which tables have none.
@Suite struct `Tables that changed` {
    @Test func `shows the row counts of tables of one name, and of one table in two crawls, each by itself`() throws {
        func row(_ delta: Int, _ id: Int?, _ day: String) -> JSON {
            .members(
                ("tableName", "orders"),
                ("rowCountDelta", .int(delta)),
                ("redirectUrl", id.map { .string("http://x/#nav/table?id=\($0)") }),
                ("changedOn", .string(day))
            )
        }
        let rows: JSON = [
            row(33990, 1066, "2026-10-03"), row(33317, 1067, "2026-10-03"), row(33317, 1067, "2026-10-10"),
            row(-4, nil, "2026-10-03"), row(-5, nil, "2026-10-03"),
        ]
        let reply: JSON = ["data": ["rowCountChanges": rows, "notableDeltas": [row(33990, 1066, "2026-10-03")]]]
        let answer = try answer(MetadataChangesBetweenCrawls.self, [:], to: reply.text)
        #expect(answer.text.contains("Largest growth in rows (3 changes of tables): "), "\(answer.text)")
        #expect(answer.text.contains("id=1066) +33,990 (2026-10-03)") && answer.text.contains("id=1067) +33,317"))
        #expect(answer.text.contains("**orders** -5 (2026-10-03), **orders** -4 (2026-10-03)"))
        #expect(answer.structured?["totalChanges"] == 5)
        #expect(answer.structured?["largestGrowth"]?.array?.count == 3)
    }

    @Test func `says of which of the tables asked for there is no change`() throws {
        let call: JSON = ["table_names": ["SALES.Orders", "ordes"]]
        let reply = #"{"data":{"columnChanges":[{"tableName":"orders","columnName":"c","changeType":"added"}]}}"#
        let answer = try answer(MetadataChangesBetweenCrawls.self, call, to: reply)
        #expect(
            answer.text.contains("Of ordes there is no change: unchanged, or no table of this name"),
            "\(answer.text)"
        )
        #expect(answer.structured?["notes"]?.text.contains("Check the name with `asset_explorer`.") == true)
        let none = #"{"data":{"analyzedFromTimestamp":"2026-01-01","analyzedToTimestamp":"2026-01-08"}}"#
        let misspelt = try OvalEdgeToolsTests.answer(MetadataChangesBetweenCrawls.self, call, to: none)
        #expect(misspelt.text.contains("Of SALES.Orders, ordes there is no change"), "\(misspelt.text)")
    }
}
