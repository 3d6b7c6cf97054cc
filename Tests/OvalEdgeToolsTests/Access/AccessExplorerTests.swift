import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import TestSupport
import Testing

@Suite struct `access_explorer` {
    private static let source: JSON = ["operation": "source_system_access", "source_system": "Snowflake"]
    private static let toUsers: JSON = [
        "operation": "source_system_access", "source_system": "Snowflake", "query_direction": "object_to_users",
        "object_path": "a.b.c", "object_type": "table",
    ]
    private static let toPrincipals: JSON = [
        "operation": "catalog_access", "query_direction": "object_to_principals", "fully_qualified_name": "a.b.c",
    ]

    /// What a call would send, before names are looked up.
    private func sent(_ arguments: JSON) throws -> String {
        var input = Arguments(arguments.object ?? JSONObject(), of: "access_explorer")
        let query = AccessExplorer(&input).query
        try #require(input.mistakes == [])
        return URLText.query(APIRequest.access(query).query)
    }

    private func with(_ more: JSON) -> JSON {
        .object(JSONObject((Self.source.object?.members ?? []) + (more.object?.members ?? [])))
    }

    @Test func `asks the catalog by id, by full name and by name`() throws {
        let user: JSON = ["operation": "catalog_access", "query_direction": "user_to_object", "username": "ann"]
        let rest = "operation=catalog_access&queryDirection=user_to_object&username=ann"
        for (more, query) in [
            (["object_id": 501, "object_type": "oetable"], "objectId=501&objectType=oetable"),
            (["fully_qualified_name": "dw.s.t"], "fullyQualifiedName=dw.s.t"),
            (["object_name": "t", "object_type": "oetable"], "objectType=oetable&objectName=t"),
            (["object_name": "t", "resolve_all_matches": true], "objectName=t&resolveAllMatches=true"),
            (["object_name": "dw", "object_type": "connector"], "objectType=connector&objectName=dw"),
        ] as [(JSON, String)] {
            let arguments = JSON.object(JSONObject((user.object?.members ?? []) + (more.object?.members ?? [])))
            #expect(try sent(arguments) == "\(rest)&\(query)")
        }
    }

    @Test(
        arguments: [
            (
                ["query_direction": "user_to_objects", "username": ["ann", "bob"]],
                "user_to_objects&username=ann&username=bob"
            ),
            (
                [
                    "query_direction": "object_to_users", "object_path": "the \"sales\".`orders` table",
                    "object_type": "oetable",
                ],
                "object_to_users&objectType=table&objectPath=sales.orders"
            ),
            (
                [
                    "query_direction": "object_to_users", "object_id": 5, "object_type": "oetable",
                    "include_columns": true,
                ],
                "object_to_users&objectId=5&objectType=table&includeColumns=true"
            ),
            (
                ["query_direction": "browse", "connection_id": 20, "object_type": "table", "object_path": "db.sales"],
                "browse&objectType=table&objectPath=db.sales&connectionId=20"
            ),
            (
                ["query_direction": "object_to_users", "connection_id": 20, "scope_mode": "descendants"],
                "object_to_users&connectionId=20&scopeMode=descendants"
            ),
            (
                ["query_direction": "user_to_objects", "username": "ann", "object_path": "a.b", "object_type": "all"],
                "user_to_objects&username=ann&objectPath=a.b"
            ),
            (
                ["query_direction": "role_to_users", "object_name": "ANALYST", "object_type": "table"],
                "role_to_users&objectName=ANALYST"
            ),
        ] as [(JSON, String)]
    )
    func `asks a source system in its own words`(arguments: JSON, query: String) throws {
        let start = "operation=source_system_access&sourceSystem=snowflake&queryDirection="
        #expect(try sent(with(arguments)) == start + query)
    }

    @Test(
        arguments: [
            (["query_direction": "user_to_object"], "`query_direction` `user_to_object` belongs to `operation`"),
            (["query_direction": "user_to_objects"], "`username` is needed"),
            (["query_direction": "user_to_objects", "username": "a", "object_path": "x"], "`object_type` is needed"),
            (
                ["query_direction": "user_to_objects", "username": "a", "scope_mode": "descendants"],
                "`scope_mode` `descendants` needs `object_path`"
            ),
            (["query_direction": "object_to_users"], "The object is missing"),
            (["query_direction": "object_to_users", "object_id": 5], "`object_type` is needed with `object_id`"),
            (
                ["query_direction": "object_to_users", "object_path": "a.b", "object_type": "column"],
                "`object_type` `column` is for redshift only"
            ),
            (
                ["query_direction": "object_to_users", "object_path": "a", "object_type": "report"],
                "`object_type` `report` is for tableau only"
            ),
            (
                ["query_direction": "object_to_users", "object_path": "a.b.c.d.e", "object_type": "table"],
                "`object_path` `a.b.c.d.e` is too deep for a table: it has 5 parts, and 3 are the most."
            ),
            (["query_direction": "browse", "object_type": "schema"], "`connection_id` is needed"),
            (["query_direction": "browse", "connection_id": 1], "`object_type` is needed: which level to list."),
            (
                ["query_direction": "browse", "connection_id": 1, "object_type": "database", "object_path": "a"],
                "`object_path` must be left out for databases"
            ),
            (
                ["query_direction": "user_to_objects", "username": "a", "connection_id": [1, 2]],
                "`connection_id` takes one value"
            ),
            (
                ["query_direction": "user_to_objects", "username": "a", "source_system": "snowflake,redshift"],
                "`source_system` takes one value"
            ),
            (
                ["operation": "access", "query_direction": "browse"],
                "`operation` cannot be `access`; did you mean `catalog_access`?"
            ),
            (["query_direction": .null], "`query_direction` is missing: "),
            (
                ["query_direction": "role_to_users", "source_system": " ", "object_name": "r"],
                "`source_system` is needed"
            ),
            (
                ["query_direction": "object_to_users", "object_id": 5, "object_type": ["table", "schema"]],
                "`object_type` takes one value; call once for each of the 2."
            ),
            (["query_direction": "role_to_users"], "`object_name` is needed: the name of the role."),
            (["query_direction": "group_to_users", "object_name": "g"], "`query_direction` `group_to_users`"),
            (["query_direction": "user_to_roles"], "`username` is needed: whose."),
        ] as [(JSON, String)]
    )
    func `reports what does not go together, and sends nothing`(arguments: JSON, beginning: String) {
        var call = Self.source
        for member in arguments.object?.members ?? [] { call[member.name] = member.value }
        let found = mistakes(AccessExplorer.self, call)
        #expect(found.count == 1 && found[0].hasPrefix(beginning), "\(found)")
    }

    @Test(
        arguments: [
            (["query_direction": "user_to_object", "object_id": 5, "object_type": "oetable"], "`username` is needed"),
            (["query_direction": "object_to_principals"], "Give exactly one of"),
            (["query_direction": "object_to_principals", "object_id": 5], "`object_id` needs its `object_type`."),
            (
                ["query_direction": "object_to_principals", "object_name": "a", "fully_qualified_name": "b"],
                "Give exactly one of"
            ),
            (
                ["query_direction": "object_to_principals", "object_name": "a", "object_type": "database"],
                "`object_type` cannot be `database` here; use the catalog's own types, such as oetable."
            ),
            (
                ["query_direction": "object_to_principals", "object_name": "a", "object_type": "oetabel"],
                "`object_type` cannot be `oetabel` here; did you mean `oetable`?"
            ),
        ] as [(JSON, String)]
    )
    func `reports what is missing for the catalog`(arguments: JSON, beginning: String) {
        var call: JSON = ["operation": "catalog_access"]
        for member in arguments.object?.members ?? [] { call[member.name] = member.value }
        let found = mistakes(AccessExplorer.self, call)
        #expect(found.count == 1 && found[0].hasPrefix(beginning), "\(found)")
    }

    @Test(
        arguments: [
            (Self.toUsers, nil), (Self.toUsers, "catalog_acl"), (Self.toPrincipals, nil), (Self.toPrincipals, "native"),
        ] as [(JSON, String?)]
    )
    func `asks which kind of access is meant, and looks nothing up`(call: JSON, intent: String?) async throws {
        let catalog = TestCatalog(AnsweringHTTP { _ throws(HTTPFailure) in throw .cancelled })
        var call = call
        if let intent { call["access_intent_confirmed"] = .string(intent) }
        let answer = try await catalog.call("access_explorer", call)
        #expect(answer.isFailure && answer.text.hasSuffix("Code: `ACCESS_INTENT_REQUIRED`"))
        #expect(answer.text.contains("looked up"))
        #expect(answer.text.contains(intent == nil ? "Ask the person" : "does not go with"))
    }

    @Test func `has nineteen directions`() {
        #expect(AccessDirection.allCases.count == 19)
        #expect(AccessDirection.allCases.count { $0.operation == .catalog } == 2)
    }

    /// The words that decide are the same wherever they are written.
    @Test func `names the same signals as the guide and the prompt`() async throws {
        let prompt = try await TestCatalog().prompt("resolve_object_access", ["question": "who?"])
        let text = prompt.messages.map { "\($0)" }.joined()
        for signal in [AccessIntent.native, .catalog].flatMap({ $0.signals }) { #expect(text.contains(signal)) }
    }
}
