import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Sandbox
import TestSupport
import Testing
import Writes

@Suite struct `A preview` {
    private static let why: JSON = [
        "prompt": "Please do it for *me*", "reason": "It was asked for", "idempotency_key": "key-7711",
    ]

    private static func all(_ arguments: JSON) -> JSON {
        var arguments = arguments
        for member in why.object?.members ?? [] { arguments[member.name] = member.value }
        return arguments
    }

    /// Calls that together use every argument which goes into a request.
    private static let calls: [(tool: String, arguments: JSON)] = [
        (
            "update_asset_descriptions",
            all([
                "object_id": 501, "object_type": "oetable", "business_description": "First\nsecond line",
                "technical_description": "By night.", "fail_on_blocked_field": true,
            ])
        ),
        (
            "update_cde_associations",
            all([
                "targets": [
                    ["object_id": 502, "object_type": "oetable"], ["object_id": 50105, "object_type": "oecolumn"],
                ],
                "action": "Yes", "cde_category": "Tier9", "cde_justification": "Because of the accounts",
            ])
        ),
        (
            "update_governance_roles",
            all(["object_id": 501, "object_type": "oetable", "role_updates": ["owner": "lena", "steward": "aiko"]])
        ),
        (
            "update_custom_field_value",
            all([
                "object_id": 501, "object_type": "oetable", "time_zone": "Asia/Tokyo", "fail_on_blocked_field": false,
                "field_updates": [
                    ["field_name": "retention", "value": "3 years"], ["field_key": "cf4", "value": "Ask."],
                ],
            ])
        ),
        (
            "create_glossary_term",
            [
                "term_name": "Gross revenue", "domain_name": "Sales > Revenue > Reported revenue",
                "description": "Before tax", "definition": "The longer one", "publish": true,
            ]
        ),
        (
            "create_tag",
            [
                "tag_name": "Home address", "description": "Where they live", "parent_tag_id": 353,
                "parent_tag_id_confirmed_by_user": true, "parent_step_completed_by_user": true,
            ]
        ),
        (
            "dq_rule_advisor",
            [
                "step": "validate_query", "connection_id": 20, "schema_id": 102, "rule_query": "SELECT 1\nFROM a",
                "stats_query": "SELECT 2", "failed_values_query": "SELECT 3",
            ]
        ),
        (
            "dq_rule_manager",
            [
                "step": "create_custom_sql", "sql_rule_name": "Channel is known",
                "recommended_function": "SQL Exact Value", "purpose": "For the reports",
                "objects": [
                    ["object_id": 50106, "object_type": "oecolumn"], ["object_id": 50101, "object_type": "column"],
                ],
                "rule_query": "SELECT 11", "stats_query": "SELECT 12", "failed_values_query": "SELECT 13",
                "connection_id": 20, "schema_id": 102, "code_object_id": 601,
            ]
        ),
        (
            "dq_rule_manager",
            [
                "step": "create_standard", "prefer_existing_rule": false, "skip_duplicate_function_on_object": false,
                "objects": [["object_id": 50102, "object_type": "oecolumn"]], "limit": 77,
                "description_custom_field_name": "Rule text", "description_term_name": "Orders",
                "supplemental_criteria_text": "Not below zero", "preferred_function_name": "Non-Null Validation",
                "excluded_function_names": ["Range Check", "Value List Check"],
            ]
        ),
        (
            "dq_rule_manager",
            [
                "step": "associate", "dqrule_id": 701, "skip_already_associated": false,
                "objects": [["object_id": 51101, "object_type": "oecolumn"]],
            ]
        ),
        (
            "create_service_request",
            [
                "request_type": "access", "object_type": "table", "object_id": [501, 502], "summary": "Read the orders",
                "description": "For the report", "ticket_fields": ["priority": "high", "Needed until": "31/12/2026"],
                "custom_fields": ["note": "By train", "Zone": "remote"],
            ]
        ),
    ]

    @Test(arguments: calls)
    func `shows every member of the body that is sent`(tool: String, arguments: JSON) async throws {
        let sandbox = SandboxClient()
        let (preview, done) = try await TestCatalog(sandbox).confirmed(tool, arguments)
        let shown = try #require(preview.structured?["preview"]?.string, "\(preview.text)")
        #expect(preview.text.contains(shown))
        let sent = try #require(sandbox.record.requests.last { Self.isWrite($0) }, "\(done.text)")
        let leaves = Self.leaves(try JSON(parsing: sent.body))
        #expect(!leaves.isEmpty)
        for (name, value) in leaves {
            #expect(Self.shows(shown, name, value), "\(name) = \(value.text) is not in\n\(shown)")
        }
    }

    @Test func `is tried here with every argument that goes into a request`() {
        let elsewhere: Set = [
            "write_confirmed_by_user", "confirmation_token", "dry_run", "description_field", "description_text",
            "detailed_description", "domain_description", "tag_description", "master_tag_description", "search_on",
            "category_name", "subcategory_name", "domain_id", "category_id", "subcategory_id", "skip_category",
            "category_skip_confirmed", "skip_subcategory", "subcategory_skip_confirmed", "size", "page",
            "master_tag_id", "browse_parent_tag_id", "master_tag_id_confirmed_by_user", "create_directly_under_master",
            "rule_name", "discover_cde_columns", "code_update_mode", "connection_type", "connection_name",
            "ticket_template_id",
        ]
        for tool in Registry.tools where tool.writing != nil && tool.definition.name != "dq_rule_advisor" {
            let name = tool.definition.name
            let listing = tool.listing(allowing: Set(WriteFamily.allCases))
            let known = Set(listing.inputSchema["properties"]?.object?.names ?? [])
            let given = Self.calls.filter { $0.tool == name }.flatMap { $0.arguments.object?.names ?? [] }
            let missing = known.subtracting(given).subtracting(elsewhere)
            #expect(missing.subtracting(["connection_id"]).isEmpty, "\(name): \(missing.sorted())")
        }
    }

    @Test(arguments: [(8000, 40_000), (8000, 64_000), (1000, 4_800), (1000, 200_000)])
    func `that would not fit is refused`(tokens: Int, length: Int) async throws {
        let catalog = TestCatalog(budget: AnswerBudget(tokens: tokens))
        let call = Self.describing(Self.words(length))
        let answer = try await catalog.call("update_asset_descriptions", call)
        #expect(answer.isFailure && answer.structured == nil)
        #expect(answer.text.contains("does not fit in \(tokens) tokens"))
        #expect(answer.text.hasSuffix("Remedy: raiseAnswerTokens."))
        let session = try await catalog.session(.november2025, capabilities: ["elicitation": [:]])
        let reply = try await session.request(
            "tools/call",
            ["name": "update_asset_descriptions", "arguments": call]
        )
        #expect(reply["result"]?["isError"] == true, "\(reply.text.prefix(200))")
    }

    @Test func `that comes with a token is whole, at any length`() async throws {
        var refusals = 0
        for length in stride(from: 500, through: 40_000, by: 2_600) {
            for text in [Self.words(length), String(repeating: "a\n", count: length / 2) + "a"] {
                let answer = try await TestCatalog().call("update_asset_descriptions", Self.describing(text))
                guard answer.structured?["confirmationToken"] != nil else {
                    refusals += 1
                    continue
                }
                let shown = text.split { $0.isNewline }.joined(separator: " / ")
                #expect(answer.text.contains(shown))
                #expect(answer.structured?["preview"]?.string?.contains(shown) == true)
            }
        }
        #expect(refusals > 0 && refusals < 30)
    }

    @Test func `shows the new text before an excerpt of the current one`() async throws {
        let old = String(repeating: "old ", count: 250_000)
        let preview = try await Self.catalog(holding: .string(old)).call(
            "update_asset_descriptions",
            Self.describing("The new text.")
        )
        let text = preview.structured?["preview"]?.string ?? ""
        let new = try #require(text.ranges(of: "new: The new text.").first)
        let current = try #require(text.ranges(of: "current: old old").first)
        #expect(new.upperBound < current.lowerBound)
        #expect(text.contains("characters)") && text.count < 1500)
    }

    @Test(
        arguments: [
            ("Cafe\u{301}", "Caf\u{E9}", true), ("Caf\u{E9}", "Caf\u{E9}", false),
            ("<p>One <b>row</b></p>", "One row", true), ("<p>One <b>row</b></p>", "<p>One <b>row</b></p>", false),
        ]
    )
    func `is made where the bytes that are kept are others`(old: String, new: String, isChange: Bool) async throws {
        let answer = try await Self.catalog(holding: .string(old)).call(
            "update_asset_descriptions",
            Self.describing(new)
        )
        #expect((answer.structured?["confirmationToken"] != nil) == isChange, "\(answer.text)")
        #expect((answer.structured?["status"] == "unchanged") == !isChange)
    }

    @Test(arguments: [
        ["a\nb", "a\r\nb", "a\rb", "a\u{2028}b", "a\u{85}b", "a / b", "a\n\nb", "a /\nb", "a\n/ b", "a \nb", "`a\nb`"],
        ["a", " a", "a ", "a\n", "\ta", "a\u{A0}", "`a`", "\"a\"", "`\"a\"`"],
        ["a b", "a  b", "a\tb", "a\u{A0}b", "a`b"], ["", " ", "  ", "\n", "(nothing)"],
    ])
    func `shows different texts differently`(_ texts: [String]) async throws {
        var previews: Set<String> = []
        for text in texts { previews.insert(try await Self.filing(.string(text))) }
        #expect(previews.count == texts.count, "\(previews)")
    }

    @Test(arguments: [
        ("One (row), 3/4 of it; \"so\"", #"One (row), 3/4 of it; "so""#), ("One\ntwo", "One / two"),
        ("One\r\ntwo", #"`"One\r\ntwo"`"#), ("One ", #"`"One "`"#), ("A\u{2028}B", #"`"A\u2028B"`"#),
    ])
    func `shows a plain text as it is, and any other in quotes`(text: String, shown: String) async throws {
        let preview = try await Self.filing(.string(text))
        #expect(preview.contains("- **Zone**: \(shown)\n"), "\(preview)")
    }

    @Test func `distinguishes two items from one with a comma`() async throws {
        var shown: Set<String> = []
        for items in [["a", "b"], ["a, b"], ["a", "b", ""], ["a ", "b"]] as [JSON] {
            shown.insert(try await Self.filing(items))
        }
        #expect(shown.count == 4, "\(shown)")
    }

    @Test func `of a query shows its white space where that is not seen`() async throws {
        let query = AnyWrite.all.first { $0.tool == "dq_rule_advisor" }
        var call = try #require(query).arguments
        #expect(try await TestCatalog().call("dq_rule_advisor", call).text.contains("white space") == false)
        call["rule_query"] = "SELECT 1\r\nFROM a"
        let answer = try await TestCatalog().call("dq_rule_advisor", call)
        #expect(answer.text.contains(#"With white space shown: `"SELECT 1\r\nFROM a"`"#), "\(answer.text)")
    }

    /// The preview of a ticket with a field that is sent as it was given.
    private static func filing(_ value: JSON) async throws -> String {
        let call: JSON = ["ticket_template_id": 1006, "summary": "A", "ticket_fields": ["Zone": value]]
        let answer = try await TestCatalog().call("create_service_request", call)
        return try #require(answer.structured?["preview"]?.string, "\(answer.text)")
    }

    private static func describing(_ text: String) -> JSON {
        ["object_id": 501, "object_type": "oetable", "business_description": .string(text)]
    }

    private static func words(_ length: Int) -> String {
        String((0..<length / 6).map { "w\($0 % 10000 + 10000)" }.joined(separator: " ").prefix(length))
    }

    /// A catalog whose asset has this description.
    private static func catalog(holding description: JSON) -> TestCatalog {
        let sandbox = SandboxClient()
        return TestCatalog(
            AnsweringHTTP { request throws(HTTPFailure) in
                let response = try await sandbox.send(request)
                guard request.url.contains("asset-details") else { return response }
                return response.replacing("businessDescription", with: description)
            }
        )
    }

    private static func isWrite(_ entry: SandboxRecord.Entry) -> Bool {
        let reads = ["asset-explorer", "assess-cde", "generate-queries", "generate"]
        return entry.method == .post && !reads.contains { entry.path.hasSuffix("/\($0)") }
    }

    private static func leaves(_ json: JSON, _ name: String = "") -> [(String, JSON)] {
        switch json {
        case .object(let object): object.members.flatMap { leaves($0.value, $0.name) }
        case .array(let items): items.flatMap { leaves($0, name) }
        default: [(name, json)]
        }
    }

    /// Texts and numbers by their letters and digits, as words; a flag next to its name or in brackets.
    private static func shows(_ preview: String, _ name: String, _ value: JSON) -> Bool {
        if case .bool(let flag) = value {
            return preview.contains("\(name)`: \(flag)") || preview.contains("(\(flag))")
        }
        let words = words(of: value.string ?? value.text)
        return words.isEmpty || self.words(of: preview).ranges(of: words).isEmpty == false
    }

    private static func words(of text: String) -> [Substring] {
        text.replacing("\\", with: "").split { !$0.isLetter && !$0.isNumber }
    }
}
