import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Synchronization
import TestSupport
import Testing

/// Several objects, several connections, many schemas, and what the catalog says in their place.
@Suite struct `A question about access that has no plain answer` {
    /// What is asked of a pretend OvalEdge, as `GET operation…` or `POST {…}`, and what it says.
    private typealias Answering = @Sendable (_ request: HTTPRequest) -> HTTPResponse

    private static func data(_ data: JSON) -> HTTPResponse {
        HTTPResponse(.ok, text: JSON.members(("ok", true), ("data", data)).text, type: "application/json")
    }

    private static let unsupported = HTTPResponse(
        .badRequest,
        text: #"{"code":"mcp.source.system.unsupported","message":"Not supported for native DAM"}"#,
        type: "application/json"
    )

    private func ask(_ arguments: JSON, _ answer: @escaping Answering) async throws -> (Answer, [String]) {
        let sent = Recorded()
        let catalog = TestCatalog(
            AnsweringHTTP { request in
                guard !request.url.hasSuffix(TokenExchange.path) else {
                    return HTTPResponse(.ok, text: #"{"token":"e30.e30.c2ln"}"#, type: "application/json")
                }
                sent.add(request)
                return answer(request)
            }
        )
        return (try await catalog.call("access_explorer", arguments), sent.all)
    }

    private static func native(_ system: String, _ more: JSON) -> JSON {
        let members: JSON = [
            "operation": "source_system_access", "query_direction": "object_to_users",
            "source_system": .string(system), "access_intent_confirmed": "native",
        ]
        return .object(JSONObject((members.object?.members ?? []) + (more.object?.members ?? [])))
    }

    private static func grant(on path: String, level: String = "table", connection: Int = 7) -> JSON {
        [
            "principal": "ann", "objectLevel": .string(level), "objectPath": .string(path),
            "connectionId": .int(connection), "privileges": "SELECT",
        ]
    }

    @Test func `about a schema points to what lies in it, where nothing is granted on it itself`() async throws {
        let call = Self.native("snowflake", ["object_path": "db.s", "object_type": "schema"])
        let (answer, _) = try await ask(call) { _ in Self.data(["grants": [], "summary": ["totalGrants": 0]]) }
        #expect(
            answer.text.contains(
                "No right was found on the schema itself. Rights on what lies in it come with `scope_mode` descendants"
            ),
            "\(answer.text)"
        )
    }

    @Test(arguments: [
        (8, "`object_path` and `connection_id`."), (7, "`object_id` and `object_type`, as some have one"),
    ])
    func `asks which of several is meant by what they differ in`(connection: Int, way: String) async throws {
        let call = Self.native("snowflake", ["object_path": "s.orders", "object_type": "table"])
        let candidates = [7, connection].map { number -> JSON in
            ["objectPath": "db.s.orders", "connectionId": .int(number), "objectId": 5]
        }
        let (answer, _) = try await ask(call) { _ in
            Self.data(["grants": [], "ambiguousMatch": true, "matchCandidates": .array(candidates)])
        }
        #expect(answer.text.contains("Ask which is meant, then call again with its \(way)"), "\(answer.text)")
    }

    @Test func `is answered by the catalog for each of several paths`() async throws {
        let call = Self.native(
            "oracle",
            ["object_path": ["db.s.orders", "db.s.gone", "db.s.items"], "object_type": "table"]
        )
        let (answer, _) = try await ask(call) { request in
            if request.url.contains("source_system_access") { return Self.unsupported }
            if request.url.contains("gone") { return HTTPResponse(.notFound, text: "{}", type: "application/json") }
            let name = request.url.contains("items") ? "ben" : "ann"
            return Self.data(["objectId": 5, "principals": [["name": .string(name)], ["name": "OE_ADMIN"]]])
        }
        #expect(!answer.isFailure, "\(answer.text)")
        #expect(answer.structured?["fallback"] == "catalog_access" && answer.structured?["total"] == 4)
        let objects = answer.structured?["data"]?["objects"]?.array ?? []
        #expect(objects.map { $0["objectPath"] } == ["db.s.orders", "db.s.items"])
        #expect(objects.map { $0["principals"]?[0]?["name"] } == ["ann", "ben"])
        #expect(answer.text.contains("The catalog had no answer for 1 of 3 objects."))
        #expect(answer.text.contains("## db.s.orders") && answer.text.contains("## db.s.items"))
    }

    @Test func `keeps the refusal of the source where the catalog has no answer either`() async throws {
        let call = Self.native("oracle", ["object_path": "db.s.orders", "object_type": "table"])
        let (answer, _) = try await ask(call) { request in
            request.url.contains("source_system_access")
                ? Self.unsupported : HTTPResponse(.notFound, text: #"{"message":"Unknown"}"#, type: "application/json")
        }
        #expect(answer.isFailure && answer.text.contains("mcp.source.system.unsupported"))
    }

    @Test func `is not handed to the catalog when it is about a person`() async throws {
        let call: JSON = [
            "operation": "source_system_access", "query_direction": "user_to_objects", "source_system": "oracle",
            "username": "ann",
        ]
        let (answer, sent) = try await ask(call) { _ in Self.unsupported }
        #expect(answer.isFailure && answer.text.contains("mcp.source.system.unsupported"))
        #expect(sent.count == 1)
    }

    @Test func `says when rights come from several connections`() async throws {
        let call = Self.native("snowflake", ["object_path": "db.s.orders", "object_type": "table"])
        let (answer, _) = try await ask(call) { request in
            guard request.method == .get else { return Self.data(["items": []]) }
            return Self.data([
                "grants": [Self.grant(on: "db.s.orders", connection: 9), Self.grant(on: "db.s.orders", connection: 7)]
            ])
        }
        #expect(answer.structured?["multipleConnections"] == true)
        #expect(answer.structured?["connectionIds"] == [7, 9] && answer.structured?["total"] == 2)
        #expect(answer.text.contains("These rights come from several connections"))
    }

    @Test func `keeps the words of a report's name in Tableau`() async throws {
        let call = Self.native("Tableau", ["object_path": "Marketing / The Weekly Table", "object_type": "oechart"])
        let (answer, sent) = try await ask(call) { request in
            guard request.method == .get else { return Self.data(["items": []]) }
            return Self.data(["grants": [Self.grant(on: "Marketing/The Weekly Table", level: "report")]])
        }
        #expect(answer.structured?["total"] == 1)
        let path = URLText.query([("objectPath", "Marketing/The Weekly Table")])
        #expect(sent.last?.contains("sourceSystem=tableau") == true)
        #expect(sent.last?.contains("objectType=report&\(path)") == true, "\(sent)")
    }

    @Test(
        arguments: [
            (["object_path": "Marketing/Q1.5 Sales"], "Marketing/Q1.5 Sales"),
            (["object_name": "Q1.5 Sales"], "Marketing/Q1.5 Sales"),
            (["fully_qualified_name": "Marketing.Q1.5 Sales"], "Marketing/Q1.5 Sales"),
        ] as [(JSON, String)]
    )
    func `is asked of Tableau with a path as Tableau writes it`(object: JSON, path: String) async throws {
        var call = Self.native("tableau", object)
        call["object_type"] = "report"
        let (answer, sent) = try await ask(call) { request in
            guard request.method == .get else {
                return Self.data([
                    "items": [
                        [
                            "objectId": 8, "objectType": "oechart", "objectName": "Q1.5 Sales", "connectionInfoId": 3,
                            "fullyQualifiedName": "Marketing.Q1.5 Sales", "serverType": "tableau",
                        ]
                    ]
                ])
            }
            return Self.data(["grants": [Self.grant(on: path, level: "report", connection: 3)]])
        }
        #expect(answer.structured?["total"] == 1)
        #expect(
            sent.last?.contains("objectId=8&objectType=report&\(URLText.query([("objectPath", path)]))") == true,
            "\(sent)"
        )
    }

    /// What the search for `orders` finds: one in connection 7 by its own word, one in 9 by its details.
    private static func search(_ request: HTTPRequest) -> HTTPResponse? {
        if request.method == .post {
            return data([
                "items": [
                    [
                        "objectId": 1, "objectType": "oetable", "objectName": "orders", "connectionInfoId": 7,
                        "fullyQualifiedName": "a.s.orders", "serverType": "snowflake",
                    ],
                    [
                        "objectId": 2, "objectType": "oetable", "objectName": "orders",
                        "fullyQualifiedName": "b.s.orders", "serverType": "snowflake",
                    ],
                ]
            ])
        }
        return request.url.contains("asset-details")
            ? data(["details": ["objectId": 2, "objectType": "oetable", "connectionInfoId": 9]]) : nil
    }

    @Test func `is about all objects of a name when all are wanted`() async throws {
        let call = Self.native(
            "snowflake",
            ["object_name": "orders", "object_type": "table", "resolve_all_matches": true]
        )
        let (answer, sent) = try await ask(call) { request in
            Self.search(request) ?? Self.data(["grants": [Self.grant(on: "a.s.orders"), Self.grant(on: "b.s.orders")]])
        }
        #expect(answer.structured?["total"] == 2)
        #expect(sent.last?.contains("objectType=table&objectPath=a.s.orders&objectPath=b.s.orders") == true, "\(sent)")
        #expect(sent.last?.contains("resolveAllMatches=true") == true)
        #expect(sent.last?.contains("connectionId") == false && sent.last?.contains("objectId") == false)
    }

    @Test func `takes the one object that lies in the connection`() async throws {
        let call = Self.native("snowflake", ["fully_qualified_name": "s.orders", "connection_id": 9])
        let (answer, sent) = try await ask(call) { request in
            Self.search(request) ?? Self.data(["grants": [Self.grant(on: "b.s.orders", connection: 9)]])
        }
        #expect(answer.structured?["total"] == 1)
        #expect(
            sent.map { $0.split(separator: "?")[0].split(separator: "/").last } == [
                "asset-explorer", "asset-details", "access-explorer",
            ]
        )
        #expect(
            sent.last?.hasSuffix("&objectId=2&objectType=table&objectPath=b.s.orders&connectionId=9") == true,
            "\(sent)"
        )
    }

    @Test func `looks nothing up for an object that is known by id and type`() async throws {
        let call = Self.native("netezza", ["object_id": 5, "object_type": "oetable"])
        let (answer, sent) = try await ask(call) { _ in Self.data(["grants": [Self.grant(on: "a.s.t")]]) }
        #expect(answer.structured?["total"] == 1)
        #expect(sent.count == 1 && sent[0].hasSuffix("queryDirection=object_to_users&objectId=5&objectType=table"))
    }

    @Test(arguments: [(40, "s3", 30, 1), (40, "s35", 30, 0), (12, "s2 s3", 8, 0)])
    func `looks into thirty schemas at most, and no further than two answers`(
        schemas: Int,
        holders: String,
        looks: Int,
        total: Int
    ) async throws {
        let held = holders.split(separator: " ").map { "\($0).orders" }
        let call = Self.native("snowflake", ["object_path": "orders", "object_type": "table", "connection_id": 7])
        let (answer, sent) = try await ask(call) { request in
            guard request.method == .get else { return Self.data(["items": []]) }
            if request.url.contains("queryDirection=browse") {
                return Self.data(["objects": .array((0..<schemas).map { ["objectName": .string("s\($0)")] })])
            }
            let found = held.filter { request.url.contains("objectPath=\($0)&") }
            return Self.data(["grants": .array(found.map { Self.grant(on: $0) })])
        }
        #expect(sent.count { !$0.ranges(of: /objectPath=s\d+\.orders/).isEmpty } == looks)
        #expect(answer.structured?["total"] == .int(total))
        #expect(answer.text.contains("Of 40 schemas the first 30 were looked into") == (schemas == 40))
        #expect((answer.structured?["requiresSchemaSelection"] == true) == (held.count == 2))
        if held.count == 2 { #expect(answer.text.contains("Tables of this name lie in at least 2 schemas")) }
    }
}

/// What was sent, in order.
private final class Recorded: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    func add(_ request: HTTPRequest) { lines.withLock { $0.append(request.url) } }
}
