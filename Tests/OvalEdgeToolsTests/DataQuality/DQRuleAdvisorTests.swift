import HTTP
import JSON
import JSONRPC
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing
import Writes

@Suite struct `dq_rule_advisor` {
    private static let column: JSON = ["object_id": 50105, "object_type": "column"]
    private static let queries: JSON = [
        "step": "validate_query", "connection_id": 20, "schema_id": 102,
        "rule_query": "SELECT COUNT(*)\nFROM SALES.orders\nWHERE net_amount < 0",
        "stats_query": "SELECT COUNT(*) FROM SALES.orders",
        "failed_values_query": "SELECT net_amount FROM SALES.orders WHERE net_amount < 0",
    ]
    private let sandbox = SandboxClient()

    @Test(
        arguments: [
            ([:], ["`step` is missing: What to do."]),
            (["step": "assess"], ["The step assess takes either `objects` or `discover_cde_columns`: true."]),
            (
                ["step": "assess", "objects": [["object_id": 1, "object_type": "chart"]]],
                ["`objects[0].object_type` cannot be `chart`. It is one of "]
            ),
            (["step": "assess", "objects": "the columns"], ["`objects` must be an object such as "]),
            (
                ["step": "generate_query", "objects": [column, column]],
                ["`objects` must name one object for the step generate_query; call it once for each."]
            ),
            (
                ["step": "validate_query", "rule_query": "SELECT 1", "stats_query": " ", "connection_id": 0],
                [
                    "`stats_query` is needed", "`failed_values_query` is needed", "`connection_id` is needed",
                    "`schema_id` is needed",
                ]
            ),
            (["step": "generate_query"], ["`objects` must name one object for the step generate_query"]),
            (
                ["step": "generate_query", "objects": [["object_type": "column"]]],
                ["`objects[0].object_id` is missing."]
            ),
            (
                ["step": "generate_query", "objects": [["object_id": 1, "object_type": "tag"]]],
                ["`objects[0].object_type`"]
            ),
            (["step": "lookup"], ["The step lookup takes either `object_id` or `rule_name`."]),
            (
                ["step": "lookup", "object_id": 701, "rule_name": "Order"],
                ["The step lookup takes either `object_id` or `rule_name`."]
            ),
        ] as [(JSON, [String])]
    )
    func `reports every mistake and sends nothing`(arguments: JSON, expected: [String]) {
        let found = mistakes(DQRuleAdvisor.self, arguments)
        #expect(found.count == expected.count, "\(found)")
        for (sentence, beginning) in zip(found, expected) { #expect(sentence.hasPrefix(beginning), "\(sentence)") }
    }

    @Test(
        arguments: [
            column, [column], #"[{"objectId": "50105", "objectType": "table_column"}]"#,
        ] as [JSON]
    )
    func `takes objects however they are written`(objects: JSON) async throws {
        let call: JSON = [
            "step": "assess", "objects": objects, "limit": 500, "excluded_function_names": ["Range Check"],
            "preferred_function_name": "Value List Check",
        ]
        _ = try await TestCatalog(sandbox).call("dq_rule_advisor", call)
        #expect(
            sent == """
                {"discoverCdeColumns":false,"limit":100,"objects":[{"objectId":50105,"objectType":"oecolumn"}],\
                "preferredFunctionName":"Value List Check","excludedFunctionNames":["Range Check"]}
                """
        )
    }

    @Test func `finds critical data elements without a rule`() async throws {
        let answer = try await TestCatalog(sandbox)
            .call("dq_rule_advisor", ["step": "assess", "discover_cde_columns": true])
        try expectSnapshot("dq_rule_advisor.answer.md", of: answer.text)
        try expectSnapshot("dq_rule_advisor.answer.json", of: answer.structured?.prettyText ?? "")
    }

    @Test func `hides checks that are the product's own and says when there may be more`() async throws {
        let reply = """
            {"ok":true,"data":{"rows":[{"objectId":9,"objectType":"oecolumn","tableColumnName":"u.e_\\u202email",\
            "recommendedFunction":"Not Identified","recommendedRule":"Not Available","associatedToDqRule":false,\
            "recommendedFunctionCandidates":[{"functionName":"dbt_x"},{"functionName":"A*B","score":0.512}]}]}}
            """
        let call: JSON = ["step": "assess", "discover_cde_columns": true, "limit": 1]
        let answer = try await TestCatalog(answering: .ok, reply).call("dq_rule_advisor", call)
        #expect(answer.text.contains("Data quality: 0 of 1 object has a rule"))
        #expect(answer.text.contains(#"Checks that may suit: A\*B (0.51)"#))
        #expect(!answer.text.contains("dbt_x") && !answer.text.contains("\u{202E}"))
        #expect(answer.text.contains("Next for `oecolumn 9`: `dq_rule_advisor` with `step` `generate_query`"))
        #expect(answer.text.contains("There may be more"))
        #expect(answer.structured?["complete"] == false)
    }

    @Test(
        arguments: [
            (50105, nil, "nothing, a rule from existing code"), (50403, nil, "`associate` and `dqrule_id` 704"),
            (51201, nil, "`code_object_id` 603"), (50105, "is never null", "`create_standard`"),
            (50105, "the same as in customers", "one schema only"), (50203, nil, "There is no such object"),
            (50201, nil, "state more exactly"), (50105, "agrees with the invoice", "then `validate_query` with them"),
        ] as [(Int, String?, String)]
    )
    func `drafts queries or names the better way`(id: Int, rule: String?, expected: String) async throws {
        var call: JSON = ["step": "generate_query", "objects": [["object_id": .int(id), "object_type": "oecolumn"]]]
        call["business_rule"] = rule.map { .string($0) }
        let answer = try await TestCatalog(sandbox).call("dq_rule_advisor", call)
        #expect(answer.text.contains(expected), "\(answer.text)")
        if rule == nil { #expect(sent == #"{"objectId":\#(id),"objectType":"oecolumn"}"#) }
    }

    @Test func `puts the ids that the queries need at the top`() async throws {
        let call: JSON = [
            "step": "generate_query", "objects": [["object_id": 50105, "object_type": "oecolumn"]],
            "business_rule": " agrees with the invoice ",
        ]
        let answer = try await TestCatalog(sandbox).call("dq_rule_advisor", call)
        #expect(sent == #"{"objectId":50105,"objectType":"oecolumn","businessRule":"agrees with the invoice"}"#)
        #expect(answer.structured?["connectionId"] == 20 && answer.structured?["schemaId"] == 102)
        try expectSnapshot("dq_rule_advisor.queries.md", of: answer.text)
    }

    @Test func `finds rules by a part of the name, and one by its id`() async throws {
        let catalog = TestCatalog(sandbox)
        let byName = try await catalog.call("dq_rule_advisor", ["step": "lookup", "rule_name": "key is"])
        #expect(byName.text.hasPrefix("### 2 data quality rules\n- **Key is unique** `dqrule 701` · steward jonas"))
        #expect(byName.structured?["data"]?["items"]?.array?.count == 2)
        let byID = try await catalog.call("dq_rule_advisor", ["step": "lookup", "object_id": 703, "limit": 1])
        #expect(byID.text.contains("Amount within bounds"))
        let none = try await catalog.call("dq_rule_advisor", ["step": "lookup", "rule_name": "zzz"])
        #expect(none.text.contains("No rule was found.") && !none.isFailure)
    }

    @Test func `says what a rule is for, what it checks, and that it has no steward`() async throws {
        let catalog = TestCatalog(
            answering: .ok,
            #"""
            {"data":[{"objectId":"7","objectType":"dqrule","objectName":"Value is unique","purpose":"Nothing twice.",
             "functionName":"Unique","associatedObjects":"1,040","steward":"N/A"}]}
            """#
        )
        let answer = try await catalog.call("dq_rule_advisor", ["step": "lookup", "rule_name": "Value"])
        #expect(
            answer.text.contains(
                "- **Value is unique** `dqrule 7` · steward not given · purpose Nothing twice. · function name Unique · "
                    + "associated objects 1,040"
            ),
            "\(answer.text)"
        )
    }

    @Test func `runs queries only after a person has agreed to these`() async throws {
        let catalog = TestCatalog(sandbox)
        let (preview, done) = try await catalog.confirmed("dq_rule_advisor", Self.queries)
        #expect(preview.text.contains("Run three queries on bramble_dw.SALES"))
        #expect(preview.text.contains("```sql\nSELECT COUNT(*)\nFROM SALES.orders\nWHERE net_amount < 0\n```"))
        #expect(done.structured?["canCreateRule"] == true)
        #expect(done.text.contains("A rule can be created from these queries"))
        #expect(validations == 1)
        #expect(
            try JSON(parsing: sent) == [
                "connectionId": 20, "schemaId": 102, "ruleQuery": Self.queries["rule_query"] ?? .null,
                "statsQuery": Self.queries["stats_query"] ?? .null,
                "failedValuesQuery": Self.queries["failed_values_query"] ?? .null,
            ]
        )
        var other = Self.queries
        other["write_confirmed_by_user"] = true
        other["confirmation_token"] = try await catalog.call("dq_rule_advisor", Self.queries)
            .structured?["confirmationToken"]
        other["stats_query"] = "SELECT 1 FROM SALES.orders"
        #expect(try await catalog.call("dq_rule_advisor", other).text.contains("does not match"))
        #expect(validations == 1)
        #expect(try catalog.audit().lines.last?.members["target"]?.string == "schema 102 of connection 20")
    }

    @Test func `names the query that is not valid`() async throws {
        var call = Self.queries
        call["stats_query"] = "DELETE FROM SALES.orders"
        let (_, done) = try await TestCatalog(sandbox).confirmed("dq_rule_advisor", call)
        #expect(done.structured?["canCreateRule"] == false)
        #expect(done.text.contains("- stats query is not valid: Only SELECT may run, not DELETE"))
    }

    @Test(
        arguments: [
            ["step": "generate_query", "objects": [column]], queries, ["step": "lookup", "object_id": 701],
        ] as [JSON],
        [500, 502]
    )
    func `says which status OvalEdge gave to each step`(call: JSON, status: Int) async throws {
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                guard request.url.contains("dq-") else { return try await sandbox.send(request) }
                return HTTPResponse(
                    HTTPStatus(rawValue: status),
                    text: #"{"message":"Down."}"#,
                    type: "application/json"
                )
            }
        )
        let answer = try await catalog.confirmed("dq_rule_advisor", call).done
        #expect(answer.isFailure && answer.text.contains("\(status)"), "\(answer.text)")
    }

    /// Rows: G110.
    @Test func `only reads where running queries is not allowed`() async throws {
        let catalog = TestCatalog(sandbox, allowing: [.governance])
        let listing = try #require(
            catalog.tools.first { $0.definition.name == "dq_rule_advisor" }
        )
        #expect(listing.definition.effect == .reads)
        #expect(listing.inputSchema["properties"]?["step"]?["enum"] == ["assess", "generate_query", "lookup"])
        let answer = try await catalog.call("dq_rule_advisor", Self.queries)
        #expect(answer.isFailure && answer.text.contains("this server may not"))
        let all = try #require(
            TestCatalog().tools.first { $0.definition.name == "dq_rule_advisor" }
        )
        #expect(all.definition.effect == .runs)
        let found = try await catalog.call("dq_rule_advisor", ["step": "lookup", "object_id": 701])
        #expect(!found.isFailure)
    }

    private var sent: String { String(decoding: sandbox.record.requests.last?.body ?? [], as: UTF8.self) }
    private var validations: Int { sandbox.record.requests.count { $0.path.hasSuffix("validate-queries") } }
}
