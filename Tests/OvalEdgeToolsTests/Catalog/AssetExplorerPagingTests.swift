import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Sandbox
import TestSupport
import Testing

/// What a page of a search says of the pages around it.
@Suite struct `A page of a search` {
    private static func ask(
        _ client: any HTTPClient,
        _ arguments: JSON = [:],
        budget: AnswerBudget = AnswerBudget()
    ) async throws -> Answer {
        try await TestCatalog(client, budget: budget).call("asset_explorer", arguments)
    }

    private static func firstLine(_ answer: Answer) -> String { String(answer.text.prefix { $0 != "\n" }) }

    @Test func `that is not full ends the list, whatever is counted`() async throws {
        let client = PagedOvalEdge(PagedOvalEdge.columns(144), total: 181)
        let last = try await Self.ask(client, ["page": 3, "limit": 50])
        #expect(Self.firstLine(last) == "Page 3: 44 of 144 assets. 144 can be seen; OvalEdge counts 181.")
        #expect(last.structured?["total"] == 144 && last.structured?["counted"] == 181)
        #expect(last.structured?["nextPage"] == nil)
        let beyond = try await Self.ask(client, ["page": 4, "limit": 50])
        #expect(Self.firstLine(beyond) == "Page 4 is empty: the list ends before it. OvalEdge counts 181.")
        #expect(beyond.structured?["total"] == nil)
    }

    /// Rows may be hidden from an account, so that the next page is looked at before the end is claimed.
    @Test func `that is not full may be followed by another one`() async throws {
        let rows = PagedOvalEdge.columns(60)
        let client = PagedOvalEdge(Array(rows[..<20]) + Array(rows[..<1]) + Array(rows[21...]), total: 60)
        let answer = try await Self.ask(client, ["limit": 21])
        #expect(Self.firstLine(answer).hasPrefix("Page 1: 20 of 60 assets."), "\(answer.text.prefix(200))")
        #expect(answer.structured?["nextPage"] == 2)
    }

    @Test(arguments: [(150, true), (20, false)])
    func `that holds as many as are counted is compared with the next one`(rows: Int, goesOn: Bool) async throws {
        let client = PagedOvalEdge(PagedOvalEdge.columns(rows), total: 20)
        let answer = try await Self.ask(client)
        #expect(client.searches.count == 2)
        let first =
            goesOn
            ? "Page 1: 20 assets. There are more than the 20 that OvalEdge counts. For more, call again with `page` 2."
            : "20 assets found."
        #expect(Self.firstLine(answer) == first)
        #expect(answer.structured?["complete"] == .bool(!goesOn))
        #expect(answer.structured?["total"] == (goesOn ? nil : 20))
    }

    @Test func `alone does not show whether it holds all that match`() throws {
        let items = JSON.array(PagedOvalEdge.columns(20))
        let answer = try answer(AssetExplorer.self, [:], to: JSON.members(("items", items), ("total", 20)).text)
        #expect(
            Self.firstLine(answer)
                == "Page 1: 20 assets. OvalEdge counts 20, no more than the pages up to here hold: there may be more. "
                + "For more, call again with `page` 2."
        )
        #expect(answer.structured?["complete"] == false && answer.structured?["total"] == nil)
    }

    @Test func `takes a round count for the least there is`() async throws {
        let client = PagedOvalEdge(PagedOvalEdge.columns(15_000), total: 10_000, window: 10_000)
        let answer = try await Self.ask(client, ["limit": 1])
        #expect(
            Self.firstLine(answer) == "Page 1: 1 of 10,000 or more assets. For more, call again with `page` 2."
        )
        #expect(answer.structured?["total"] == nil && answer.structured?["counted"] == 10_000)
    }

    @Test func `at the end of the window says how to see the rest`() async throws {
        let client = PagedOvalEdge(PagedOvalEdge.columns(15_000), total: 12_000, window: 10_000)
        let last = try await Self.ask(client, ["page": 200, "limit": 50])
        #expect(
            Self.firstLine(last).hasSuffix(
                "OvalEdge gives no more than the first 10,000 of a search: narrow it with filters, or begin at the other "
                    + "end with `sort`."
            )
        )
        #expect(last.structured?["nextPage"] == nil && last.structured?["complete"] == false)
        let beyond = try await Self.ask(client, ["page": 201, "limit": 50])
        #expect(
            beyond.text == """
                OvalEdge gives no more than the first 10000 results of a search. Narrow the search with filters, or begin at \
                the other end with `sort`.
                Kind: `notValid`; calling again unchanged will not help.
                """
        )
    }

    @Test func `shows a row that came twice once`() async throws {
        let rows = PagedOvalEdge.columns(5)
        let answer = try await Self.ask(PagedOvalEdge(rows + [rows[0]], total: 6))
        #expect(Self.firstLine(answer) == "5 assets found. 5 can be seen; OvalEdge counts 6.")
        #expect(answer.structured?["data"]?["items"]?.array?.count == 5)
    }

    /// Pages of an index that changes begin early, so that their rows are more than there are assets.
    @Test func `takes no rows that may be on two pages for assets`() async throws {
        let rows = PagedOvalEdge.columns(66)
        let before = try await Self.ask(PagedOvalEdge(rows, total: 50), ["page": 3])
        #expect(
            Self.firstLine(before)
                == "Page 3: 20 assets. OvalEdge counts 50, fewer than its pages hold: some assets may "
                + "be on two of them. For more, call again with `page` 4."
        )
        let last = try await Self.ask(PagedOvalEdge(rows, total: 50), ["page": 4])
        #expect(
            Self.firstLine(last)
                == "Page 4: 6 assets. OvalEdge counts 50, fewer than its pages hold: some assets may be on two of them."
        )
        #expect(last.structured?["total"] == nil && last.structured?["counted"] == 50)
    }

    @Test func `that is first and not full holds all, whether or not they are counted`() throws {
        let items = JSON.array(PagedOvalEdge.columns(17))
        let answer = try answer(AssetExplorer.self, ["limit": 50], to: JSON.members(("items", items)).text)
        #expect(Self.firstLine(answer) == "17 assets found.")
        #expect(answer.structured?["total"] == 17 && answer.structured?["complete"] == true)
    }

    /// Another kind of asset may have the same id.
    @Test func `keeps assets apart by kind and id`() throws {
        let reply = #"""
            {"items":[{"objectId":7,"objectType":"oetable","objectName":"a"},{"objectId":7,"objectType":"oechart","objectName":"b"}],"total":2}
            """#
        #expect(try answer(AssetExplorer.self, [:], to: reply).structured?["returned"] == 2)
    }

    @Test func `counts a term once that stands in two lists, with what both say of it`() throws {
        let reply = #"""
            {"data":{"items":[{"objectId":1,"objectType":"glossary","objectName":"Active Customer","termStatus":"Draft"},
              {"objectId":1,"objectType":"oetable","objectName":"t"}],
             "glossaryTerms":[{"objectId":1,"objectName":"Active Customer","definition":"Buys."},{"objectId":2,"objectName":"Churn"}]}}
            """#
        let answer = try answer(AssetExplorer.self, ["filters": ["termStatus": "Draft"]], to: reply)
        #expect(Self.firstLine(answer) == "3 assets found.")
        #expect(answer.structured?["data"]?["items"]?[0]?["definition"] == "Buys.")
        #expect(answer.structured?["data"]?["glossaryTerms"]?.array?.count == 1)
        #expect(answer.text.ranges(of: "Active Customer").count == 1 && answer.text.contains("Buys."))
    }

    /// The page that begins nearest to the next row, with room for at least half of what there was room for.
    @Test func `that was shortened is followed by one with hardly a row of it`() async throws {
        let rows = PagedOvalEdge.columns(800)
        var first = 651
        var calls = 0
        var next: JSON = ["page": 14, "limit": 50, "detail": "full"]
        while first <= 700, calls < 10 {
            let answer = try await Self.ask(PagedOvalEdge(rows), next, budget: AnswerBudget(tokens: 900))
            let numbers = answer.text.split(separator: "\n").compactMap { Int($0.prefix { $0 != "." }) }
            let (begin, end) = (numbers.first ?? 0, numbers.last ?? 0)
            #expect(begin <= first && first - begin <= 1, "\(begin) after \(first)")
            first = end + 1
            calls += 1
            next["page"] = answer.structured?["nextPage"]
            next["limit"] = answer.structured?["nextLimit"] ?? next["limit"]
        }
        #expect(calls < 5)
    }
}

/// What a search answers beyond its rows.
@Suite struct `A search` {
    @Test func `shows what was filtered and ordered by`() throws {
        let reply = #"""
            {"items":[{"objectId":1,"objectType":"oetable","objectName":"a","rowCount":12,"createdDate":"2026-01-02"},
             {"objectId":2,"objectType":"oetable","objectName":"b","rowCount":null,"createdDate":"2026-01-03"}],"total":2}
            """#
        let call: JSON = [
            "sort": ["field": "row_count"],
            "filters": ["createdDate": ["from": "2026-01-01"], "sensitivity": "High"],
        ]
        let brief = try answer(AssetExplorer.self, call, to: reply)
        #expect(brief.text.contains("1. **a** `oetable 1` · created date 2026-01-02 · row count 12\n"), "\(brief.text)")
        #expect(brief.text.contains("· created date 2026-01-03 · row count not given"))
        #expect(brief.text.contains("OvalEdge returned no value of these for any asset here: sensitivity."))
        #expect(brief.structured?["data"] == nil && brief.structured?["items"]?[0]?["rowCount"] == 12)
        #expect(brief.structured?["omitted"] == nil)
        let full = try answer(AssetExplorer.self, call.with("detail", "full"), to: reply)
        #expect(full.text.contains("row count 12"))
    }

    @Test func `shows the members that were named, and no others`() throws {
        let reply = #"""
            {"items":[{"objectId":1,"objectType":"oetable","objectName":"a","fullyQualifiedName":"dw.a","owner":"ann","rowCount":12,
              "tags":["PII",{"name":"EU"}],"isView":true,"description":"Long"}],"total":1}
            """#
        let fields: JSON = ["object_name", "row_count", "tags", "isView"]
        let answer = try answer(AssetExplorer.self, ["fields": fields], to: reply)
        #expect(
            answer.text
                == "1 asset found.\n1. **a** `oetable 1` in dw · row count 12 · tags PII, EU · is view yes"
        )
        #expect(
            answer.structured?["items"]?[0]?.object?.names
                == ["objectId", "objectType", "objectName", "fullyQualifiedName", "rowCount", "tags", "isView"]
        )
    }

    @Test func `finds a misspelt name by one request of its meaning`() async throws {
        let client = MisspeltName()
        let answer = try await TestCatalog(client)
            .call("asset_explorer", ["search_terms": ["custmer_adress"], "object_type": "oetable"])
        #expect(
            answer.text.hasPrefix("Nothing is found by the words or name “custmer_adress”.\nThese 1 are the nearest")
        )
        #expect(answer.text.contains("**customer_address**") || answer.text.contains("customer\\_address"))
        #expect(answer.structured?["byMeaning"] == true && answer.structured?["returned"] == 1)
    }

    @Test func `says whose rows they are where several people have one name`() throws {
        let rows = (1...3).map { number -> JSON in
            [
                "objectId": .int(number), "objectType": "oetable",
                "owner": ["displayName": "Maria Garcia", "userName": number == 1 ? "mgarcia" : "mgarcia2"],
            ]
        }
        let reply = JSON.members(("items", .array(rows)), ("total", 3)).text
        let answer = try answer(AssetExplorer.self, ["owner": "Maria Garcia"], to: reply)
        #expect(
            answer.text.contains(
                "“Maria Garcia” is the name of 2 people: mgarcia (1 here), mgarcia2 (2 here). Give the user name of one of "
                    + "them to owner."
            ),
            "\(answer.text)"
        )
        #expect(answer.text.contains("owner Maria Garcia (mgarcia2)"))
    }

    @Test(arguments: ["SALES.order_items", "sales.ORDER_ITEMS"])
    func `finds by a path what its last name alone would find, too`(path: JSON) async throws {
        let answer = try await TestCatalog().call("asset_explorer", ["name": path, "object_type": "oetable"])
        #expect(answer.text.contains(" was read as a path.\n1 asset"), "\(answer.text)")
        #expect(answer.structured?["data"]?["items"]?.array?.compactMap { $0["objectName"] } == ["order_items"])
        let other = try await TestCatalog().call("asset_explorer", ["name": "RAW.order_items"])
        #expect(!other.text.contains("was read as a path"), "\(other.text)")
    }

    @Test func `shows what an asset holds, by kind and id, to the last of it`() throws {
        let children = (1...900).map { number -> JSON in
            ["objectId": .int(number), "objectType": "oecolumn", "objectName": .string("c\(number)"), "rowCount": 5]
        }
        let item: JSON = ["objectId": 12, "objectType": "oetable", "objectName": "t", "children": .array(children)]
        let reply = JSON.members(("items", [item]), ("total", 1)).text
        var seen: Set<String> = []
        var first: JSON? = 1
        var calls = 0
        while let row = first?.int, calls < 20 {
            let call: JSON = [
                "object_id": 12, "object_type": "oetable", "include_children": true, "first_row": .int(row),
            ]
            let answer = try answer(AssetExplorer.self, call, to: reply)
            #expect(answer.text.contains("Holds (900): c\(row) `oecolumn \(row)`"), "\(answer.text.prefix(300))")
            seen.formUnion(answer.text.matches(of: /`oecolumn \d+`/).map { String($0.output) })
            #expect(row > 800 || answer.structured?["notes"]?.text.contains("next ones of `oetable 12`, call") == true)
            first = answer.text.firstMatch(of: /and `first_row` (\d+)/).flatMap { Int($0.output.1) }.map { .int($0) }
            calls += 1
        }
        #expect(seen.count == 900 && calls < 20)
        let beyond: JSON = [
            "object_id": 12, "object_type": "oetable", "include_children": true, "first_row": 901,
        ]
        let answer = try answer(AssetExplorer.self, beyond, to: reply)
        #expect(answer.text.contains("Holds: there is no row 901; the last one is 900."), "\(answer.text)")
    }

    @Test func `shows the path to an asset from the root`() async throws {
        let answer = try await TestCatalog(Nested())
            .call("asset_explorer", ["object_id": 3, "object_type": "oecolumn", "include_parent": true])
        #expect(
            answer.text.contains("   In: SALES `oeschema 1` › orders `oetable 2`\n")
                || answer.text.hasSuffix("   In: SALES `oeschema 1` › orders `oetable 2`"),
            "\(answer.text)"
        )
        #expect(answer.structured?["data"]?["items"]?[0]?["path"]?.array?.count == 2)
    }

    @Test func `separates what passes by itself from what does not`() async throws {
        let locked = try await TestCatalog(
            answering: .ok,
            #"{"ok":false,"message":"Table 1014 is locked by a running crawl"}"#
        )
        .call("asset_details", ["object_id": 1014, "object_type": "oetable"])
        #expect(
            locked.text.hasPrefix(
                "OvalEdge refused the request: “Table 1014 is locked by a running crawl”. Wait until OvalEdge has finished "
                    + "that, then call again.\nKind: `unavailable`; calling again later may help."
            ),
            "\(locked.text)"
        )
    }
}

extension JSON {
    fileprivate func with(_ name: String, _ value: JSON) -> JSON {
        var json = self
        json[name] = value
        return json
    }
}

/// Signs anyone in, and answers each search by itself.
private func searching(_ request: HTTPRequest, _ answer: (JSON) -> [JSON]) -> HTTPResponse {
    guard !request.url.hasSuffix(TokenExchange.path) else {
        return HTTPResponse(.ok, text: #"{"token":"e30.e30.c2ln"}"#, type: "application/json")
    }
    let items = answer((try? JSON(parsing: request.body)) ?? [:])
    let reply: JSON = ["ok": true, "data": ["items": .array(items), "total": .int(items.count)]]
    return HTTPResponse(.ok, text: reply.text, type: "application/json")
}

/// Knows its only table by meaning, and not by a misspelt word.
private struct MisspeltName: HTTPClient {
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        searching(request) { body in
            guard body["search"]?["contextQuery"] == "custmer_adress", body["objectType"] == "oetable" else {
                return []
            }
            return [["objectId": 4, "objectType": "oetable", "objectName": "customer_address"]]
        }
    }
}

/// A column in a table in a schema, of which each knows the next one.
private struct Nested: HTTPClient {
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let schema: JSON = ["objectId": 1, "objectType": "oeschema", "objectName": "SALES"]
        let table: JSON = ["objectId": 2, "objectType": "oetable", "objectName": "orders"]
        let column: JSON = ["objectId": 3, "objectType": "oecolumn", "objectName": "id"]
        return searching(request) { body in
            switch body["objectId"] {
            case 3: [column.with("parent", table)]
            case 2: [table.with("parent", schema)]
            default: [schema.with("parent", .null)]
            }
        }
    }
}
