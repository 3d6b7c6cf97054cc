import HTTP
import JSON
import JSONRPC
import MCP
import OvalEdge
import Rendering
import Sandbox
import TestSupport
import Testing
import Text

@testable import OvalEdgeTools

/// A former name as an argument of a test, shown as itself.
struct Former: CustomTestStringConvertible, Sendable {
    let name: FormerName

    static let all = FormerName.all.map { Former(name: $0) }
    var testDescription: String { name.name }

    /// A call in the words of 8.1 that the sandbox can answer.
    var example: JSON {
        switch name.name {
        case "search_catalog_assets": ["search_terms": ["orders"], "limit": 3]
        case "catalog_asset_details": ["object_id": 501, "object_type": "oetable"]
        case "column_profile_statistics": ["object_id": 501, "object_type": "oetable"]
        case "table_entity_relationships": ["object_id": 501]
        case "lookup_glossary_term": ["term_name": "Net revenue"]
        case "lookup_tags": ["tag_name": "PII", "limit": 5]
        case "lookup_datastory": ["content_query": "retention"]
        case "search_platform_docs": ["query": "lineage", "limit": 2]
        case "source_system_access", "get_source_system_access":
            ["source_system": "snowflake", "query_direction": "user_to_objects", "username": "aiko"]
        case "get_user_object_access":
            ["query_direction": "user_to_object", "username": "aiko", "object_id": 501, "object_type": "oetable"]
        case "lookup_dq_rule": ["rule_name": "Key"]
        case "assess_cde_dq": ["discover_cde_columns": true]
        case "generate_dq_queries":
            ["objects": [["object_id": 51101, "object_type": "oecolumn"]], "business_rule": "It is never empty."]
        case "validate_dq_queries":
            [
                "rule_query": "select 1", "stats_query": "select 1", "failed_values_query": "select 1",
                "connection_id": 20, "schema_id": 102,
            ]
        case "create_dq_rules": ["objects": [["object_id": 51101, "object_type": "oecolumn"]]]
        case "create_sql_dq_rule":
            [
                "sql_rule_name": "Amounts", "rule_query": "select 1", "stats_query": "select 1",
                "failed_values_query": "select 1", "connection_id": 20, "schema_id": 102,
                "objects": [["object_id": 51101, "object_type": "oecolumn"]], "purpose": "Amounts are positive.",
                "recommended_function": "SQL Exact Value",
            ]
        case "associate_dq_rule_objects":
            ["dqrule_id": 701, "objects": [["object_id": 51101, "object_type": "oecolumn"]]]
        default: [:]
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A name of OvalEdge 8.1` {
    /// The single-purpose tools of that release that have another name today.
    private static let documented: Set = [
        "search_catalog_assets", "catalog_asset_details", "column_profile_statistics", "table_entity_relationships",
        "lookup_glossary_term", "lookup_tags", "lookup_datastory", "search_platform_docs", "source_system_access",
        "get_source_system_access", "get_user_object_access", "lookup_dq_rule", "assess_cde_dq",
        "generate_dq_queries", "validate_dq_queries", "create_dq_rules", "create_sql_dq_rule",
        "associate_dq_rule_objects",
    ]

    @Test func `is known, whichever it is, and there once`() {
        #expect(Set(FormerName.all.map { $0.name }) == Self.documented)
        #expect(FormerName.all.count == Self.documented.count)
    }

    @Test(arguments: Former.all)
    func `can be called, and the answer says how it is called now`(_ former: Former) async throws {
        let answer = try await TestCatalog().call(former.name.name, former.example)
        #expect(!answer.isFailure, "\(answer.text)")
        #expect(answer.text.hasSuffix("\n\n\(former.name.explanation)"))
        let tool = try #require(Registry.tools.first { $0.definition.name == former.name.tool.rawValue })
        #expect(differences(try #require(answer.structured), from: tool.outputSchema) == [])
    }

    @Test(arguments: Former.all)
    func `is listed nowhere`(_ former: Former) async throws {
        let catalog = TestCatalog()
        #expect(!catalog.tools.contains { $0.definition.name == former.name.name })
        #expect(ToolName(rawValue: former.name.name) == nil)
        let error = await #expect(throws: RPCError.self) { _ = try await catalog.call("zzz") }
        #expect(error?.message.contains(former.name.name + ",") == false)
        #expect(catalog.knows(former.name.name))
    }

    @Test(arguments: Former.all)
    func `obeys what is said of the tool that it means`(_ former: Former) async throws {
        let tool = try #require(Registry.tools.first { $0.definition.name == former.name.tool.rawValue })
        let others = Registry.tools.filter { other in other != tool }
        let catalog = TestCatalog(tools: others)
        let error = await #expect(throws: RPCError.self) {
            _ = try await catalog.call(former.name.name, former.example)
        }
        #expect(error?.message == RemedyTexts.neutral.sentence(.enableTool(former.name.tool.rawValue)))
        #expect(!catalog.knows(former.name.name))
    }

    @Test(arguments: Former.all)
    func `writes nothing where nothing may be written`(_ former: Former) async throws {
        let sandbox = SandboxClient()
        let catalog = TestCatalog(sandbox, allowing: [])
        let writes: Set = [
            "validate_dq_queries", "create_dq_rules", "create_sql_dq_rule", "associate_dq_rule_objects",
        ]
        guard writes.contains(former.name.name) else {
            #expect(try await !catalog.call(former.name.name, former.example).isFailure)
            return
        }
        let error = await #expect(throws: RPCError.self) {
            _ = try await catalog.call(former.name.name, former.example)
        }
        #expect(error?.message.contains("Remedy: allowWrites(") == true)
        #expect(sandbox.record.requestCount == 0)
    }

    @Test(arguments: [
        ("catalog_asset_details", #"{"fully_qualified_name":"dw.fin.orders"}"#, "`object_type` is missing"),
        ("column_profile_statistics", #"{"object_id":61,"object_type":"glossary"}"#, "one of oetable, oefile here"),
        (
            "table_entity_relationships", #"{"object_id":501,"object_type":"oefile"}"#,
            "not an argument of table_entity_"
        ),
        ("lookup_glossary_term", #"{"object_id":61,"term_name":"Net sales"}"#, "exactly one of `object_id` and `term_"),
        ("lookup_glossary_term", #"{"term_name":" "}"#, "exactly one of `object_id` and `term_name`"),
        ("lookup_tags", "{}", "exactly one of `object_id` and `tag_name`"),
        ("lookup_tags", #"{"object_id":1,"tag_name":"PII"}"#, "exactly one of `object_id` and `tag_name`"),
        ("search_platform_docs", #"{"content_query":"x"}"#, "`query` is missing."),
        ("lookup_dq_rule", #"{"rule_name":"Key","step":"assess"}"#, "`step` is not an argument of lookup_dq_rule."),
        ("lookup_datastory", "{}", "One of `query`, `content_query`"),
        ("search_catalog_assets", #"{"keywords":["x"]}"#, "`keywords` is not an argument of asset_explorer"),
        ("search_catalog_assets", #"{"server_type":"nosuch"}"#, "`server_type` cannot be `nosuch`"),
        (
            "source_system_access",
            #"{"source_system":"snowflake","query_direction":"browse","object_path":"a","fully_qualified_name":"b"}"#,
            "mean the same to source_system_access"
        ),
    ])
    func `refuses by name what it cannot say, and sends nothing`(
        _ name: String,
        _ arguments: String,
        _ sentence: String
    ) async throws {
        let sandbox = SandboxClient()
        let answer = try await TestCatalog(sandbox).call(name, try JSON(parsing: arguments))
        #expect(answer.isFailure)
        #expect(answer.text.contains(sentence), "\(answer.text)")
        #expect(sandbox.record.requestCount == 0)
    }

    @Test func `takes the arguments under their old names`() async throws {
        let sandbox = SandboxClient()
        let catalog = TestCatalog(sandbox)
        let pairs: [(old: String, JSON, new: String, JSON)] = [
            (
                "lookup_glossary_term", ["termName": "Net revenue", "limit": 5],
                "asset_explorer", ["object_type": "glossary", "name": "Net revenue", "limit": 5]
            ),
            (
                "source_system_access",
                [
                    "source_system": "snowflake", "query_direction": "browse", "connection_id": 20,
                    "object_type": "table", "fully_qualified_name": "bramble_dw.SALES",
                ],
                "access_explorer",
                [
                    "operation": "source_system_access", "source_system": "snowflake", "query_direction": "browse",
                    "connection_id": 20, "object_type": "table", "object_path": "bramble_dw.SALES",
                ]
            ),
        ]
        for (old, said, new, says) in pairs {
            let former = try await catalog.call(old, said)
            let present = try await catalog.call(new, says)
            #expect(!present.isFailure, "\(present.text)")
            var structured = present.structured
            let notes = present.structured?["notes"]?.array ?? []
            structured?["notes"] = .array(notes + (former.structured?["notes"]?.array ?? []).suffix(1))
            #expect(former.structured == structured)
            #expect(former.text.hasPrefix(present.text))
        }
    }

    @Test func `asks for a person's word before it writes, and takes it under either name`() async throws {
        for again in ["create_confirmed_by_user", "write_confirmed_by_user"] {
            let catalog = TestCatalog()
            var call: JSON = ["dqrule_id": 701, "objects": [["object_id": 51101, "object_type": "oecolumn"]]]
            let preview = try await catalog.call("associate_dq_rule_objects", call)
            #expect(preview.structured?["awaitingUserConfirmation"] == true)
            call[again] = true
            call["confirmation_token"] = preview.structured?["confirmationToken"]
            let done = try await catalog.call("associate_dq_rule_objects", call)
            #expect(!done.isFailure && done.structured?["written"] == true, "\(done.text)")
        }
    }

    @Test func `stays within the budget of an answer`() async throws {
        let budget = AnswerBudget(tokens: 300)
        let ovalEdge = TestCatalog().ovalEdge
        let context = RequestContext(revision: .november2025)
        let answer = try await Registry(OneAccount(.acting(by: ovalEdge)), budget: budget)
            .call("search_catalog_assets", arguments: JSONObject(), in: context)
        #expect(budget.allows(answer))
        for former in FormerName.all { #expect(TokenEstimate.tokens(in: former.explanation) < FormerName.tokens) }
    }
}
