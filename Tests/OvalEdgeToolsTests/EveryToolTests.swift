import HTTP
import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing
import Text

/// A tool as an argument of a test, shown by its name.
struct Listed: CustomTestStringConvertible, Sendable {
    let tool: any Tool.Type

    static let all = Registry.tools.map { Listed(tool: $0) }
    var definition: ToolDefinition { tool.definition }
    var testDescription: String { definition.name }
}

@Suite struct `Every tool` {
    /// A call of each tool that the sandbox can answer.
    private static let examples: [String: JSON] = [
        "asset_explorer": ["search_terms": ["orders"]],
        "asset_details": ["object_id": 501, "object_type": "oetable"],
        "asset_lineage": ["object_id": 501, "object_type": "oetable"],
        "metadata_changes_between_crawls": ["connection_name": "bramble_dw"],
        "access_explorer": [
            "operation": "source_system_access", "query_direction": "user_to_objects", "source_system": "snowflake",
            "username": ["aiko"],
        ],
        "knowledge_search": ["content_query": "retention"],
        "update_asset_descriptions": [
            "object_id": 501, "object_type": "oetable", "business_description": "One row per order.",
        ],
        "update_cde_associations": [
            "targets": [["object_id": 502, "object_type": "oetable"]], "action": "Yes",
        ],
        "create_glossary_term": [
            "term_name": "Gross revenue", "domain_name": "Sales > Revenue > Reported revenue",
            "description": "What customers paid, tax included.",
        ],
        "create_tag": ["tag_name": "Home address", "parent_tag_id": 353],
        "update_governance_roles": [
            "object_id": 501, "object_type": "oetable", "role_updates": ["owner": "lena"],
        ],
        "update_custom_field_value": [
            "object_id": 501, "object_type": "oetable", "field_updates": [["field_name": "Region", "value": "APAC"]],
        ],
        "dq_rule_advisor": ["step": "assess", "discover_cde_columns": true],
        "dq_rule_manager": [
            "step": "associate", "dqrule_id": 701, "objects": [["object_id": 51101, "object_type": "oecolumn"]],
        ],
        "create_service_request": [
            "request_type": "access", "object_type": "oetable", "object_id": [501],
            "summary": "Read access to the orders", "ticket_fields": ["Needed until": "2026-12-31"],
        ],
    ]

    /// Rows: G106.
    @Test(arguments: Listed.all)
    func `is named as its type`(_ listed: Listed) {
        #expect(Suggestion.folded(listed.definition.name) == "\(listed.tool)".lowercased())
        let isPlain = listed.definition.name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        #expect(isPlain)
        #expect(listed.definition.name.count <= 40)
        #expect(ToolName(rawValue: listed.definition.name) != nil)
    }

    /// Rows: G107.
    @Test(arguments: Listed.all)
    func `says in one short sentence what it is for`(_ listed: Listed) {
        let definition = listed.definition
        #expect(definition.summary.hasSuffix("."))
        #expect(!definition.summary.dropLast().contains(". "))
        #expect(definition.summary.count <= 160)
        #expect(!definition.title.isEmpty && definition.title.count <= 40)
        #expect(definition.description.count < 1200)
    }

    @Test(arguments: Listed.all)
    func `describes every argument`(_ listed: Listed) {
        for member in listed.tool.inputSchema["properties"]?.object?.members ?? [] {
            #expect(member.value["description"]?.string?.hasSuffix(".") == true, "\(member.name)")
        }
    }

    /// Rows: G104.
    @Test(arguments: Listed.all)
    func `has a plain schema`(_ listed: Listed) {
        let words: Set = [
            "type", "properties", "required", "additionalProperties", "description", "enum", "items", "default",
            "minimum", "maximum",
        ]
        for (path, schema) in subschemas(of: listed.tool.inputSchema) {
            let names = schema.object?.names ?? []
            #expect(names.filter { !words.contains($0) } == [], "\(path)")
            #expect(schema["type"]?.string != nil, "\(path)")
            #expect((schema["type"] == "array") == (schema["items"] != nil), "\(path)")
        }
        #expect(listed.tool.inputSchema["type"] == "object")
        #expect(listed.tool.inputSchema["additionalProperties"] == false)
        #expect(listed.tool.outputSchema["type"] == "object")
    }

    @Test(arguments: Listed.all)
    func `reads each of its properties under its own name`(_ listed: Listed) {
        var input = Arguments.describing
        let call = listed.tool.init(&input)
        let labels = properties(of: call).map { Suggestion.folded($0) }
        #expect(labels == input.names.map { Suggestion.folded($0) })
        #expect(Set(labels).count == labels.count)
    }

    /// A group such as a page counts by its own properties.
    private func properties(of call: Any) -> [String] {
        Mirror(reflecting: call).children.flatMap { child -> [String] in
            switch child.value {
            case let page as Page: Array(properties(of: page).prefix(2))
            case is WriteReason, is Agreement: properties(of: child.value)
            default: [child.label ?? ""]
            }
        }
    }

    @Test(arguments: Listed.all)
    func `sends nothing when a required argument is missing`(_ listed: Listed) async throws {
        let required = listed.tool.inputSchema["required"]?.array ?? []
        guard !required.isEmpty else { return }
        let answer = try await TestCatalog(AnsweringHTTP { _ throws(HTTPFailure) in throw .cancelled })
            .call(listed.definition.name)
        #expect(answer.isFailure)
        for name in required { #expect(answer.text.contains("`\(name.string ?? "")` is missing")) }
    }

    /// Rows: G115.
    @Test(arguments: Listed.all)
    func `is answered by the sandbox as its output schema says`(_ listed: Listed) async throws {
        let arguments = try #require(Self.examples[listed.definition.name])
        #expect(differences(arguments, from: listed.tool.inputSchema) == [])
        let answer = try await TestCatalog().call(listed.definition.name, arguments)
        #expect(!answer.isFailure)
        #expect(answer.text.count > 100)
        let structured = try #require(answer.structured)
        #expect(differences(structured, from: listed.tool.outputSchema) == [])
    }

    /// Rows: G112.
    @Test(arguments: Listed.all)
    func `turns a refusal into a failure with its message`(_ listed: Listed) async throws {
        let arguments = try #require(Self.examples[listed.definition.name])
        let catalog = TestCatalog(answering: .ok, #"{"ok":false,"message":"The catalog is being moved."}"#)
        let answer = try await catalog.call(listed.definition.name, arguments)
        #expect(answer.isFailure && answer.structured == nil)
        #expect(answer.text.contains("The catalog is being moved."))
    }

    @Test(arguments: Listed.all)
    func `keeps its schema`(_ listed: Listed) throws {
        let schema: JSON = [
            "description": .string(listed.definition.description),
            "inputSchema": listed.tool.inputSchema,
            "outputSchema": listed.tool.outputSchema,
        ]
        try expectSnapshot("\(listed.definition.name).schema.json", of: schema.prettyText, levels: 0)
    }

    /// Rows: G106.
    @Test func `is listed once, in reading order, and within the budget`() {
        let listings = TestCatalog().registry.listings
        #expect(listings.map { $0.definition.name } == Listed.all.map { $0.definition.name })
        #expect(listings.map { $0.definition.name } == ToolName.allCases.map { $0.rawValue })
        let size = listings.reduce(0) { $0 + $1.definition.description.count + $1.inputSchema.text.count }
        // Four characters to a token: 15 tools are to stay under 9,000 tokens.
        #expect(size < 4 * 9000 * listings.count / 15 + 4000)
    }
}
