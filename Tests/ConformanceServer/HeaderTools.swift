import JSON
import MCP

/// A tool whose arguments a client of 2026-07-28 repeats in header fields: one of each kind, and one further in.
enum HeaderTools {
    static let all = [
        ToolSet.Tool(
            ToolListing(
                ToolDefinition(
                    name: "test_header_parameters",
                    title: "Header parameters",
                    effect: .reads,
                    summary: "Says which arguments it was called with, some of which are in header fields as well."
                ),
                inputSchema: schema
            )
        ) { arguments, _ in Answer(JSON.object(arguments).text) }
    ]

    private static let schema: JSON = [
        "type": "object",
        "properties": [
            "region": ["type": "string", "description": "A text.", "x-mcp-header": "Region"],
            "count": ["type": "integer", "description": "A whole number.", "x-mcp-header": "Count"],
            "dry": ["type": "boolean", "description": "Yes or no.", "x-mcp-header": "Dry-Run"],
            "place": [
                "type": "object",
                "properties": ["tenant": ["type": "string", "description": "A text.", "x-mcp-header": "Tenant"]],
            ],
            "plain": ["type": "string", "description": "In no field."],
        ],
    ]
}
