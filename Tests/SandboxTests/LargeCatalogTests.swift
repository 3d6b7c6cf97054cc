import HTTP
import JSON
import TestSupport
import Testing

@testable import Sandbox

@Suite struct `The large catalog` {
    private let catalog = LargeCatalog()

    private static func visitor() async throws -> Visitor { try await Visitor(SandboxClient(catalog: .large)) }

    @Test func `is as large as it says, and the same each time`() {
        let other = LargeCatalog()
        #expect(LargeCatalog.kinds.map { catalog.all($0).count }.reduce(0, +) == 20_000)
        for kind in LargeCatalog.kinds {
            #expect(catalog.all(kind).map { $0.name } == other.all(kind).map { $0.name })
            #expect(
                catalog.all(kind).map { catalog.person(.owner, of: $0) }
                    == other.all(kind).map { other.person(.owner, of: $0) }
            )
        }
    }

    @Test func `has its truth in a file, in no more than two hundred facts`() throws {
        let truth = LargeTruth(catalog)
        #expect(truth.facts.count <= 200)
        #expect(Set(truth.facts.map { $0.name }).count == truth.facts.count)
        let file = SourceFile(#filePath, "../../Benchmarks/large.json")
        if file.isRecording { return try file.replace(with: truth.text) }
        #expect(try file.text() == truth.text, "run with RECORD=1 if the catalog was to change")
    }

    @Test func `begins its ids again for every kind`() {
        for kind in LargeCatalog.kinds {
            #expect(catalog.all(kind).first?.id == 1001)
            for asset in catalog.all(kind) { #expect(catalog[asset.key]?.name == asset.name) }
        }
    }

    @Test func `hangs every column in the table that lists it`() {
        for table in catalog.all(.oetable) {
            #expect(catalog.columns(of: table).allSatisfy { $0.parent == table.key })
        }
        #expect(catalog.all(.oetable).map { catalog.columnCount(of: $0) }.reduce(0, +) == 15_000)
        #expect(catalog.all(.oetable).contains { catalog.columnCount(of: $0) == 900 })
    }

    @Test func `flows only between what exists`() {
        for (from, ends) in catalog.flows.destinations {
            #expect(catalog[from] != nil)
            for to in ends { #expect(catalog[to] != nil) }
        }
    }

    @Test func `fans out by 800, 240 and 8, and ids repeat on the way`() async throws {
        let visitor = try await Self.visitor()
        let reply = try await visitor.get("asset-lineage", ["objectId": "1200", "objectType": "oetable", "depth": "5"])
        let nodes = try #require(reply["nodes"]?.array)
        let below = nodes.filter { $0["direction"] == "DOWNSTREAM" }.map { $0["hop"]?.int ?? 0 }
        #expect([1, 2, 3, 4].map { hop in below.count { $0 == hop } } == [800, 240, 8, 0])
        #expect(Set(nodes.map { $0["id"] }).count < nodes.count)
        #expect(reply["edges"]?.array?.allSatisfy { $0["fromObjectType"] != nil } == true)
    }

    @Test func `follows no more than ten hops, and says nothing of it`() async throws {
        let visitor = try await Self.visitor()
        let reply = try await visitor.get(
            "asset-lineage",
            ["objectId": "1311", "objectType": "oetable", "depth": "12"]
        )
        let nodes = try #require(reply["nodes"]?.array)
        #expect(nodes.filter { $0["direction"] == "UPSTREAM" }.compactMap { $0["hop"]?.int }.max() == 10)
        #expect(reply["depth"] == nil)
        #expect(reply["edges"]?.array?.contains { $0["fromObjectType"] != nil } == false)
        let rest = try await visitor.get("asset-lineage", ["objectId": "1301", "objectType": "oetable"])
        #expect(rest["nodes"]?.array?.contains { $0["objectType"] == "oefile" } == true)
    }

    @Test func `runs in a circle where it is to`() {
        let reached = catalog.flows.reached(from: LargeKey(.oetable, 1321), depth: 5, upstream: false)
        #expect(reached.map { $0.key.id } == [1322, 1323, 1324])
        #expect(catalog.flows.sources[LargeKey(.oetable, 1321)] == [LargeKey(.oetable, 1323)])
    }

    @Test func `counts no further than ten thousand, and shows no more`() async throws {
        let visitor = try await Self.visitor()
        let body: JSON = ["objectType": "oecolumn", "search": ["page": 200, "limit": 50]]
        let data = try await visitor.explore(body)
        #expect(data["total"] == 10_000)
        #expect(data["items"]?.array?.count == 50)
        let past: JSON = ["objectType": "oecolumn", "search": ["page": 201, "limit": 50]]
        let refusal = try await visitor.response(.post, "asset-explorer", body: past)
        #expect(refusal.status == .internalServerError)
        #expect(try refusal.json["message"]?.string?.hasPrefix("Result window is too large") == true)
        let none = try await visitor.response(.post, "asset-explorer", body: ["search": ["page": .int(.max)]])
        #expect(none.status == .internalServerError)
    }

    @Test func `counts reports that it hides, and of stories only what was read`() async throws {
        let visitor = try await Self.visitor()
        let words: JSON = ["searchTerms": ["overview"], "page": 3, "limit": 50]
        let reports = try await visitor.explore(["objectType": "oechart", "search": words])
        #expect(reports["total"] == 180)
        #expect(reports["items"]?.array.map { $0.count < 50 && !$0.isEmpty } == true)
        let stories = try await visitor.explore(["objectType": "oestory", "search": ["page": 1, "limit": 20]])
        #expect(stories["total"] == 20)
    }

    @Test func `begins a page of files before the last one ended, and loses none`() async throws {
        let visitor = try await Self.visitor()
        var seen: [Int] = []
        for page in 1...9 {
            seen += try await visitor.ids(["objectType": "oefile", "search": ["page": .int(page), "limit": 50]])
        }
        #expect(seen.count > 400)
        #expect(Set(seen).count == 400)
    }

    @Test func `shows terms twice and counts them nowhere`() async throws {
        let data = try await Self.visitor().explore(["objectType": "glossary", "name": "Active Customer"])
        #expect(data["items"]?.array?.count == 3)
        #expect(data["glossaryTerms"]?.array?.count == 3)
        #expect(data["total"] == nil)
    }

    @Test func `finds by meaning what is misspelt`() async throws {
        let visitor = try await Self.visitor()
        let words: JSON = ["contextQuery": "custmer_adress_curent"]
        #expect(try await visitor.ids(["objectType": "oetable", "search": words]) == [1050])
        let terms: JSON = ["searchTerms": ["custmer_adress_curent"]]
        #expect(try await visitor.ids(["objectType": "oetable", "search": terms]) == [])
    }

    @Test(arguments: [(1031, ""), (1032, #"{"ok":true,"data":null}"#), (1035, #"{"ok":true,"data":[]}"#)])
    func `answers nothing in several ways`(id: Int, body: String) async throws {
        let reply = try await Self.visitor()
            .response(.get, "asset-details", ["objectId": "\(id)", "objectType": "oetable"])
        #expect(reply.status == .ok)
        #expect(String(decoding: reply.body, as: UTF8.self) == body)
    }

    @Test func `writes flags, numbers and vacant roles in every form`() {
        let tables = catalog.all(.oetable).prefix(400).map { catalog.summary(of: $0) }
        let owners = tables.filter { $0["ownerUserName"] == nil }.map { $0["owner"] }
        for form in [JSON.null, "", "N/A", nil] {
            #expect(owners.contains(form), "vacant as \(String(describing: form))")
        }
        let marks = Set(
            catalog.all(.oecolumn).prefix(400).compactMap { catalog.summary(of: $0)["criticalDataElement"] }
        )
        #expect(marks == ["Yes", "Y", 1, "None", "N", 0])
        #expect(tables.contains { $0["rowCount"]?.string?.contains(",") ?? false })
        #expect(tables.contains { $0["createdDate"] == "0000-00-00" })
        #expect(tables.contains { $0["createdDate"]?.int ?? 0 > 1_000_000_000_000 })
        #expect(catalog.all(.oetable).contains { $0.name.count == 5000 })
    }

    @Test func `has stories of thirty thousand characters that end with what matters`() {
        #expect(LargeStory.all.count == 150)
        #expect(LargeStory.all.contains { $0.html.utf8.count > 29_000 })
        #expect(LargeStory.all.allSatisfy { $0.html.hasSuffix("<p>\($0.sentence)</p>") })
    }

    @Test func `gives a user 396 rights through three roles`() async throws {
        let visitor = try await Self.visitor()
        let reply = try await visitor.get(
            "access-explorer",
            [
                "operation": "source_system_access", "queryDirection": "user_to_objects", "sourceSystem": "snowflake",
                "username": "jsmith",
            ]
        )
        let grants = try #require(reply["data"]?["grants"]?.array)
        let roles = Dictionary(grouping: grants) { $0["contributingRole"]?.string ?? "" }.mapValues { $0.count }
        #expect(roles == ["ANALYST": 60, "READER": 334, "PUBLIC": 2])
    }

    /// A schema and a table may have the same id.
    @Test func `gives rights in a schema by what lies in it`() async throws {
        let visitor = try await Self.visitor()
        func grants(_ query: KeyValuePairs<String, String>) async throws -> [JSON] {
            try await visitor.get("access-explorer", query)["data"]?["grants"]?.array ?? []
        }
        let all = try await grants([
            "operation": "source_system_access", "sourceSystem": "snowflake", "queryDirection": "user_to_objects",
            "username": "jsmith",
        ])
        let own = try await grants([
            "operation": "source_system_access", "sourceSystem": "snowflake", "queryDirection": "user_to_objects",
            "username": "jsmith", "objectType": "schema", "objectId": "1001", "scopeMode": "descendants",
        ])
        #expect(all.count == 396 && own.count == 41)
        #expect(own.allSatisfy { $0["objectPath"]?.string?.hasPrefix("snowflake_prod.SALES.") ?? false })
        let exact = try await grants([
            "operation": "source_system_access", "sourceSystem": "snowflake", "queryDirection": "object_to_users",
            "objectType": "schema", "objectPath": "snowflake_prod.SALES",
        ])
        #expect(exact.isEmpty)
    }

    @Test(arguments: [("privilege_to_users", "DELETE", ["pnair", "svc_night"]), ("user_to_privileges", "tokafor", [])])
    func `relates people and privileges`(direction: String, name: String, found: [String]) async throws {
        let visitor = try await Self.visitor()
        let reply = try await visitor.get(
            "access-explorer",
            [
                "operation": "source_system_access", "sourceSystem": "snowflake", "queryDirection": direction,
                "objectName": name,
            ]
        )
        let list = reply["data"]?.object?.members.first?.value.array ?? []
        #expect(list.compactMap { $0["name"]?.string } == found)
    }

    @Test func `knows 479 critical columns, and assesses a hundred`() async throws {
        let visitor = try await Self.visitor()
        let body: JSON = ["discoverCdeColumns": true, "limit": 500]
        let reply = try await visitor.response(.post, "dq-intelligence/assess-cde", body: body).json
        #expect(reply["data"]?["rows"]?.array?.count == 100)
        #expect(catalog.all(.oecolumn).count { catalog.isCritical($0) } == 479)
    }

    @Test func `loses more rows than a reader of numbers sees`() async throws {
        let body: JSON = ["connectionName": "snowflake_prod", "tableNames": ["dim_customer_master"], "lastNWeeks": 2]
        let reply = try await Self.visitor().response(.post, "metadata-changes-between-crawls", body: body).json
        #expect(reply["data"]?["rowCountChanges"]?.array?.first?["rowCountDelta"] == "-120,400")
        #expect(reply["data"]?["columnChanges"]?.array?.allSatisfy { $0["changedBy"] != nil } == true)
    }

    @Test func `shows what was written`() async throws {
        let visitor = try await Self.visitor()
        let target: JSON = ["objectId": 1360, "objectType": "oetable"]
        let roles: JSON = ["target": target, "roleUpdates": ["owner": "mgarcia2"]]
        #expect(try await visitor.response(.post, "update-governance-roles", body: roles).status == .ok)
        let details = try await visitor.get("asset-details", ["objectId": "1360", "objectType": "oetable"])
        #expect(details["data"]?["details"]?["ownerUserName"] == "mgarcia2")
    }

    @Test func `leaves other releases to the sample`() {
        #expect(!SandboxCatalog.large.serves(.classic) && SandboxCatalog.large.serves(.current))
        #expect(SandboxCatalog.sample.serves(.classic))
    }
}
