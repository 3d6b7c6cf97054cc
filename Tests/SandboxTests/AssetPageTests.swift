import HTTP
import JSON
import Sandbox
import Testing

@Suite struct `Asset pages of the sandbox` {
    @Test func `show a table in three parts`() async throws {
        let visitor = try await Visitor()
        let data = try #require(
            try await visitor.get("asset-details", ["objectId": "501", "objectType": "oetable"])["data"]
        )
        let details = try #require(data["details"])
        #expect(details["objectId"] == 501)
        #expect(details["owner"] == "mira")
        #expect(details["certificationStatus"] == "certified")
        #expect(details["dqScore"] == 91)
        #expect(details["connectionInfoId"] == 20)
        #expect(details["customFields"]?[0] == ["fieldName": "Region", "fieldValue": "EMEA"])
        let columns = try #require(data["profile"]?["columns"]?.array)
        #expect(columns.compactMap { $0["name"]?.string }.prefix(2) == ["order_id", "customer_id"])
        #expect(columns[0]["isPrimaryKey"] == true)
        #expect(columns[0]["max"] == "184220")
        #expect(columns[3]["topValues"]?[0] == ["value": "shipped", "count": 150_911])
        #expect(columns[5]["nulls"] == 12604)
        #expect(columns[5]["nullDensity"] == 6.89)
        let keys = try #require(data["relationships"]?.array)
        #expect(keys.contains { $0["from"] == "orders" && $0["to"] == "customers" && $0["type"] == "FK" })
        #expect(keys.contains { $0["from"] == "order_items" && $0["to"] == "orders" })
    }

    @Test func `show a file with a profile and without keys`() async throws {
        let visitor = try await Visitor()
        let data = try await visitor.get("asset-details", ["objectId": "702", "objectType": "oefile"])["data"]
        #expect(data?["profile"]?["columns"]?.array?.count == 2)
        #expect(data?["relationships"] == nil)
    }

    @Test(arguments: [
        (50102, "oecolumn", "customer_id"), (333, "glossary", "Net revenue"), (352, "oetag", "Email"),
        (365, "oestory", "Retention policy"), (801, "oechart", "Sales overview"), (102, "oeschema", "SALES"),
        (602, "oequery", "daily_revenue"), (372, "dp_product", "Order insights"),
    ])
    func `show other assets flat`(id: Int, type: String, name: String) async throws {
        let visitor = try await Visitor()
        let data = try await visitor.get("asset-details", ["objectId": "\(id)", "objectType": type])["data"]
        #expect(data?["objectName"]?.string == name)
        #expect(data?["objectType"]?.string == type)
        #expect(data?["navLink"]?.string?.hasPrefix("#nav/") == true)
    }

    @Test func `keep the HTML of a description next to its plain text`() async throws {
        let visitor = try await Visitor()
        let data = try await visitor.get("asset-details", ["objectId": "531", "objectType": "oetable"])["data"]
        let description = data?["details"]?["businessDescription"]
        #expect(description?["wikitext"]?.string?.hasPrefix("<p>Parcels") == true)
        #expect(description?["plainText"]?.string?.contains("<") == false)
    }

    @Test(arguments: [
        ("99999", "oetable", 404), ("501", "oefile", 404), ("20", "connection", 404), ("x", "oetable", 400),
    ])
    func `say what they do not have`(id: String, type: String, status: Int) async throws {
        let visitor = try await Visitor()
        let response = try await visitor.response(.get, "asset-details", ["objectId": id, "objectType": type])
        #expect(response.status.rawValue == status)
        #expect(try response.json["ok"] == false)
        #expect(try response.json["message"]?.string != nil)
    }
}

@Suite struct `Lineage in the sandbox` {
    private func lineage(_ id: Int, _ type: String = "oetable", depth: Int? = nil) async throws -> JSON {
        let visitor = try await Visitor()
        guard let depth else {
            return try await visitor.get("asset-lineage", ["objectId": "\(id)", "objectType": type])
        }
        return try await visitor.get("asset-lineage", ["objectId": "\(id)", "objectType": type, "depth": "\(depth)"])
    }

    private func names(_ lineage: JSON, _ direction: String, hop: Int) -> Set<String> {
        let nodes = (lineage["nodes"]?.array ?? []).filter {
            $0["direction"]?.string == direction && $0["hop"]?.int == hop
        }
        return Set(nodes.compactMap { $0["name"]?.string })
    }

    @Test func `goes two steps when no one says how far`() async throws {
        let lineage = try await lineage(501)
        #expect(lineage["rootObjectId"] == 501)
        #expect(lineage["nodes"]?[0]?["hop"] == 0)
        #expect(names(lineage, "UPSTREAM", hop: 2) == ["raw_orders"])
        #expect(names(lineage, "UPSTREAM", hop: 3) == [])
    }

    @Test func `leads through files and queries up, and to a report down`() async throws {
        let lineage = try await lineage(501, depth: 5)
        #expect(names(lineage, "UPSTREAM", hop: 1) == ["stg_orders"])
        #expect(names(lineage, "UPSTREAM", hop: 3) == ["load_orders"])
        #expect(names(lineage, "UPSTREAM", hop: 4) == ["orders_export.jsonl"])
        #expect(names(lineage, "UPSTREAM", hop: 5) == ["shop_orders"])
        #expect(names(lineage, "DOWNSTREAM", hop: 1).contains("daily_revenue"))
        #expect(names(lineage, "DOWNSTREAM", hop: 2).contains("revenue_daily"))
        #expect(names(lineage, "DOWNSTREAM", hop: 3).contains("Sales overview"))
        #expect(names(lineage, "DOWNSTREAM", hop: 4).contains("Revenue by week"))
    }

    @Test func `has edges only between its nodes`() async throws {
        for depth in 0...4 {
            let lineage = try await lineage(504, depth: depth)
            let ids = Set((lineage["nodes"]?.array ?? []).compactMap { $0["id"]?.int })
            let edges = try #require(lineage["edges"]?.array)
            #expect(edges.allSatisfy { ids.contains($0["fromId"]?.int ?? 0) && ids.contains($0["toId"]?.int ?? 0) })
            #expect(edges.isEmpty == (depth == 0))
            #expect((lineage["nodes"]?.array ?? []).count == ids.count, "a node occurs twice")
        }
    }

    @Test func `starts at files too, and at nothing else`() async throws {
        #expect(names(try await lineage(701, "oefile"), "UPSTREAM", hop: 1) == ["shop_orders"])
        let visitor = try await Visitor()
        let chart = try await visitor.response(.get, "asset-lineage", ["objectId": "801", "objectType": "oechart"])
        #expect(chart.status == .badRequest)
        let unknown = try await visitor.response(.get, "asset-lineage", ["objectId": "1", "objectType": "oetable"])
        #expect(unknown.status == .notFound)
    }
}

@Suite struct `Knowledge in the sandbox` {
    @Test func `gives one story as an object, with links`() async throws {
        let visitor = try await Visitor()
        let data = try await visitor.get("knowledge-search", ["storyName": "retention"])["data"]
        let story = try #require(data?["dataStories"])
        #expect(story["metadata"]?["storyName"] == "Retention policy")
        #expect(story["metadata"]?["storyZoneName"] == "Legal")
        #expect(story["content"]?["story"]?.string?.hasPrefix("<h2>Scope</h2>") == true)
        #expect(story["accessControl"]?["authorizedRoles"] == ["OE_PUBLIC"])
        #expect(story["storyTitleLink"] == "[Retention policy](#nav/story?id=365)")
        #expect(story["navUrl"] == "http://sandbox.invalid/ovaledge/#nav/story?id=365")
        #expect(data?["platformDocs"] == nil)
    }

    @Test func `gives several stories, or none, as a list`() async throws {
        let visitor = try await Visitor()
        let zone = try await visitor.get("knowledge-search", ["storyZoneName": "legal"])["data"]
        #expect(zone?["dataStories"]?.array?.count == 2)
        let limited = try await visitor.get("knowledge-search", ["storyZoneName": "Legal", "limit": "1"])["data"]
        #expect(limited?["dataStories"]?.object != nil)
        let none = try await visitor.get("knowledge-search", ["contentQuery": "zeppelin"])["data"]
        #expect(none?["dataStories"] == [])
    }

    @Test func `searches stories and documentation by question`() async throws {
        let visitor = try await Visitor()
        let data = try await visitor.get("knowledge-search", ["query": "How is net revenue counted with refunds?"])[
            "data"
        ]
        #expect(data?["dataStories"]?["metadata"]?["objectId"] == 366)
        let docs = try await visitor.get("knowledge-search", ["query": "lineage of a table"])["data"]
        #expect(docs?["platformDocs"]?["chunks"]?[0]?["url"] == "https://docs.example/lineage")
    }

    @Test func `requires something to look for`() async throws {
        let visitor = try await Visitor()
        #expect(try await visitor.response(.get, "knowledge-search", ["limit": "3"]).status == .badRequest)
    }
}
