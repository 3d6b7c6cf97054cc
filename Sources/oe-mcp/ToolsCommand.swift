import JSON
import Logging
import MCP
import OvalEdgeTools
import Settings

/// `oe-mcp tools`: what there is to call, what is not allowed here too; it needs no settings.
enum ToolsCommand {
    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        if line.has("manual") { return try ManualCommand.run(line) }
        let tools = OvalEdgeTools.Registry.tools
        let text =
            if line.has("json") {
                JSON.array(tools.map { json($0) }).prettyText
            } else if line.has("markdown") {
                markdown(tools)
            } else if line.has("cost") {
                ListCost.markdown.text
            } else {
                tools.map { terminal($0) }.joined(separator: "\n\n")
            }
        StandardOutput.write(text)
        return 0
    }

    private static func terminal(_ tool: any Tool.Type) -> String {
        let parameters = tool.inputSchema["properties"]?.object?.names.joined(separator: ", ") ?? ""
        let condition = family(of: tool).map { "\n    Changes things: needs OVALEDGE_ALLOW_WRITES=\($0)" } ?? ""
        return "\(tool.definition.name)\n    \(tool.definition.summary)\n    Takes: \(parameters)\(condition)"
    }

    private static func markdown(_ tools: [any Tool.Type]) -> String {
        let rows = tools.map { tool in
            let family = family(of: tool).map { "`\($0)`" } ?? ""
            return "| `\(tool.definition.name)` | \(tool.definition.title) | \(tool.definition.summary) | \(family) |"
        }
        return (["| Tool | Title | What it does | Changes |", "|---|---|---|---|"] + rows).joined(separator: "\n")
    }

    /// The family of writes that must be allowed for it.
    private static func family(of tool: any Tool.Type) -> String? { (tool as? any WritingTool.Type)?.family.rawValue }

    private static func json(_ tool: any Tool.Type) -> JSON {
        .members(
            ("name", .string(tool.definition.name)),
            ("title", .string(tool.definition.title)),
            ("description", .string(tool.definition.description)),
            ("inputSchema", tool.inputSchema),
            ("outputSchema", tool.outputSchema)
        )
    }
}
