import HTTP
import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing

@Suite struct `metadata_changes_between_crawls` {
    private static let path = "POST /api/v1/mcp/metadata-changes-between-crawls"

    @Test(
        arguments: [
            ([:], "{}"),
            (
                ["question": "what was dropped", "connection_name": "dw", "last_n_days": "7"],
                #"{"question":"what was dropped","connectionName":"dw","lastNDays":7}"#
            ),
            (
                ["schema_names": "SALES, RAW", "table_names": ["orders"], "last_n_weeks": 2],
                #"{"schemaNames":["SALES","RAW"],"tableNames":["orders"],"lastNWeeks":2}"#
            ),
            (
                ["from_timestamp": "2026-01-01T00:00:00", "to_timestamp": "2026-02-01T00:00:00"],
                #"{"fromTimestamp":"2026-01-01T00:00:00","toTimestamp":"2026-02-01T00:00:00"}"#
            ),
            (["from_crawl_id": 3, "to_crawl_id": 3], #"{"fromCrawlId":3,"toCrawlId":3}"#),
        ] as [(JSON, String)]
    )
    func `asks with what was given and nothing else`(arguments: JSON, body: String) {
        expect(MetadataChangesBetweenCrawls.self, arguments, sends: "\(Self.path) \(body)")
    }

    @Test(
        arguments: [
            (["last_n_days": 1, "last_n_weeks": 1], "`last_n_days` and `last_n_weeks` exclude each other"),
            (["from_crawl_id": 4, "to_crawl_id": 3], "`from_crawl_id` must not be above `to_crawl_id`."),
            (["from_timestamp": "yesterday"], "`from_timestamp` must be a date such as 2026-01-31; it was"),
            (
                ["from_timestamp": "2026-09-01T08:00:00", "to_timestamp": "2026-01-01"],
                "`from_timestamp` must not be after `to_timestamp`."
            ),
            (["last_n_days": 0], "`last_n_days` must be at least 1; it was 0."),
            (["from_crawl_id": -1], "`from_crawl_id` must be at least 1; it was -1."),
        ] as [(JSON, String)]
    )
    func `reports every mistake and sends nothing`(arguments: JSON, beginning: String) {
        let found = mistakes(MetadataChangesBetweenCrawls.self, arguments)
        #expect(found.count == 1 && found[0].hasPrefix(beginning), "\(found)")
    }

    private static let reply = ##"""
        {"ok":true,"data":{"contextHeader":{"catalogSchema":"SALES","connection":"dw","schemaId":10,"compareSchemaId":77},
         "rollup":{"totalChanges":9,"tablesAdded":1,"columnsAdded":1,"columnsModified":"3","rowCountChanges":2},
         "columnChanges":[
          {"tableName":"t","columnName":"data","changeType":"modified","detail":"Data Modified"},
          {"tableName":"t","columnName":"other","changeType":"modified","detail":"position"},
          {"tableName":"t","columnName":"gone","changeType":"removed"},
          {"tableName":"orders|x","columnName":"region","changeType":"added"},
          {"tableName":"t","columnName":"wider","changeType":"modified","previousDataType":"CHAR","currentDataType":"char",
           "previousLength":5,"currentLength":"10"},
          {"tableName":"t","columnName":"typed","changeType":"modified","previousDataType":"INT","currentDataType":"TEXT"}],
         "tableChanges":[{"tableName":"fresh","changeType":"ADDED"}],
         "notableDeltas":[{"tableName":"orders","rowCountDelta":1200,"redirectUrl":"http://x/#nav/table?id=1"},
          {"tableName":"orders","rowCountDelta":"1200"},{"tableName":"small","rowCountDelta":5}],
         "rowCountChanges":[{"tableName":"lost","rowCountDelta":-1234567}],
         "objectRedirectUrl":"https://evil.example/#nav/schema?id=10","changeSummary":"9 changes",
         "dataChangeUrl":"https://evil.example/phish",
         "analyzedFromTimestamp":"2026-01-01T00:00:00","analyzedToTimestamp":"2026-01-08T00:00:00",
         "formattedResponse":"long text","fallback":{"show":false}}}
        """##

    @Test func `counts first, then shows what may break`() throws {
        let answer = try answer(MetadataChangesBetweenCrawls.self, [:], to: Self.reply)
        #expect(
            answer.text == """
                # What changed in SALES of dw
                9 changes were found between the crawls of 2026-01-01T00:00:00 and 2026-01-08T00:00:00.
                - Counts: tables added 1, columns added 1, columns modified 3, row counts changed 2.
                - Largest growth in rows (2 tables): [orders](https://oe.example/ovaledge/#nav/table?id=1) +1,200, **small** +5
                - Largest losses in rows (1 table): **lost** -1,234,567
                - Tables added (1): fresh

                **Types and lengths changed (2)**
                | Table | Column | Was | Is |
                |---|---|---|---|
                | t | typed | INT | TEXT |
                | t | wider | CHAR(5) | char(10) |

                - Columns added (1): orders\\|x.region
                - Columns removed (1): t.gone
                - Columns modified otherwise (1): t.other
                - Columns of which only the data changed (1): t.data
                - Pages: [Open in OvalEdge](https://oe.example/ovaledge/#nav/schema?id=10), \
                [Compare the crawls](https://oe.example/ovaledge/#nav/comparedb?srchtab=history&id=77), \
                [Schema](https://oe.example/ovaledge/#nav/schema?browse=summary&id=10)
                """
        )
    }

    @Test func `gives programs the same, ordered, without text for people and without foreign links`() throws {
        let answer = try answer(MetadataChangesBetweenCrawls.self, [:], to: Self.reply)
        let structured = try #require(answer.structured)
        #expect(structured["totalChanges"] == 9)
        #expect(structured["complete"] == true && structured["leftOut"] == nil)
        #expect(
            structured["largestGrowth"] == [
                [
                    "tableName": "orders", "rowCountDelta": 1200,
                    "redirectUrl": "https://oe.example/ovaledge/#nav/table?id=1",
                ],
                ["tableName": "small", "rowCountDelta": 5],
            ]
        )
        let names = structured["data"]?["columnChanges"]?.array?.compactMap { $0["columnName"]?.string }
        #expect(names == ["typed", "wider", "region", "gone", "other", "data"])
        #expect(!structured.text.contains("evil.example") && !structured.text.contains("long text"))
    }

    @Test func `shows the kinds of change that the question asks for, and counts the others`() throws {
        let asked = try answer(
            MetadataChangesBetweenCrawls.self,
            ["question": "Which columns were dropped?"],
            to: Self.reply
        )
        #expect(asked.text.contains("- Columns removed (1): t.gone"))
        #expect(!asked.text.contains("Columns added") && !asked.text.contains("Types and lengths"))
        #expect(asked.text.contains("5 changes of other kinds were left out; call without `question`"))
        #expect(asked.structured?["data"]?["columnChanges"]?.array?.map { $0["columnName"] } == ["gone"])
    }

    @Test(
        arguments: [
            (["kinds": ["removed"]], ["gone"], "9 changes of other kinds were left out; add to `kinds`"),
            (["kinds": "type, length"], ["typed", "wider"], "8 changes of other kinds were left out"),
            (["kinds": ["rows"]], [], "7 changes of other kinds were left out"),
            (
                ["kinds": ["added"], "question": "what was removed?"], ["region"],
                "8 changes of other kinds were left out; add to `kinds`"
            ),
        ] as [(JSON, [String], String)]
    )
    func `shows the kinds of change that are named`(arguments: JSON, columns: [String], note: String) throws {
        let answer = try answer(MetadataChangesBetweenCrawls.self, arguments, to: Self.reply)
        let shown = answer.structured?["data"]?["columnChanges"]?.array?.compactMap { $0["columnName"]?.string }
        #expect(shown == columns)
        #expect(answer.text.contains(note), "\(answer.text)")
        let asksRows = arguments["kinds"] == ["rows"]
        #expect(answer.text.contains("Largest growth") == asksRows)
        #expect((answer.structured?["data"]?["notableDeltas"]?.array?.count == 3) == asksRows)
    }

    @Test func `takes the words that people have for a kind`() {
        #expect(mistakes(MetadataChangesBetweenCrawls.self, ["kinds": "dropped, data type, row count"]) == [])
        #expect(
            mistakes(MetadataChangesBetweenCrawls.self, ["kinds": "owner"])[0].hasPrefix("`kinds` cannot be `owner`")
        )
    }

    /// A schema of which 82 columns of each kind changed.
    private static let crowd: JSON = {
        let kinds: [(String, JSON)] = [
            ("added", ["changeType": "added"]), ("removed", ["changeType": "deleted"]),
            ("typed", ["changeType": "modified", "previousDataType": "A", "currentDataType": "B"]),
            ("moved", ["changeType": "modified", "detail": "position"]),
        ]
        let columns = kinds.flatMap { name, facts in
            (1...82).map { number -> JSON in
                var change = facts
                change["tableName"] = "t"
                change["columnName"] = .string("\(name)_\(number)")
                return change
            }
        }
        return ["data": ["columnChanges": .array(columns), "tableChanges": []]]
    }()

    @Test(arguments: ["brief", "full"])
    func `names some of each kind, and all of them row by row`(detail: JSON) throws {
        var (row, seen): (Int?, [String]) = (1, [])
        while let first = row {
            let answer = try answer(
                MetadataChangesBetweenCrawls.self,
                ["first_row": .int(first), "detail": detail],
                to: Self.crowd.text
            )
            let names =
                answer.structured?["data"]?["columnChanges"]?.array?.compactMap { $0["columnName"]?.string } ?? []
            #expect(names.allSatisfy { answer.text.contains("\($0)") })
            if first == 1 {
                for kind in ["added", "removed", "typed", "moved"] {
                    #expect(names.count { $0.hasPrefix(kind) } >= 10, "\(kind)")
                }
            }
            seen += names
            row = answer.structured?["nextRow"]?.int
            #expect(answer.text.contains("call again with `first_row`") == (row != nil))
        }
        #expect(seen.count == 328 && Set(seen).count == 328)
    }

    @Test func `shows who made a change and when`() throws {
        let reply = """
            {"data":{"columnChanges":[
             {"tableName":"t","columnName":"gone","changeType":"deleted","changedBy":"jsmith","changedOn":"2026-10-02"},
             {"tableName":"t","columnName":"typed","changeType":"modified","previousDataType":"A","currentDataType":"B",
              "modifiedBy":{"displayName":"Ann"}}],
             "tableChanges":[{"tableName":"fresh","changeType":"added","updatedOn":"2026-10-03"}],
             "rowCountChanges":[{"tableName":"t","rowCountDelta":7,"changedBy":"eve","changedOn":"2026-10-04"}]}}
            """
        let answer = try answer(MetadataChangesBetweenCrawls.self, ["question": "who did it, and when"], to: reply)
        #expect(answer.text.contains("- Columns removed (1): t.gone (by jsmith, 2026-10-02)"), "\(answer.text)")
        #expect(
            answer.text.contains(
                "| Table | Column | Was | Is | By |\n|---|---|---|---|---|\n| t | typed | A | B | Ann |"
            )
        )
        #expect(answer.text.contains("- Tables added (1): fresh (2026-10-03)"))
        #expect(answer.text.contains("- Largest growth in rows (1 table): **t** +7 (by eve, 2026-10-04)"))
        let growth = answer.structured?["largestGrowth"]?[0]
        #expect(growth?["changedBy"] == "eve" && growth?["changedOn"] == "2026-10-04")
        #expect(answer.text.contains("OvalEdge did not send who made 1 of these 4 changes."))
        #expect(answer.text.contains("OvalEdge did not send when 1 of these 4 changes were made."))
    }

    @Test func `says so when OvalEdge sends neither who nor when`() throws {
        let answer = try answer(
            MetadataChangesBetweenCrawls.self,
            ["question": "who removed columns, and when?"],
            to: Self.reply
        )
        #expect(answer.text.contains("OvalEdge did not send who made these changes"))
        #expect(answer.text.contains("OvalEdge did not send when these changes were made"))
        let other = try OvalEdgeToolsTests.answer(
            MetadataChangesBetweenCrawls.self,
            ["question": "what was removed"],
            to: Self.reply
        )
        #expect(!other.text.contains("did not send"))
    }

    @Test func `counts what it could not read, and leaves no name blank`() throws {
        let reply = """
            {"data":{"rowCountChanges":[{"tableName":"a","rowCountDelta":"many"},{"tableName":"b","rowCountDelta":-3}],
             "columnChanges":[{"changeType":"added"}],"tableChanges":[{"changeType":"modified"}]}}
            """
        let answer = try answer(MetadataChangesBetweenCrawls.self, [:], to: reply)
        #expect(answer.text.contains("The row count of 1 table could not be read."), "\(answer.text)")
        #expect(answer.text.contains("- Columns added (1): (no name).(no name)"))
        #expect(answer.text.contains("- Tables modified (1): (no name)"))
    }

    @Test(
        arguments: [
            ["table_names": ["orders"]], ["question": "What happened to ORDERS yesterday?"],
        ] as [JSON]
    )
    func `links a table's own page when tables are asked for`(arguments: JSON) throws {
        let answer = try answer(MetadataChangesBetweenCrawls.self, arguments, to: Self.reply)
        #expect(answer.text.hasSuffix("- Pages: [Open in OvalEdge](https://oe.example/ovaledge/#nav/schema?id=10)"))
    }

    @Test func `cuts long lists, keeps what breaks most, and says how to see the rest`() throws {
        let added = (1...60).map { number -> JSON in
            ["tableName": "t", "columnName": .string("c\(number)"), "changeType": "added"]
        }
        let typed: JSON = [
            "tableName": "t", "columnName": "late", "changeType": "modified", "previousDataType": "A",
            "currentDataType": "B",
        ]
        let rows = JSON.array((1...10).map { ["tableName": .string("r\($0)"), "rowCountDelta": .int($0)] })
        let reply: JSON = ["data": ["columnChanges": .array(added + [typed]), "rowCountChanges": rows]]
        let answer = try answer(MetadataChangesBetweenCrawls.self, [:], to: reply.text)
        #expect(answer.text.contains("71 changes were found; OvalEdge did not name the crawls."))
        #expect(answer.text.contains("| t | late | A | B |"))
        #expect(answer.text.contains("- Columns added (1 to 29 of 60):\n"))
        #expect(answer.text.contains("  - t.c29\n") && !answer.text.contains("c30"))
        #expect(answer.text.contains("Largest growth in rows (10 tables)") && answer.text.contains("  - **r1** +1\n"))
        #expect(answer.text.hasSuffix("For the next rows, call again with `first_row` 30."))
        let structured = try #require(answer.structured)
        #expect(structured["complete"] == false && structured["nextRow"] == 30)
        #expect(structured["data"]?["columnChanges"]?[0]?["columnName"] == "late")
        #expect(structured["data"]?["columnChanges"]?.array?.count == 30)
        #expect(structured["largestGrowth"]?.array?.count == 10)
    }

    @Test func `counts columns by table where they are not named`() throws {
        let reply = """
            {"data":{"tableSummaries":[{"tableName":"t","columnsAdded":3,"columnsDeleted":0},
             {"tableName":"u","columnsAdded":0,"columnsDeleted":2}]}}
            """
        let answer = try answer(MetadataChangesBetweenCrawls.self, [:], to: reply)
        #expect(answer.text.contains("- Columns added, by table (1): t: 3\n"))
        #expect(answer.text.hasSuffix("- Columns removed, by table (1): u: 2"))
    }

    @Test(
        arguments: [
            ("Which columns were added?", "Columns added"), ("What was deleted?", "Columns removed"),
            ("Any datatype changes?", "Types and lengths changed"),
        ]
    )
    func `knows the kinds of change by the words of the question`(question: String, title: String) throws {
        let answer = try answer(MetadataChangesBetweenCrawls.self, ["question": .string(question)], to: Self.reply)
        let titles = ["Columns added", "Columns removed", "Types and lengths changed"]
        #expect(titles.filter { answer.text.contains("\($0) (") } == [title], "\(answer.text)")
    }

    @Test func `takes the pages that OvalEdge names before those it knows by their ids`() throws {
        let reply: JSON = [
            "data": [
                "contextHeader": ["schemaId": 10, "compareSchemaId": 77],
                "compareSchemaUrl": "http://x/#nav/comparedb?srchtab=history&id=88",
                "objectSchemaUrl": "#nav/schema?browse=summary&id=11", "dataChangeUrl": "#nav/dataandmetachanges?a=1",
                "metadataChangeUrl": "#nav/dataandmetachanges?a=2",
            ]
        ]
        let answer = try answer(MetadataChangesBetweenCrawls.self, [:], to: reply.text)
        let base = "https://oe.example/ovaledge/#nav"
        #expect(
            answer.text.hasSuffix(
                """
                - Pages: [Compare the crawls](\(base)/comparedb?srchtab=history&id=88), \
                [Schema](\(base)/schema?browse=summary&id=11), \
                [Data changes](\(base)/dataandmetachanges?a=1), \
                [Metadata changes](\(base)/dataandmetachanges?a=2)
                """
            )
        )
        #expect(answer.structured?["data"]?["compareSchemaUrl"] == .string("\(base)/comparedb?srchtab=history&id=88"))
    }

    @Test(arguments: ["tableChanges", "rowCountChanges", "notableDeltas", "tableSummaries"])
    func `cuts every list and says where it goes on`(list: String) throws {
        let items = (1...61).map { number -> JSON in
            ["tableName": .string("t\(number)"), "changeType": "added", "rowCountDelta": 5, "columnsAdded": 1]
        }
        let reply: JSON = ["data": .members((list, .array(items)))]
        let answer = try OvalEdgeToolsTests.answer(MetadataChangesBetweenCrawls.self, [:], to: reply.text)
        #expect(answer.structured?["data"]?[list]?.array?.count == 40)
        #expect(answer.structured?["nextRow"] == 41 && answer.structured?["complete"] == false)
        let rest = try OvalEdgeToolsTests.answer(MetadataChangesBetweenCrawls.self, ["first_row": 41], to: reply.text)
        #expect(rest.structured?["data"]?[list]?.array?.count == 21 && rest.structured?["nextRow"] == nil)
    }

    @Test func `says when there was nothing to compare`() throws {
        let reply = #"{"data":{"fallback":{"show":true,"message":"Only one crawl so far."}}}"#
        let answer = try answer(MetadataChangesBetweenCrawls.self, [:], to: reply)
        #expect(
            answer.text == """
                # What changed
                Only one crawl so far.
                Nothing was compared; whether anything changed is not known.
                """
        )
        #expect(answer.structured?["complete"] == false)
    }

    @Test func `says so when the reply has another form`() async throws {
        let answer = try await TestCatalog(answering: .ok, #"{"ok":true,"data":"none"}"#)
            .call("metadata_changes_between_crawls")
        #expect(answer.isFailure && answer.text.contains("has another form than expected"))
    }

    @Test func `answers from the sandbox`() async throws {
        let catalog = TestCatalog()
        let answer = try await catalog.call("metadata_changes_between_crawls", ["connection_name": "bramble_dw"])
        try expectSnapshot("metadata_changes_between_crawls.answer.md", of: answer.text)
        try expectSnapshot("metadata_changes_between_crawls.answer.json", of: answer.structured?.prettyText ?? "")
    }

    @Test(
        arguments: [
            (["last_n_weeks": 2, "connection_name": "bramble_dw"], 13),
            (["from_crawl_id": 9001, "to_crawl_id": 9002], 2),
            (["table_names": ["ORDERS"]], 3),
            (["schema_names": ["RAW"]], 0),
            (["from_timestamp": "2026-05-31", "to_timestamp": "2026-05-31"], 3),
            (["last_n_days": 1, "connection_name": "shop_db"], 3),
            (["from_timestamp": "2030-01-01"], 0),
        ] as [(JSON, Int)]
    )
    func `narrows in the sandbox`(arguments: JSON, count: Int) async throws {
        let answer = try await TestCatalog().call("metadata_changes_between_crawls", arguments)
        #expect(!answer.isFailure)
        #expect(answer.structured?["totalChanges"]?.int == count)
    }

    @Test func `knows no other connection in the sandbox`() async throws {
        let answer = try await TestCatalog().call("metadata_changes_between_crawls", ["connection_name": "nowhere"])
        #expect(answer.isFailure && answer.text.contains("nowhere"))
    }
}
