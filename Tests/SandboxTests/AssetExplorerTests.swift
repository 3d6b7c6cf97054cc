import HTTP
import JSON
import Sandbox
import Testing

@Suite struct `Searching in the sandbox` {
    @Test func `finds words in names, paths and descriptions, names first`() async throws {
        let visitor = try await Visitor()
        let ids = try await visitor.ids(["objectType": "oetable", "search": ["searchTerms": ["orders"]]])
        #expect(ids.first == 501)
        #expect(ids.contains(411), "raw_orders")
        let described = try await visitor.ids(["search": ["searchTerms": ["greenhouse"]]])
        #expect(described == [533])
        let path = try await visitor.ids([
            "search": ["searchTerms": ["bramble_dw.sales.orders"]], "objectType": "oetable",
        ])
        #expect(path == [501])
    }

    @Test func `requires every term`() async throws {
        let visitor = try await Visitor()
        let both = try await visitor.ids([
            "objectType": "oetable", "search": ["searchTerms": ["ORDERS", "duplicates"]],
        ])
        #expect(both == [501])
        #expect(try await visitor.ids(["search": ["searchTerms": ["orders", "zzz"]]]) == [])
    }

    @Test func `takes a question apart`() async throws {
        let visitor = try await Visitor()
        let ids = try await visitor.ids(
            ["objectType": "oetable", "search": ["contextQuery": "Where can I find parcels by carriers?"]]
        )
        #expect(ids.first == 531)
    }

    static let filterTable: [(JSON, JSON, [Int])] = [
        (["connectionName": "SHOP_DB"], "oetable", [401, 402, 403, 404, 405]),
        (["serverType": "s3"], "oefile", [701, 702, 703, 711]),
        (["schemaName": "RAW"], "oetable", [411, 412]),
        (["owner": "jonas"], "oetable", [531, 532, 533]),
        (["steward": "Aiko"], "oetable", [511, 512]),
        (["custodian": "aiko"], "oefile", [701, 702, 703, 711]),
        (["tags": ["Gold"]], "oetable", [501, 504, 511]),
        (["tags": ["Gold", "Email"]], "oecolumn", [40202, 41202, 51102]),
        (["terms": ["refund"]], "oetable", [522]),
        (["customFields": ["Retention"]], "oetable", [501, 511]),
        (["customFields": ["3 years"]], "oetable", [511]),
        (["dataProducts": ["Customer 360"]], "oetable", [511, 512]),
        (["classifications": ["pii"]], "oetable", [402, 412, 511]),
        (["criticalDataElement": ["Yes"]], "oetable", [501, 504, 511]),
        (["criticalDataElement": ["Yes"]], "glossary", [333]),
        (["tableType": ["VIEW"]], "oetable", [504]),
        (["tableName": "revenue_daily"], "oecolumn", [50401, 50402, 50403]),
        (["folder": "outgoing"], "oefile", [711]),
        (["reportGroup": ["Marketing"]], "oechart", [802]),
        (["certification": "inactive"], "oetable", [523]),
        (["rating": ["min": 4.5]], "oetable", [501, 504]),
        (["rating": ["eq": 3]], "oetable", [405]),
        (["dqIndex": ["min": 60, "max": 70]], "oetable", [402, 512, 522]),
        (["rowCount": ["max": 100]], "oetable", [513, 533]),
        (["columnCount": ["min": 6]], "oetable", [501]),
        (["createdDate": ["from": "2025-01-01", "to": "2025-06-30"]], "oetable", [523, 533]),
        (["rating": ["min": 4], "owner": "pablo"], "oetable", [521]),
        (["apiGroup": ["none such"]], "oetable", []),
        (["owner": "", "unheardOf": "x", "tags": [], "rating": [:]], "oeapi", [451]),
    ]

    @Test(arguments: filterTable)
    func `narrows by every kind of filter`(filters: JSON, type: JSON, expected: [Int]) async throws {
        let visitor = try await Visitor()
        let ids = try await visitor.ids(["objectType": type, "filters": filters, "search": ["limit": 50]])
        #expect(ids.sorted() == expected)
    }

    static let placements: [(JSON, [Int])] = [
        (["domainId": 302], [334, 335]),
        (["domainName": "sales"], [331, 332, 333]),
        (["categoryName": "Revenue"], [333]),
        (["subcategoryId": 321], [333]),
        (["domainName": "Sales", "categoryId": 311], [331, 332]),
        (["domainName": "Finance", "categoryId": 311], []),
    ]

    @Test(arguments: placements)
    func `places terms`(placement: JSON, expected: [Int]) async throws {
        let visitor = try await Visitor()
        #expect(try await visitor.ids(["glossaryPlacement": placement]).sorted() == expected)
    }

    static let sorts: [(String, String?, Int, Int)] = [
        ("popularity", nil, 501, 513), ("rating", "desc", 501, 405), ("row_count", "asc", 513, 404),
        ("dq_index", "asc", 405, 504), ("column_count", nil, 501, 533), ("created_date", "asc", 401, 541),
    ]

    @Test(arguments: sorts)
    func `sorts, and puts what has no value last`(field: String, order: String?, first: Int, last: Int) async throws {
        let visitor = try await Visitor()
        var sort: JSON = ["field": .string(field)]
        sort["direction"] = order.map { .string($0) }
        let data = try await visitor.explore(["objectType": "oetable", "search": ["limit": 50, "sort": sort]])
        let items = try #require(data["items"]?.array)
        let key = ["dq_index": "dqScore", "row_count": "rowCount", "column_count": "columnCount"]
        let name = key[field] ?? (field == "created_date" ? "createdDate" : field)
        #expect(items.first?["objectId"]?.int == first)
        let valued = items.prefix { $0[name] != nil }
        #expect(valued.last?["objectId"]?.int == last)
        #expect(items.dropFirst(valued.count).allSatisfy { $0[name] == nil })
    }

    @Test func `sorts by name`() async throws {
        let visitor = try await Visitor()
        let data = try await visitor.explore(
            ["objectType": "oefile", "search": ["sort": ["field": "name", "direction": "asc"]]]
        )
        let names = try #require(data["items"]?.array).compactMap { $0["objectName"]?.string }
        #expect(names == names.sorted())
    }

    @Test func `gives one page and says how many hits there are`() async throws {
        let visitor = try await Visitor()
        let first = try await visitor.explore(["objectType": "oetable", "search": ["page": 1, "limit": 5]])
        let fifth = try await visitor.explore(["objectType": "oetable", "search": ["page": 5, "limit": 5]])
        let total = try #require(first["total"]?.int)
        #expect(first["items"]?.array?.count == 5)
        #expect(fifth["total"]?.int == total)
        #expect(fifth["items"]?.array?.count == total - 20)
        let large = try await visitor.explore(["search": ["limit": 500]])
        #expect(large["limit"] == 50)
        let beyond = try await visitor.explore(["search": ["page": 999]])
        #expect(beyond["items"] == [])
    }

    @Test func `gives items the documented members`() async throws {
        let visitor = try await Visitor()
        let data = try await visitor.explore(["objectId": 501, "objectType": "oetable"])
        let item = try #require(data["items"]?[0])
        #expect(item["objectName"] == "orders")
        #expect(item["fullyQualifiedName"] == "bramble_dw.SALES.orders")
        #expect(item["navLink"] == "#nav/table?id=501")
        #expect(item["connectionInfoId"] == 20)
        #expect(item["serverType"] == "snowflake")
        #expect(item["owner"] == "mira")
        #expect(item["businessDescription"]?["plainText"]?.string?.isEmpty == false)
    }

    @Test func `gives terms and tags in groups of their own`() async throws {
        let visitor = try await Visitor()
        let term = try await visitor.explore(["objectType": "glossary", "name": "net revenue"])
        #expect(term["glossaryTerms"]?["navLink"] == "#nav/glossary?browse=summary&id=333")
        let tags = try await visitor.explore(["objectType": "oetag"])
        #expect(tags["tags"]?.array?.count == 8)
        #expect(tags["items"] == [])
    }

    @Test func `shows a tag's parent and children when asked`() async throws {
        let visitor = try await Visitor()
        let plain = try await visitor.explore(["objectId": 353, "objectType": "oetag"])
        #expect(plain["tags"]?["parentTag"] == nil)
        let full = try await visitor.explore(
            ["objectId": 353, "objectType": "oetag", "includeParent": true, "includeChildren": true]
        )
        let tag = try #require(full["tags"])
        #expect(tag["parentTag"]?["objectName"] == "Personal data")
        #expect(tag["childTags"]?[0]?["objectName"] == "Delivery address")
        #expect(tag["childTags"]?[0]?["hasChildren"] == false)
        #expect(tag["masterTagId"] == 351)
        #expect(tag["isRootTag"] == false)
    }

    @Test func `leaves out an owner that no one named`() async throws {
        let visitor = try await Visitor()
        let item = try #require(try await visitor.explore(["objectId": 513])["items"]?[0])
        #expect(item["owner"] == nil)
        #expect(item["businessDescription"] == nil)
    }

    @Test func `refuses what it cannot read`() async throws {
        let visitor = try await Visitor()
        for body: JSON in [["objectType": "table"], ["search": ["sort": ["field": "colour"]]], []] {
            let response = try await visitor.response(.post, "asset-explorer", body: body)
            #expect(response.status == .badRequest)
            #expect(try response.json["message"]?.string != nil)
        }
    }
}
