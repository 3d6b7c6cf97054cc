import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing
import Writes

@Suite struct `dq_rule_manager` {
    private static let sql: JSON = [
        "step": "create_custom_sql", "sql_rule_name": "Channel is known", "recommended_function": "SQL Exact Value",
        "objects": [["object_id": 50106, "object_type": "oecolumn"]], "purpose": "Reports go by channel.",
        "rule_query": "SELECT COUNT(*) FROM SALES.orders WHERE channel IS NULL",
        "stats_query": "SELECT COUNT(*) FROM SALES.orders",
        "failed_values_query": "SELECT channel FROM SALES.orders WHERE channel IS NULL", "connection_id": 20,
        "schema_id": 102,
    ]
    private static let association: JSON = [
        "step": "associate", "rule_name": "key is unique",
        "objects": [["object_id": 51101, "object_type": "oecolumn"], ["object_id": 50101, "object_type": "column"]],
    ]
    private let sandbox = SandboxClient()
    private let catalog: TestCatalog

    init() { catalog = TestCatalog(sandbox) }

    @Test(
        arguments: [
            (["step": "create_standard"], ["The step create_standard takes either `objects` or "]),
            (
                ["step": "create_custom_sql", "recommended_function": "Not Identified"],
                [
                    "`sql_rule_name` is needed", "`rule_query` is needed", "`stats_query` is needed",
                    "`failed_values_query` is needed", "`recommended_function` must be the name of a function",
                    "`objects` must name one object at least",
                ]
            ),
            (
                [
                    "step": "create_custom_sql", "rule_name": "a", "code_object_id": 602, "stats_query": "SELECT 1",
                    "recommended_function": "SQL Exact Value", "objects": [["object_id": 1, "object_type": "oetable"]],
                ],
                ["`rule_query` is needed", "`failed_values_query` is needed"]
            ),
            (
                ["step": "create_custom_sql", "rule_name": "a", "code_object_id": 602, "objects": [["object_id": 1]]],
                ["`objects[0].object_type` is missing."]
            ),
            (
                ["step": "associate", "dqrule_id": 701, "rule_name": "Key"],
                ["The step associate takes either `dqrule_id` or `rule_name`.", "`objects` must name"]
            ),
        ] as [(JSON, [String])]
    )
    func `reports every mistake and sends nothing`(arguments: JSON, expected: [String]) {
        let found = mistakes(DQRuleManager.self, arguments)
        #expect(found.count == expected.count, "\(found)")
        for (sentence, beginning) in zip(found, expected) { #expect(sentence.hasPrefix(beginning), "\(sentence)") }
    }

    @Test func `shows rules that exist instead of making another`() async throws {
        let call: JSON = ["step": "create_standard", "objects": [["object_id": 50102, "object_type": "oecolumn"]]]
        let answer = try await catalog.call("dq_rule_manager", call)
        #expect(answer.structured?["requiresRuleSelection"] == true)
        #expect(answer.structured?["confirmationToken"] == nil)
        #expect(answer.structured?["existingRuleChoices"]?[0]?["rules"]?.array?.count == 2)
        try expectSnapshot("dq_rule_manager.answer.md", of: answer.text)
        #expect(writes == [])
    }

    @Test func `makes what was shown, also when it was discovered`() async throws {
        let call: JSON = [
            "step": "create_standard", "discover_cde_columns": true, "prefer_existing_rule": false,
            "supplemental_criteria_text": "Nothing may be missing.",
        ]
        let (preview, done) = try await catalog.confirmed("dq_rule_manager", call)
        #expect(preview.text.contains("- **orders.customer_id** `oecolumn 50102`: Non-Null Validation"))
        #expect(preview.text.contains("**Criteria**: Nothing may be missing."))
        let sent = try JSON(
            parsing: try #require(sandbox.record.requests.last { $0.path.hasSuffix("create-rules") }).body
        )
        #expect(sent["discoverCdeColumns"] == false && sent["objects"]?.array?.count == 5)
        #expect(
            done.text.contains("- **orders.customer_id**: created, rule orders.customer_id Non-Null Validation `dqrule")
        )
        #expect(done.text.contains("Now in OvalEdge: ["))
        #expect(writes == ["create-rules"])
        let found = try await catalog.call("dq_rule_advisor", ["step": "lookup", "rule_name": "orders.customer_id"])
        #expect(found.text.hasPrefix("### 1 data quality rule\n"))
    }

    @Test func `makes nothing where no function suits`() async throws {
        let call: JSON = ["step": "create_standard", "objects": [["object_id": 50106, "object_type": "oecolumn"]]]
        var none = call
        none["excluded_function_names"] = ["Value List Check", "Range Check", "Non-Null Validation"]
        let answer = try await catalog.call("dq_rule_manager", none)
        #expect(answer.isFailure && answer.text.hasPrefix("No standard function suits"))
        none["objects"] = [
            ["object_id": 50106, "object_type": "oecolumn"], ["object_id": 9, "object_type": "oetable"],
        ]
        let half = try await catalog.call("dq_rule_manager", none)
        #expect(half.isFailure && half.text.hasPrefix("The catalog does not have `oetable 9`,"))
        #expect(writes == [])
    }

    @Test func `makes a rule in SQL and reads it back`() async throws {
        let (preview, done) = try await catalog.confirmed("dq_rule_manager", Self.sql)
        #expect(preview.text.contains("- Checks **bramble_dw.SALES.orders.channel**"))
        #expect(preview.text.contains("```sql\nSELECT COUNT(*) FROM SALES.orders WHERE channel IS NULL\n```"))
        #expect(done.structured?["now"] == ["dqrule 706": "Channel is known"])
        let sent = sandbox.record.requests.last { $0.path.hasSuffix("create-sql-rule") }
        #expect(
            try JSON(parsing: sent?.body ?? []) == [
                "objectId": 50106, "objectType": "oecolumn", "ruleName": "Channel is known",
                "ruleQuery": Self.sql["rule_query"] ?? .null, "statsQuery": Self.sql["stats_query"] ?? .null,
                "failedValuesQuery": Self.sql["failed_values_query"] ?? .null, "connectionId": 20, "schemaId": 102,
                "purpose": "Reports go by channel.", "recommendedFunction": "SQL Exact Value",
            ]
        )
        #expect(writes == ["create-sql-rule"])
        let again = try await catalog.call("dq_rule_manager", Self.sql)
        #expect(again.text.contains("A rule of this name already exists"))
        #expect(try catalog.audit().lines.last?.members["outcome"]?.string == "done")
    }

    @Test func `says when OvalEdge makes no rule across schemas`() async throws {
        var call = Self.sql
        call["objects"] = [
            ["object_id": 50106, "object_type": "oecolumn"], ["object_id": 51104, "object_type": "oecolumn"],
        ]
        let (_, done) = try await catalog.confirmed("dq_rule_manager", call)
        #expect(done.isFailure && done.text.contains("(cross_schema_blocked): “The objects lie in several schemas"))
        #expect(try catalog.audit().lines.last?.members["outcome"]?.string == "refused")
    }

    @Test func `ties a rule, found by its name, to objects`() async throws {
        let (preview, done) = try await catalog.confirmed("dq_rule_manager", Self.association)
        #expect(preview.text.contains("Associate the data quality rule Key is unique with 2 objects"))
        #expect(done.text.contains("- 1 associated, 1 skipped, 0 failed"))
        #expect(done.text.contains("It has the rule already"))
        let sent = sandbox.record.requests.last { $0.path.hasSuffix("associate-rule-objects") }
        #expect(
            String(decoding: sent?.body ?? [], as: UTF8.self) == """
                {"dqruleId":701,"skipAlreadyAssociated":true,"objects":[{"objectId":51101,"objectType":"oecolumn"},\
                {"objectId":50101,"objectType":"oecolumn"}]}
                """
        )
    }

    @Test func `ties nothing when one name is not clear or one object not there`() async throws {
        var call = Self.association
        call["rule_name"] = "is"
        #expect(try await catalog.call("dq_rule_manager", call).text.contains("rules match this name"))
        call["rule_name"] = "zzz"
        #expect(try await catalog.call("dq_rule_manager", call).text.contains("Data quality rule not found"))
        call = Self.association
        call["objects"] = [
            ["object_id": 51101, "object_type": "oecolumn"], ["object_id": 9, "object_type": "oecolumn"],
        ]
        let answer = try await catalog.call("dq_rule_manager", call)
        #expect(answer.isFailure && answer.text.hasPrefix("The catalog does not have `oecolumn 9`,"))
        #expect(writes == [])
    }

    @Test func `is not offered where quality may not be written`() {
        let catalog = TestCatalog(sandbox, allowing: [.governance, .descriptions])
        #expect(!catalog.tools.contains { $0.definition.name == "dq_rule_manager" })
    }

    private var writes: [String] {
        sandbox.record.requests.compactMap { $0.path.split(separator: "/").last.map { String($0) } }
            .filter { ["create-rules", "create-sql-rule", "associate-rule-objects"].contains($0) }
    }
}
