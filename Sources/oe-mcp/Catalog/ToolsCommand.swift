import Commands
import JSON
import Logging
import MCP
import OvalEdgeTools
import Settings
import Writes

/// `oe-mcp tools`: what there is to call, what is not allowed here too; it needs no settings.
enum ToolsCommand {
    static func run(_ line: ParsedCommandLine) throws(UsageError) -> Int32 {
        let tools = OvalEdgeTools.Registry.tools
        switch try line.outputFormat(orJSON: "json") {
        case .json: StandardOutput.write(JSON.array(tools.map { json($0) }).prettyText)
        case .table: TextTable(tools.map { row($0) }).write()
        case .csv: TextTable(tools.map { row($0) }).writeCSV()
        case nil: StandardOutput.write(tools.map { terminal($0) }.joined(separator: "\n\n"))
        }
        return 0
    }

    private static func row(_ tool: any Tool.Type) -> JSONObject {
        JSONObject([
            .init("name", .string(tool.definition.name)), .init("changes", .string(family(of: tool) ?? "")),
            .init("summary", .string(tool.definition.summary)),
            .init("arguments", .strings(tool.inputSchema["properties"]?.object?.names ?? [])),
        ])
    }

    private static func terminal(_ tool: any Tool.Type) -> String {
        let parameters = tool.inputSchema["properties"]?.object?.names.joined(separator: ", ") ?? ""
        let condition = family(of: tool).map { "\n    Changes things: needs OVALEDGE_ALLOW_WRITES=\($0)" } ?? ""
        return "\(tool.definition.name)\n    \(tool.definition.summary)\n    Takes: \(parameters)\(condition)"
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
