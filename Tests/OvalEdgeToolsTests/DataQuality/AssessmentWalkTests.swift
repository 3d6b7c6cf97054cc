import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import TestSupport
import Testing

/// More critical columns than one request assesses.
@Suite struct `An assessment of all critical columns` {
    private static let call: JSON = ["step": "assess", "discover_cde_columns": true]

    /// A catalog with columns 1001, 1002 … that are critical, every fifth of which has a rule.
    private static func ovalEdge(columns count: Int, failingAt bad: Int? = nil) -> ScriptedOvalEdge {
        ScriptedOvalEdge { request in
            let sent = request.json
            if request.url.hasSuffix("asset-explorer") {
                let (page, limit) = (sent["search"]?["page"]?.int ?? 1, sent["search"]?["limit"]?.int ?? 20)
                let numbers = ((page - 1) * limit + 1)..<(max((page - 1) * limit, min(page * limit, count)) + 1)
                return ScriptedOvalEdge.data(["items": .array(numbers.map { asset($0) }), "total": .int(count)])
            }
            let asked = sent["objects"]?.array?.compactMap { $0["objectId"]?.int.map { $0 - 1000 } }
            let numbers = asked ?? Array((1...count).prefix(sent["limit"]?.int ?? 50))
            if let bad, asked?.contains(bad) == true {
                return ScriptedOvalEdge.refusal(.internalServerError, "Too slow")
            }
            return ScriptedOvalEdge.data(["rows": .array(numbers.map { row($0) })])
        }
    }

    private static func asset(_ number: Int) -> JSON {
        ["objectId": .int(1000 + number), "objectType": "oecolumn", "objectName": .string("c\(number)")]
    }

    private static func row(_ number: Int) -> JSON {
        [
            "objectId": .int(1000 + number), "objectType": "oecolumn", "tableColumnName": .string("t.c\(number)"),
            "associatedToDqRule": .bool(number % 5 == 0), "recommendedFunction": "Non-Null Validation",
        ]
    }

    private func ask(_ ovalEdge: ScriptedOvalEdge, _ more: JSON = [:]) async throws -> Answer {
        var call = Self.call
        for member in more.object?.members ?? [] { call[member.name] = member.value }
        return try await TestCatalog(ovalEdge.client).call("dq_rule_advisor", call)
    }

    private static func ids(_ answer: Answer) -> [Int] {
        (answer.structured?["data"]?["rows"]?.array ?? []).compactMap { $0["objectId"]?.int.map { $0 - 1000 } }
    }

    @Test(arguments: [nil, "without_rule", "with_rule"])
    func `counts them all, and reaches each of them`(only: String?) async throws {
        var (row, seen): (Int?, [Int]) = (1, [])
        while let first = row {
            let answer = try await ask(
                Self.ovalEdge(columns: 479),
                .members(("first_row", .int(first)), ("only", only.map { .string($0) }))
            )
            if first == 1 {
                #expect(
                    answer.text.contains("Data quality: 95 of 479 objects have a rule"),
                    "\(answer.text.prefix(200))"
                )
                #expect(answer.structured?["assessed"] == 479 && answer.structured?["withoutRule"] == 384)
            } else {
                #expect(answer.text.contains("Assessed were \(first) to 479 of 479 critical columns, in the order of"))
            }
            #expect(answer.structured?["total"] == 479)
            seen += Self.ids(answer)
            row = answer.structured?["nextRow"]?.int
            #expect(answer.text.contains("For the next rows, call again with `first_row`") == (row != nil))
        }
        let wanted = (1...479).filter { only == nil || ($0 % 5 == 0) == (only == "with_rule") }
        #expect(seen == wanted)
    }

    @Test func `asks once where one request finds them all`() async throws {
        let ovalEdge = Self.ovalEdge(columns: 60)
        let answer = try await ask(ovalEdge)
        #expect(ovalEdge.requests.count == 1 && answer.structured?["total"] == 60)
        #expect(answer.text.contains("Data quality: 12 of 60 objects have a rule"))
        #expect(!answer.text.contains("There may be more"))
    }

    @Test func `ends at a thousand, and says where to go on`() async throws {
        let ovalEdge = Self.ovalEdge(columns: 1203)
        let answer = try await ask(ovalEdge, ["only": "with_rule"])
        #expect(answer.text.contains("Assessed were 1 to 1000 of 1203 critical columns"))
        #expect(ovalEdge.requests.count == 1 + 20 + 10)
        let last = try await ask(ovalEdge, ["first_row": 1001, "only": "with_rule"])
        #expect(Self.ids(last) == Array(stride(from: 1005, through: 1200, by: 5)))
        #expect(last.structured?["nextRow"] == nil && last.structured?["complete"] == false)
        let beyond = try await ask(ovalEdge, ["first_row": 1204])
        #expect(beyond.text.contains("There is no row 1204; the last one is 1203."))
        #expect(!beyond.text.contains("|"))
    }

    @Test func `assesses as many as the limit says, from the row on`() async throws {
        let ovalEdge = Self.ovalEdge(columns: 479)
        let answer = try await ask(ovalEdge, ["limit": 20, "first_row": 141])
        #expect(Self.ids(answer) == Array(141...160) && answer.structured?["nextRow"] == 161)
        #expect(answer.text.contains("Assessed were 141 to 160 of 479 critical columns"))
        #expect(ovalEdge.requests.count == 3)
    }

    @Test func `keeps what was found when OvalEdge stops answering`() async throws {
        let answer = try await ask(Self.ovalEdge(columns: 479, failingAt: 220), ["only": "with_rule"])
        #expect(Self.ids(answer) == Array(stride(from: 5, through: 200, by: 5)))
        #expect(answer.text.contains("OvalEdge did not assess the rest.") && answer.text.contains("Too slow"))
        #expect(answer.structured?["nextRow"] == 201 && answer.structured?["complete"] == false)
    }

    @Test func `takes more objects than one request does`() async throws {
        let objects = JSON.array((1...130).map { ["object_id": .int(1000 + $0), "object_type": "oecolumn"] })
        let ovalEdge = Self.ovalEdge(columns: 479)
        let answer = try await TestCatalog(ovalEdge.client)
            .call("dq_rule_advisor", ["step": "assess", "objects": objects])
        #expect(ovalEdge.requests.map { $0.json["objects"]?.array?.count } == [100, 30])
        #expect(answer.text.contains("Data quality: 26 of 130 objects have a rule"))
    }

    @Test func `keeps kinds apart that share their ids`() async throws {
        let ovalEdge = ScriptedOvalEdge { request in
            if request.url.contains("asset-details") {
                let isTable = request.url.contains("objectType=oetable")
                return ScriptedOvalEdge.data([
                    "objectId": 5, "objectType": isTable ? "oetable" : "oecolumn",
                    "objectName": isTable ? "the_table" : "the_column",
                ])
            }
            return ScriptedOvalEdge.data([["objectId": 70, "objectType": "dqrule", "objectName": "Null check"]])
        }
        let call: JSON = [
            "step": "associate", "dqrule_id": 70,
            "objects": [["object_id": 5, "object_type": "oetable"], ["object_id": 5, "object_type": "oecolumn"]],
        ]
        let answer = try await TestCatalog(ovalEdge.client).call("dq_rule_manager", call)
        #expect(answer.text.contains("the_table") && answer.text.contains("the_column"), "\(answer.text)")
    }
}
