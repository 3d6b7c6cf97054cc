import Logging
import MCP

/// A server that has what the protocol's official conformance suite asks for, and nothing else.
///
/// `--page-size 3` makes its lists long.
@main
enum Main {
    static func main() { server.serveStandardIO() }

    /// The tools that change something notify it.
    static let server = Server(
        info: ServerInfo(name: "conformance", version: "1", instructions: "A server to try clients with."),
        tools: ToolSet(
            ContentTools.all + WorkTools.all + AskingTools.all + RoundTools.all + ChangeTools.all + [SchemaTool.tool]
        ),
        resources: Fixtures.resources,
        prompts: Fixtures.prompts,
        logsFrom: .warning,
        changes: [.tools, .prompts, .resources, .contents],
        pageSize: option("--page-size") ?? 100,
        log: Log(.warning) { StandardError.write($0) }
    )

    private static func option(_ name: String) -> Int? {
        let words = CommandLine.arguments.drop { $0 != name }
        return words.dropFirst().first.flatMap { Int($0) }
    }
}
