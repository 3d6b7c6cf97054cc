import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing

/// What becomes of a question: names looked up, replies narrowed, the catalog asked instead.
@Suite struct `A question about access` {
    private func ask(_ arguments: JSON, of catalog: TestCatalog = TestCatalog()) async throws -> JSON {
        let answer = try await catalog.call("access_explorer", arguments)
        #expect(!answer.isFailure, "\(answer.text)")
        return answer.structured ?? [:]
    }

    private static func objectToUsers(_ more: JSON, system: JSON = "snowflake") -> JSON {
        let members: JSON = [
            "operation": "source_system_access", "query_direction": "object_to_users", "source_system": system,
            "access_intent_confirmed": "native",
        ]
        return .object(JSONObject((members.object?.members ?? []) + (more.object?.members ?? [])))
    }

    @Test func `finds a name in the catalog and shows rights on that level`() async throws {
        let answer = try await TestCatalog()
            .call("access_explorer", Self.objectToUsers(["object_path": "SALES.orders", "object_type": "table"]))
        try expectSnapshot("access_explorer.answer.md", of: answer.text)
        try expectSnapshot("access_explorer.answer.json", of: answer.structured?.prettyText ?? "")
        #expect(answer.structured?["filteredToObjectLevel"] == "table")
        #expect(answer.structured?["data"]?["summary"]?["byObjectLevel"] == ["table": 4])
    }

    @Test func `filters by privilege`() async throws {
        let found = try await ask(
            Self.objectToUsers(["object_path": "SALES.orders", "object_type": "table", "privileges": "select"])
        )
        #expect(found["total"] == 2 && found["filteredToPrivileges"] == ["select"])
    }

    @Test(arguments: ["postgres", "powerbi"])
    func `asks the catalog where the source returns nothing`(system: String) async throws {
        let object: JSON =
            system == "postgres"
            ? ["object_path": "public.shop_orders", "object_type": "table"]
            : ["fully_qualified_name": "bramble_dw.SALES.orders"]
        let call = Self.objectToUsers(object, system: .string(system))
        let answer = try await TestCatalog().call("access_explorer", call)
        #expect(!answer.isFailure, "\(answer.text)")
        #expect(answer.structured?["fallback"] == "catalog_access")
        #expect(answer.text.contains("These are catalog permissions instead"))
    }

    @Test func `does not ask the catalog when the hint contradicts the connection`() async throws {
        let call = Self.objectToUsers(
            ["object_path": "a.b.c", "object_type": "table", "connection_id": 20],
            system: "oracle"
        )
        let answer = try await TestCatalog().call("access_explorer", call)
        #expect(answer.isFailure && answer.text.contains("mcp.source.system.hint.mismatch"))
    }

    @Test func `browses, and shows who is in a role`() async throws {
        let schemas = try await ask([
            "operation": "source_system_access", "query_direction": "browse", "source_system": "snowflake",
            "connection_id": 20, "object_type": "schema",
        ])
        #expect(schemas["total"] == 5)
        let users = try await ask([
            "operation": "source_system_access", "query_direction": "role_to_users", "source_system": "snowflake",
            "object_name": "ANALYST",
        ])
        #expect(users["total"] == 2)
    }

    @Test func `shows where a story's permissions come from`() async throws {
        let answer = try await TestCatalog().call(
            "access_explorer",
            [
                "operation": "catalog_access", "query_direction": "object_to_principals",
                "access_intent_confirmed": "catalog_acl", "object_name": "Retention policy", "object_type": "oestory",
            ]
        )
        #expect(answer.text.contains("These permissions are inherited from Legal (story zone)"))
        #expect(answer.text.contains("[Open in OvalEdge](http://sandbox.invalid/ovaledge/#nav/story?id="))
    }

    @Test func `shows what one person may do in the catalog`() async throws {
        let found = try await ask([
            "operation": "catalog_access", "query_direction": "user_to_object", "username": "aiko",
            "object_id": 501, "object_type": "oetable",
        ])
        #expect(found["total"] == 1)
        #expect(found["data"]?["effectiveAccess"]?["metadataPermission"] == "MR")
    }

    /// Signs anyone in, finds nothing in the catalog, and gives rights where `grants` has some for the path and level.
    private func scripted(_ grants: @escaping @Sendable (_ query: String) -> JSON) -> TestCatalog {
        TestCatalog(
            AnsweringHTTP { request in
                if request.url.hasSuffix(TokenExchange.path) {
                    return HTTPResponse(.ok, text: #"{"token":"e30.e30.c2ln"}"#, type: "application/json")
                }
                let data: JSON = request.method == .post ? ["items": []] : grants(request.url)
                let reply: JSON = ["ok": true, "data": data]
                return HTTPResponse(.ok, text: reply.text, type: "application/json")
            }
        )
    }

    private static func grants(_ paths: String..., level: String = "table", connection: Int = 7) -> JSON {
        let grants = paths.map { path -> JSON in
            [
                "principal": "ann", "objectLevel": .string(level), "objectPath": .string(path),
                "connectionId": .int(connection), "privileges": "SELECT",
            ]
        }
        return ["grants": .array(grants)]
    }

    @Test func `shows no one's rights before the schema is known`() async throws {
        let catalog = scripted { _ in Self.grants("db.a.orders", "db.b.orders") }
        let found = try await ask(Self.objectToUsers(["object_path": "orders", "object_type": "table"]), of: catalog)
        #expect(found["requiresSchemaSelection"] == true && found["total"] == 0)
        #expect(found["data"]?["matchCandidates"]?.array?.count == 2)
        #expect(found["data"]?["grants"] == [])
    }

    @Test func `looks into the schemas of a connection`() async throws {
        let catalog = scripted { url in
            if url.contains("queryDirection=browse") {
                return ["objects": [["objectName": "a"], ["objectName": "b"], ["objectName": "c"]]]
            }
            return url.contains("objectPath=b.orders") ? Self.grants("b.orders") : ["grants": []]
        }
        let call = Self.objectToUsers(["object_path": "orders", "object_type": "table", "connection_id": 7])
        let found = try await ask(call, of: catalog)
        #expect(found["discoveredSchemaCandidates"] == ["b.orders"] && found["total"] == 1)
    }

    @Test func `falls back from a column to its table on redshift`() async throws {
        let catalog = scripted { url in
            guard url.contains("includeColumns=true"), url.contains("objectPath=db.s.orders&") else {
                return ["grants": []]
            }
            return Self.grants("db.s.orders")
        }
        let call = Self.objectToUsers(
            ["object_path": "db.s.orders.email", "object_type": "column"],
            system: "redshift"
        )
        let found = try await ask(call, of: catalog)
        #expect(found["fallback"] == "table+includeColumns" && found["total"] == 1)
    }
}
