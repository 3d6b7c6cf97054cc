import MCP

/// Tools after which something is said to have changed.
enum ChangeTools {
    static let all = [
        changing("test_trigger_tool_change", "Says that the tools have changed.") { $0.changed(.tools) },
        changing("test_trigger_prompt_change", "Says that the prompts have changed.") { $0.changed(.prompts) },
        changing("test_trigger_resource_change", "Says that the watched resource has changed.") {
            $0.updated(resource: "test://watched-resource")
        },
    ]

    private static func changing(
        _ name: String,
        _ summary: String,
        change: @escaping @Sendable (Server) -> Void
    ) -> ToolSet.Tool {
        ToolSet.Tool(ToolDefinition(name: name, title: name, effect: .changes, summary: summary)) { _ in
            change(Main.server)
            return Answer("Clients that listen have been told.")
        }
    }
}
