import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing
import Text

/// How the list of tools fares in the clients that most people have.
@Suite struct `A listed tool` {
    /// Codex keeps these members of a schema, and drops every description of a tool whose schema has more than 5,000 bytes.
    private static let kept: Set = [
        "type", "description", "enum", "items", "properties", "required", "additionalProperties",
    ]

    private static func kept(of schema: JSON) -> JSON {
        guard let object = schema.object else { return schema }
        return .object(
            JSONObject(
                object.members.filter { kept.contains($0.name) }.map { member in
                    switch member.name {
                    case "items": .init(member.name, kept(of: member.value))
                    case "properties":
                        .init(
                            member.name,
                            .object(
                                JSONObject(
                                    (member.value.object?.members ?? []).map { .init($0.name, kept(of: $0.value)) }
                                )
                            )
                        )
                    default: member
                    }
                }
            )
        )
    }

    @Test(arguments: Listed.all)
    func `keeps its descriptions in Codex`(_ listed: Listed) {
        let bytes = Self.kept(of: listed.tool.inputSchema).text.utf8.count
        #expect(
            bytes < 4800,
            "\(listed.definition.name) has \(bytes) bytes: above 5,000 its arguments are not described."
        )
    }

    /// What it is for, when to use it, when another tool, and how.
    @Test(arguments: Listed.all)
    func `says what it does, when, when not and how`(_ listed: Listed) {
        let definition = listed.definition
        #expect(definition.summary.split(separator: " ").count >= 6, "what")
        let words = Set(definition.guidance.lowercased().split { !$0.isLetter }.map { String($0) })
        #expect(!words.isDisjoint(with: ["use", "when", "for", "where", "if", "begin", "start"]), "when")
        let names = Set(ToolName.allCases.map { $0.rawValue }).subtracting([definition.name])
        let isBounded =
            names.contains { definition.guidance.contains("`\($0)`") }
            || !words.isDisjoint(with: ["not", "only", "nothing", "no"])
        #expect(isBounded, "when not: name the tool that serves instead, or what this one does not do")
        let arguments = listed.tool.inputSchema["properties"]?.object?.names ?? []
        let parts = Set(arguments.flatMap { $0.split(separator: "_").map { String($0) } })
        #expect(!words.isDisjoint(with: parts), "how: say which arguments it takes")
    }

    /// A search as clients make it that load no tool before the model has looked for it: by words, of the name most.
    private static func ranked(_ query: String) -> [String] {
        let words = query.lowercased().split { !$0.isLetter }.map { String($0) }
        let scores = ToolDefinition.all.map { definition -> (name: String, score: Int) in
            let places = [
                (definition.name, 12), (definition.searchHint ?? "", 4), (definition.description, 2),
            ]
            let score = words.reduce(0) { score, word in
                score + places.reduce(0) { $0 + (Self.holds($1.0, word) ? $1.1 : 0) }
            }
            return (definition.name, score)
        }
        return scores.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
            .map { $0.element.name }
    }

    private static func holds(_ text: String, _ word: String) -> Bool {
        text.lowercased().split { !$0.isLetter }.contains { $0 == word }
    }

    @Test(arguments: [
        "which tables have customer orders", "data catalog search", "find tables", "ovaledge", "ovaledge search assets",
        "who owns the table", "find data assets in catalog",
    ])
    func `is found by what people ask: the search for assets`(query: String) {
        #expect(Self.ranked(query).prefix(5).contains("asset_explorer"), "\(Self.ranked(query).prefix(5))")
    }

    @Test(arguments: [
        ("where does this number come from", "asset_lineage"), ("upstream lineage", "asset_lineage"),
        ("which columns were added or dropped", "metadata_changes_between_crawls"),
        ("who has access permissions", "access_explorer"), ("retention policies", "knowledge_search"),
        ("profile of the columns", "asset_details"), ("data quality rules coverage", "dq_rule_advisor"),
        ("change the steward", "update_governance_roles"), ("create a tag", "create_tag"),
        ("add a business term", "create_glossary_term"), ("open a ticket", "create_service_request"),
        ("edit the description", "update_asset_descriptions"),
        ("mark critical data element", "update_cde_associations"),
        ("set a custom field", "update_custom_field_value"), ("create a data quality rule", "dq_rule_manager"),
    ])
    func `is found by what people ask`(query: String, name: String) {
        #expect(Self.ranked(query).prefix(3).contains(name), "\(Self.ranked(query).prefix(3))")
    }

    @Test(arguments: Listed.all)
    func `has a short hint for that`(_ listed: Listed) throws {
        let hint = try #require(listed.definition.searchHint)
        #expect(hint.utf8.count <= 110 && !hint.hasSuffix("."))
        let json = ToolListing(listed.definition, inputSchema: [:]).json(in: .newestWithHandshake)
        #expect(json["_meta"]?["anthropic/searchHint"] == .string(hint))
    }
}
