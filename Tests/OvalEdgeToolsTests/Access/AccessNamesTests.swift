import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import TestSupport
import Testing

/// Names that are no user names, connectors without rights, and codes that need a word of explanation.
@Suite struct `What cannot be answered about access` {
    private static func call(_ direction: String, _ system: String, user: String) -> JSON {
        [
            "operation": "source_system_access", "query_direction": .string(direction),
            "source_system": .string(system),
            "username": .string(user),
        ]
    }

    @Test(arguments: ["user_to_objects", "user_to_roles"])
    func `of a connector without rights names what can`(direction: String) async throws {
        let ovalEdge = ScriptedOvalEdge { _ in
            ScriptedOvalEdge.refusal(
                .badRequest,
                "oracle is not supported for native DAM",
                code: "mcp.source.system.unsupported"
            )
        }
        let answer = try await TestCatalog(ovalEdge.client)
            .call("access_explorer", Self.call(direction, "oracle", user: "jsmith"))
        #expect(answer.isFailure && answer.text.contains("no native rights for this connector"), "\(answer.text)")
        #expect(answer.text.contains("`operation` `catalog_access` answers for one object"))
        #expect(!answer.text.contains("Correct the arguments"))
    }

    @Test(arguments: ["object_to_principals", "user_to_object"])
    func `of several objects of one name says which it is about`(direction: String) async throws {
        let ovalEdge = ScriptedOvalEdge { _ in
            ScriptedOvalEdge.data(["objectId": 1066, "objectType": "oetable", "principals": [["name": "ann"]]])
        }
        var call: JSON = [
            "operation": "catalog_access", "query_direction": .string(direction), "username": "ann",
            "access_intent_confirmed": "catalog_acl", "object_type": "oetable",
        ]
        call["object_name"] = "orders"
        let named = try await TestCatalog(ovalEdge.client).call("access_explorer", call)
        #expect(named.text.contains("This is `oetable 1066`.\n"), "\(named.text)")
        #expect(
            named.text.contains("Others may be called orders, too; for one of them, call again with its `object_id`.")
        )
        #expect(named.structured?["data"]?["objectId"] == 1066)
        (call["object_name"], call["object_id"]) = (nil, 1066)
        let known = try await TestCatalog(ovalEdge.client).call("access_explorer", call)
        #expect(!known.text.contains("Others may"))
    }

    private static func owners(_ people: JSON...) -> HTTPResponse {
        let items = people.enumerated().map { number, person -> JSON in
            ["objectId": .int(number + 1), "objectType": "oetable", "objectName": "t", "owner": person]
        }
        return ScriptedOvalEdge.data(["items": .array(items), "total": .int(items.count)])
    }

    private static func person(_ display: String, _ user: String) -> JSON {
        ["displayName": .string(display), "userName": .string(user)]
    }

    @Test func `with a display name lists the user names that have it`() async throws {
        let ovalEdge = ScriptedOvalEdge { request in
            guard request.method == .post else { return ScriptedOvalEdge.refusal(.notFound, "Unknown") }
            return Self.owners(
                Self.person("John Smith", "jsmith"),
                Self.person("john smith", "jsmith2"),
                Self.person("John Smith", "jsmith"),
                Self.person("Joan Smith", "joan")
            )
        }
        let answer = try await TestCatalog(ovalEdge.client)
            .call("access_explorer", Self.call("user_to_objects", "snowflake", user: "John Smith"))
        #expect(answer.isFailure)
        #expect(
            answer.text.contains(
                "In the catalog John Smith is the display name of `jsmith`, `jsmith2`. Ask the person"
            ),
            "\(answer.text)"
        )
        #expect(!answer.text.contains("OVALEDGE_BASE_URL") && !answer.text.contains("context path"))
        #expect(ovalEdge.searches == [["owner": "John Smith"]])
    }

    @Test func `with an unknown name says which name is wanted`() async throws {
        let ovalEdge = ScriptedOvalEdge { request in
            request.method == .post ? Self.owners() : ScriptedOvalEdge.refusal(.notFound, "Unknown")
        }
        let answer = try await TestCatalog(ovalEdge.client, endpoints: EndpointSelector(fixed: .consolidated))
            .call("access_explorer", Self.call("user_to_roles", "snowflake", user: "jhon"))
        #expect(answer.isFailure && answer.text.contains("Give the sign-in name"), "\(answer.text)")
        #expect(answer.text.contains("`object_to_principals` lists those of one object"))
        #expect(ovalEdge.searches == [["owner": "jhon"], ["steward": "jhon"]])
    }

    @Test func `with a display name and no rights names the user name`() async throws {
        let ovalEdge = ScriptedOvalEdge { request in
            request.method == .post
                ? Self.owners(Self.person("Maria Garcia", "mgarcia")) : ScriptedOvalEdge.data(["grants": []])
        }
        let answer = try await TestCatalog(ovalEdge.client)
            .call("access_explorer", Self.call("user_to_objects", "snowflake", user: "Maria Garcia"))
        #expect(answer.text.contains("In the catalog Maria Garcia is the display name of `mgarcia`. Call again"))
    }

    private static let catalog: JSON = [
        "operation": "catalog_access", "query_direction": "user_to_object", "username": "ann", "object_id": 5,
        "object_type": "oetable",
    ]

    @Test func `explains a code, and says none where a permission is null`() async throws {
        let ovalEdge = ScriptedOvalEdge { _ in
            ScriptedOvalEdge.data([
                "objectId": 5, "effectiveAccess": ["metadataPermission": "MR", "dataPermission": .null],
            ])
        }
        let answer = try await TestCatalog(ovalEdge.client).call("access_explorer", Self.catalog)
        #expect(answer.text.contains("- Metadata permission: MR\n- Data permission: none"), "\(answer.text)")
        #expect(answer.text.contains("Permissions: MR may read the metadata."))
        #expect(answer.structured?["data"]?["effectiveAccess"]?["dataPermission"] == "none")
    }

    @Test func `explains each code of a list once`() async throws {
        let ovalEdge = ScriptedOvalEdge { _ in
            ScriptedOvalEdge.data([
                "objectId": 5,
                "principals": [
                    ["name": "ann", "metadataPermission": "MW", "dataPermission": "DPR"],
                    ["name": "ben", "metadataPermission": "MR", "dataPermission": "DNA"],
                    ["name": "eve", "metadataPermission": "MR", "dataPermission": .null],
                ],
            ])
        }
        var call = Self.catalog
        call["query_direction"] = "object_to_principals"
        call["username"] = nil
        call["access_intent_confirmed"] = "catalog_acl"
        let answer = try await TestCatalog(ovalEdge.client).call("access_explorer", call)
        #expect(answer.text.contains("| eve | MR | none |"), "\(answer.text)")
        #expect(
            answer.text.contains(
                """
                Permissions: MR may read the metadata; MW may read and change the metadata; DNA no access to the data; \
                DPR may see a preview of the data, not query or download it.
                """
            )
        )
    }

    @Test func `says in its schema what browsing and paths need`() {
        let properties = AccessExplorer.inputSchema["properties"]
        #expect(properties?["connection_id"]?["description"] == "Id of the connection; needed to browse.")
        let type = properties?["object_type"]?["description"]?.string ?? ""
        #expect(type.hasSuffix("Needed to browse, and with object_path or object_id."))
    }
}

extension ScriptedOvalEdge {
    /// What was searched for in the catalog, as filters.
    fileprivate var searches: [JSON] { requests.filter { $0.method == .post }.compactMap { $0.json["filters"] } }
}
