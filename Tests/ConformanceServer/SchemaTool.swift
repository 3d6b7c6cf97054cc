import JSON
import MCP

/// A tool whose schema uses more words of JSON Schema 2020-12 than tools usually do; all of them must reach the client.
enum SchemaTool {
    static let tool = ToolSet.Tool(
        ToolListing(
            ToolDefinition(
                name: "json_schema_2020_12_tool",
                title: "JSON Schema 2020-12",
                effect: .reads,
                summary: "Has a schema with references, conditions and combinations."
            ),
            inputSchema: schema
        )
    ) { arguments, _ in Answer("Called with \(JSON.object(arguments).text)") }

    private static let schema: JSON = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": [
            "address": [
                "$anchor": "addressDef",
                "type": "object",
                "properties": ["street": ["type": "string"], "city": ["type": "string"]],
            ]
        ],
        "properties": [
            "name": ["type": "string"],
            "address": ["$ref": "#/$defs/address"],
            "contactMethod": ["type": "string", "enum": ["phone", "email"]],
            "phone": ["type": "string"],
            "email": ["type": "string"],
        ],
        "allOf": [["anyOf": [["required": ["phone"]], ["required": ["email"]], ["required": ["name"]]]]],
        "if": ["properties": ["contactMethod": ["const": "phone"]], "required": ["contactMethod"]],
        "then": ["required": ["phone"]],
        "else": ["required": ["name"]],
        "additionalProperties": false,
    ]
}
