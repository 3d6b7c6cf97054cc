import JSON
import MCP
import OvalEdgeContent
import OvalEdgeTools
import TestSupport
import Testing

/// Where a model reads something: in a tool's description, in an argument's, or in a guide.
struct Told: CustomTestStringConvertible, Sendable {
    let place: String
    let words: [String]

    init(_ place: String, _ words: String...) {
        self.place = place
        self.words = words
    }

    var testDescription: String { "\(place): \(words.first ?? "")" }

    /// What stands there, each space a single one.
    var text: String? {
        let parts = place.split(separator: ".").map { String($0) }
        guard let tool = Registry.tools.first(where: { tool in tool.definition.name == parts[0] }) else {
            return Guide.all.first { $0.uri.hasSuffix("/\(place)") }?.text(for: EnabledTools(Registry.tools))
        }
        guard parts.count > 1 else { return tool.definition.description }
        return tool.inputSchema["properties"]?[parts[1]]?["description"]?.string
    }
}

@Suite struct `What a model reads` {
    @Test(arguments: [
        Told("asset_explorer", "Without object_type everything is searched; that is the best first try"),
        Told("asset_explorer", "leave the sort out when words are to rank"),
        Told("mcp_workflows", "Sort only lists made by filters"),
        Told("mcp_workflows", "\"What can I see?\"", "ask for a list: `asset_explorer`", "\"What do I own?\""),
        Told("mcp_workflows", "Questions about a named person's or role's access are about access"),
        Told("mcp_workflows", "\"I need access to …\" is a request"),
        Told("mcp_workflows", "A search is one POST that reads"),
        Told("mcp_workflows", #"`{"rating": {"min": 4}}`"#, #"`{"createdDate": {"from": "2026-01-01"}}`"#),
        Told("mcp_workflows", "RDAM", "ask before anything is looked up", "A search shows no rights"),
        Told(
            "access_explorer",
            "source_system_access",
            "native, remote, RDAM",
            "catalog_access",
            "ask the person first"
        ),
        Told("access_explorer", "The name of a platform says nothing about which is meant"),
        Told("access_explorer", "What a person owns or stewards is in `asset_explorer`"),
        Told("access_explorer.object_id", "works for RDAM too"),
        Told(
            "rdam_source_access",
            "(Snowflake, Redshift, Tableau) is not a signal",
            "`user_to_objects`",
            "`object_to_users`"
        ),
        Told("rdam_source_access", "needs `connection_id` and the level", "Neither implies the other"),
        Told("create_service_request", "`access_explorer`", "`asset_explorer`", "the fields of the ticket"),
        Told("knowledge_search", "For tables, columns, reports and glossary terms use `asset_explorer`"),
    ])
    func `says which tool to use when`(_ told: Told) throws {
        let text = try #require(told.text).split(whereSeparator: { $0 == " " || $0 == "\n" }).joined(separator: " ")
        for words in told.words { #expect(text.contains(words), "\(text)") }
    }
}
