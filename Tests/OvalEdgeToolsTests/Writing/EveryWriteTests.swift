import HTTP
import JSON
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import Synchronization
import TestSupport
import Testing
import Writes

/// One call of a tool that writes, and another value for one of its arguments.
struct AnyWrite: CustomTestStringConvertible, Sendable {
    let tool: String
    let arguments: JSON
    let changed: (name: String, value: JSON)

    init(_ tool: String, _ arguments: JSON, changing name: String, to value: JSON) {
        self.tool = tool
        self.arguments = arguments
        changed = (name, value)
    }

    var testDescription: String { [tool, arguments["step"]?.string].compactMap { $0 }.joined(separator: ", ") }

    /// The same with this text where it takes any.
    func holding(_ text: String) -> JSON {
        let value: JSON =
            switch changed.name {
            case "role_updates": ["owner": .string(text)]
            case "field_updates": [["field_name": "Note", "value": .string(text)]]
            default: .string(text)
            }
        var arguments = arguments
        arguments[changed.name] = value
        return arguments
    }

    private static let queries: JSON = [
        "step": "validate_query", "connection_id": 20, "schema_id": 102,
        "rule_query": "SELECT COUNT(*) FROM SALES.orders",
        "stats_query": "SELECT COUNT(*) FROM SALES.orders", "failed_values_query": "SELECT channel FROM SALES.orders",
    ]

    private static var rule: JSON {
        var rule = queries
        rule["step"] = "create_custom_sql"
        rule["sql_rule_name"] = "Channel is known"
        rule["recommended_function"] = "SQL Exact Value"
        rule["objects"] = [["object_id": 50106, "object_type": "oecolumn"]]
        return rule
    }

    static let all = [
        AnyWrite(
            "update_asset_descriptions",
            ["object_id": 501, "object_type": "oetable", "business_description": "A"],
            changing: "business_description",
            to: "B"
        ),
        AnyWrite(
            "update_cde_associations",
            ["targets": [["object_id": 502, "object_type": "oetable"]], "action": "Yes"],
            changing: "cde_category",
            to: "Tier1"
        ),
        AnyWrite(
            "create_glossary_term",
            ["term_name": "A", "domain_name": "Sales > Revenue > Reported revenue", "description": "B"],
            changing: "description",
            to: "C"
        ),
        AnyWrite(
            "create_tag",
            ["tag_name": "A", "create_directly_under_master": true, "parent_step_completed_by_user": true],
            changing: "tag_name",
            to: "B"
        ),
        AnyWrite(
            "update_governance_roles",
            ["object_id": 501, "object_type": "oetable", "role_updates": ["owner": "lena"]],
            changing: "role_updates",
            to: ["owner": "aiko"]
        ),
        AnyWrite(
            "update_custom_field_value",
            [
                "object_id": 501, "object_type": "oetable",
                "field_updates": [["field_name": "Region", "value": "APAC"]],
            ],
            changing: "field_updates",
            to: [["field_name": "Region", "value": "AMER"]]
        ),
        AnyWrite("dq_rule_advisor", queries, changing: "rule_query", to: "SELECT 1 FROM SALES.orders"),
        AnyWrite("dq_rule_manager", rule, changing: "rule_query", to: "SELECT 1 FROM SALES.orders"),
        AnyWrite(
            "dq_rule_manager",
            [
                "step": "create_standard", "prefer_existing_rule": false,
                "objects": [["object_id": 50102, "object_type": "oecolumn"]],
            ],
            changing: "supplemental_criteria_text",
            to: "All of them."
        ),
        AnyWrite(
            "dq_rule_manager",
            ["step": "associate", "dqrule_id": 701, "objects": [["object_id": 51101, "object_type": "oecolumn"]]],
            changing: "dqrule_id",
            to: 702
        ),
        AnyWrite(
            "create_service_request",
            ["request_type": "access", "object_type": "table", "object_id": [501], "summary": "A"],
            changing: "summary",
            to: "B"
        ),
    ]
}

@Suite struct `Every tool that writes` {
    private let sandbox = SandboxClient()

    @Test func `is among these`() {
        let writing = Registry.tools.filter { tool in tool.definition.effect != .reads }
        #expect(Set(AnyWrite.all.map { $0.tool }) == Set(writing.map { tool in tool.definition.name }))
    }

    @Test(arguments: AnyWrite.all)
    func `shows the change first and writes another one for no token`(_ write: AnyWrite) async throws {
        let catalog = TestCatalog(sandbox)
        let preview = try await catalog.call(write.tool, write.arguments)
        #expect(preview.structured?["awaitingUserConfirmation"] == true, "\(preview.text)")
        let token = try #require(preview.structured?["confirmationToken"]?.string)

        var agreed = write.arguments
        agreed["write_confirmed_by_user"] = true
        let without = try await catalog.call(write.tool, agreed)
        #expect(without.structured?["awaitingUserConfirmation"] == true)

        agreed["confirmation_token"] = .string(token)
        var other = agreed
        other[write.changed.name] = write.changed.value
        let refused = try await catalog.call(write.tool, other)
        #expect(refused.isFailure && refused.structured == nil)
        #expect(refused.text.contains("does not match") && !refused.text.contains(token), "\(refused.text)")
        #expect(try catalog.audit().lines.isEmpty)
        #expect(sent == 0)

        let done = try await catalog.call(write.tool, agreed)
        #expect(!done.isFailure && sent == 1, "\(done.text)")
    }

    private static let secret = "Zk4-Wq9pLm2vXr7tBn6s"

    @Test(arguments: AnyWrite.all.filter { $0.arguments["step"] != "associate" }, [secret, "%5Ak4-Wq9pLm2vXr7tBn6s"])
    func `refuses a change that contains a secret of this server, before anyone sees it`(
        _ write: AnyWrite,
        secret: String
    ) async throws {
        let redactor = Redactor()
        redactor.add(Secret(Self.secret))
        let catalog = TestCatalog(sandbox, log: Log(.error, redactor: redactor) { _ in })
        let answer = try await catalog.call(write.tool, write.holding("It is \(secret)."))
        #expect(answer.isFailure && answer.structured == nil)
        #expect(answer.text.contains("contains a secret of this server; nothing was written."), "\(answer.text)")
        #expect(try catalog.audit().lines.isEmpty && sent == 0)
    }

    @Test(arguments: AnyWrite.all, [.connectionRefused(host: "h"), .cancelled] as [HTTPFailure])
    func `says that nothing was written where OvalEdge is gone after the yes`(
        _ write: AnyWrite,
        failure: HTTPFailure
    ) async throws {
        // This one needs nothing but what it was given, so that it comes to the sending.
        guard write.arguments["step"] != "validate_query" || failure != .cancelled else { return }
        let isGone = Atomic(false)
        let client = AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
            if isGone.load(ordering: .relaxed) { throw failure }
            return try await sandbox.send(request)
        }
        let asked = try await TestCatalog(
            client,
            consent: { _ in
                isGone.store(true, ordering: .relaxed)
                return .given(how: "terminal")
            }
        ).call(write.tool, write.arguments)
        isGone.store(false, ordering: .relaxed)
        let catalog = TestCatalog(client)
        var agreed = write.arguments
        agreed["write_confirmed_by_user"] = true
        agreed["confirmation_token"] = try await catalog.call(write.tool, agreed).structured?["confirmationToken"]
        isGone.store(true, ordering: .relaxed)
        for answer in [asked, try await catalog.call(write.tool, agreed)] {
            #expect(answer.isFailure && answer.text.lowercased().contains("nothing was written"), "\(answer.text)")
            #expect(!answer.text.contains("cancelled"), "\(answer.text)")
        }
        #expect(sent == 0)
    }

    @Test(arguments: AnyWrite.all)
    func `names the limit where the time of the call runs out while it is sent`(_ write: AnyWrite) async throws {
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                if Self.changes(request.method, request.url) { throw .cancelled }
                return try await sandbox.send(request)
            }
        )
        let done = try await catalog.confirmed(write.tool, write.arguments).done
        #expect(done.isFailure && done.tellsOutcome && !done.text.contains("cancelled"), "\(done.text)")
        #expect(done.text.contains("Remedy: raiseCallDeadline.") && done.text.contains("is unknown"))
    }

    /// The requests that change something.
    private var sent: Int {
        sandbox.record.requests.count { Self.changes($0.method, $0.path) }
    }

    private static func changes(_ method: HTTPMethod, _ path: String) -> Bool {
        let reads = ["asset-explorer", "assess-cde", "generate-queries", "generate", TokenExchange.path]
        return method == .post && !reads.contains { path.hasSuffix($0) }
    }
}
