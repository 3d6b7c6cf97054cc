import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import TestSupport
import Testing

/// `missing` and `count_by`, which read all that matches.
@Suite struct `A survey of all pages` {
    private static func ask(_ client: PagedOvalEdge, _ arguments: JSON) async throws -> Answer {
        try await TestCatalog(client).call("asset_explorer", arguments)
    }

    @Test func `finds what lacks an owner, and how much was read`() async throws {
        let client = PagedOvalEdge(PagedOvalEdge.columns(130))
        let answer = try await Self.ask(client, ["missing": ["owner"], "limit": 3])
        #expect(answer.text.hasPrefix("26 of 130 assets have no owner.\nAll 3 pages were read.\n"), "\(answer.text)")
        #expect(answer.text.contains("1. **c000005** `oecolumn 5`"))
        #expect(answer.text.contains("For the next rows, call again with `first_row` 4."))
        #expect(answer.structured?["total"] == 26 && answer.structured?["read"] == 130)
        #expect(answer.structured?["nextRow"] == 4 && answer.structured?["complete"] == false)
        #expect(answer.structured?["lacking"] == ["owner": 26])
        #expect(client.searches.allSatisfy { $0["search"]?["limit"] == 50 })
        let rest = try await Self.ask(client, ["missing": "owner", "limit": 10, "first_row": 24])
        #expect(rest.text.contains("24. **c000120** `oecolumn 120`") && !rest.text.contains("first_row"))
        let beyond = try await Self.ask(client, ["missing": "owner", "first_row": 27])
        #expect(beyond.text.contains("There is no row 27; the last one is 26."))
    }

    @Test func `says once that an owner is not there`() async throws {
        let rows: [JSON] = [
            ["objectId": 1, "objectType": "oetable", "objectName": "a", "owner": "ann", "businessDescription": "A."],
            ["objectId": 2, "objectType": "oetable", "objectName": "b"],
        ]
        let answer = try await Self.ask(PagedOvalEdge(rows), ["missing": ["owner", "description"]])
        #expect(answer.text.contains("owner not given · no description"), "\(answer.text)")
        #expect(!answer.text.contains("no owner"), "\(answer.text)")
    }

    @Test func `says of several gaps how many there are of each`() async throws {
        var rows = PagedOvalEdge.columns(10)
        rows[0]["description"] = "<p>Key</p>"
        rows[1]["description"] = "<p> </p>"
        let answer = try await Self.ask(PagedOvalEdge(rows), ["missing": ["owner", "description"]])
        #expect(
            answer.text.hasPrefix(
                "9 of 10 assets lack owner or description: owner 2, description 9, both 2.\nThe only page was read."
            )
        )
        #expect(answer.structured?["lacking"] == ["owner": 2, "description": 9, "all": 2])
        let first = answer.text.split(separator: "\n").filter { $0.contains("`oecolumn ") }.prefix(2)
        #expect(first.allSatisfy { $0.contains("no owner · no description") }, "those that lack most are first")
        #expect(answer.text.contains("`oecolumn 2`") && !answer.text.contains("`oecolumn 1`"))
        #expect(answer.text.contains("`oecolumn 5` in lake · no owner · no description"))
    }

    /// A release may leave a member out of its searches, which says nothing of any asset.
    @Test func `says where nothing is known`() async throws {
        let answer = try await Self.ask(PagedOvalEdge(PagedOvalEdge.columns(4)), ["missing": "certification"])
        #expect(
            answer.text.hasPrefix("Of 4 assets it is not known whether they lack certification.\n"),
            "\(answer.text)"
        )
        #expect(answer.text.contains("No row tells of certification: OvalEdge may leave that out of searches."))
        #expect(answer.structured?["total"] == nil && answer.structured?["complete"] == false)
        let half = try await Self.ask(PagedOvalEdge(PagedOvalEdge.columns(5)), ["missing": ["terms", "owner"]])
        #expect(half.text.hasPrefix("1 of 5 assets has no owner.\n"), "\(half.text)")
        #expect(half.text.contains("No row tells of terms") && half.structured?["lacking"] == ["owner": 1])
    }

    @Test func `counts by what is asked for`() async throws {
        let client = PagedOvalEdge(PagedOvalEdge.columns(60))
        let answer = try await Self.ask(client, ["count_by": "owner"])
        #expect(
            answer.text == """
                60 assets, by owner (2):
                All 2 pages were read.
                | owner | assets |
                |---|---|
                | ann | 48 |
                | (none) | 12 |
                """
        )
        #expect(answer.structured?["counts"] == [["value": "ann", "count": 48], ["count": 12]])
        #expect(answer.structured?["data"] == nil && answer.structured?["complete"] == true)
        let missing = try await Self.ask(client, ["count_by": "connection", "missing": ["owner"]])
        #expect(missing.structured?["counts"] == [["value": "dw", "count": 6], ["value": "lake", "count": 6]])
        #expect(missing.text.hasPrefix("12 of 60 assets have no owner, by connection (2):"))
    }

    @Test func `counts what has no connection by the first part of its name`() async throws {
        let terms = (1...5).map { number -> JSON in
            [
                "objectId": .int(number), "objectType": "glossary", "objectName": .string("t\(number)"),
                "fullyQualifiedName": .string("\(number < 3 ? "HR" : "Sales").Measures.t\(number)"),
            ]
        }
        let domains = try await Self.ask(PagedOvalEdge(terms), ["count_by": "connection"])
        #expect(domains.structured?["counts"] == [["value": "Sales", "count": 3], ["value": "HR", "count": 2]])
        #expect(domains.text.contains("What has no connection is counted by the first part of its full name."))
        let categories = try await Self.ask(PagedOvalEdge(terms), ["count_by": "schema"])
        #expect(categories.text.contains("| HR.Measures | 2 |") && categories.text.contains("by what it lies in."))
    }

    /// The index behind the search gives no more than its window; the rest is read from the other end.
    @Test func `reads past the window from the other end, and leaves out nothing`() async throws {
        let client = PagedOvalEdge(PagedOvalEdge.columns(750), total: 500, window: 500)
        let answer = try await Self.ask(client, ["missing": ["owner"], "object_type": "oecolumn"])
        #expect(answer.text.hasPrefix("150 of 750 assets have no owner.\n"), "\(answer.text.prefix(300))")
        #expect(answer.structured?["read"] == 750)
        let directions = client.searches.map { $0["search"]?["sort"]?["direction"]?.string }
        #expect(Set(directions) == ["asc", "desc"])
        #expect(client.searches.count <= 25)
    }

    @Test func `does not end among assets of one name`() async throws {
        let rows = PagedOvalEdge.columns(800).map { row in
            var row = row
            if (490...630).contains(row["objectId"]?.int ?? 0) { row["objectName"] = "c000490" }
            return row
        }
        let client = PagedOvalEdge(rows, total: 500, window: 500, ties: 489..<630)
        let answer = try await Self.ask(client, ["count_by": "type"])
        #expect(answer.structured?["read"] == 800, "\(answer.text)")
    }

    @Test func `says what could not be read`() async throws {
        let client = PagedOvalEdge(PagedOvalEdge.columns(1_100), total: 500, window: 500)
        let answer = try await Self.ask(client, ["count_by": "type"])
        let obstacle = "OvalEdge gives no more than the first 500 and the last 500."
        #expect(
            answer.text.contains("Not all could be read, only 1000 assets on 20 pages: \(obstacle)"),
            "\(answer.text)"
        )
        #expect(answer.text.contains("Narrow with `connection_name`"))
        #expect(answer.structured?["complete"] == false)
        let unordered = PagedOvalEdge(PagedOvalEdge.columns(600), total: 500, window: 500, keepsOrder: false)
        let half = try await Self.ask(unordered, ["count_by": "type"])
        #expect(half.text.contains("Not all could be read, only 500 assets"), "\(half.text)")
    }

    @Test func `ends where the rows end, whatever is counted`() async throws {
        let over = try await Self.ask(PagedOvalEdge(PagedOvalEdge.columns(144), total: 181), ["count_by": "type"])
        #expect(over.structured?["read"] == 144)
        #expect(over.text.contains("144 can be seen; OvalEdge counts 181."))
        let under = try await Self.ask(PagedOvalEdge(PagedOvalEdge.columns(150), total: 50), ["count_by": "type"])
        #expect(under.structured?["read"] == 150)
    }

    @Test func `keeps to its numbers, and to no page`() {
        #expect(
            mistakes(AssetExplorer.self, ["missing": "owner", "page": 2])
                == ["`page` does not go with `missing` and `count_by`, which read all pages; go on by `first_row`."]
        )
        #expect(mistakes(AssetExplorer.self, ["count_by": "colour"]).count == 1)
    }

    @Test func `reports how far it has come, by the number of the page`() async throws {
        let catalog = TestCatalog(PagedOvalEdge(PagedOvalEdge.columns(310)))
        let session = try await catalog.session()
        let call: JSON = ["name": "asset_explorer", "arguments": ["count_by": "type"], "_meta": ["progressToken": 7]]
        session.write((["jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": call] as JSON).text)
        var messages: [String] = []
        while let line = try? JSON(parsing: await session.read()), line["id"] != 9 {
            messages.append(line["params"]?["message"]?.string ?? "")
        }
        #expect(messages.first == "Page 1 of about 7" && messages.last == "Page 7 of about 7", "\(messages)")
    }
}
