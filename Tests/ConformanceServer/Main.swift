import HTTPServer
import Logging
import MCP
import StreamableHTTP

/// A server that has what the protocol's official conformance suite asks for, and nothing else.
///
/// On stdio, or with `--http PORT` over HTTP, where `--stateless` leaves out sessions, and with `--stream-life 500`
/// answers that take longer let go of their connection; `--page-size 3` makes its lists long.
@main
enum Main {
    static func main() {
        guard let port = option("--http") else { return server.serveStandardIO() }
        var configuration = StreamableHTTPConfiguration()
        configuration.isStateless = CommandLine.arguments.contains("--stateless")
        configuration.requiresSession = !configuration.isStateless
        configuration.responseForm = .auto
        configuration.streamLife = option("--stream-life").map { .milliseconds($0) }
        // Some scenarios ask for many things at once.
        configuration.limits.inFlightPerPrincipal = 0
        configuration.limits.calls = 0
        configuration.limits.writes = 0
        configuration.limits.initializations = 0
        var place = HTTPServerConfiguration()
        place.port = port
        do throws(HTTPServerError) {
            try server.serveHTTP(configuration, on: place, log: log) { StandardOutput.write($0) }
        } catch {
            StandardError.write("conformance-server: \(error)")
        }
    }

    /// The tools that change something notify it.
    static let server = Server(
        info: ServerInfo(name: "conformance", version: "1", instructions: "A server to try clients with."),
        tools: ToolSet(
            ContentTools.all + WorkTools.all + AskingTools.all + RoundTools.all + ChangeTools.all + HeaderTools.all
                + [SchemaTool.tool]
        ),
        resources: Fixtures.resources,
        prompts: Fixtures.prompts,
        logsFrom: .warning,
        changes: [.tools, .prompts, .resources, .contents],
        pageSize: option("--page-size") ?? 100,
        log: log
    )

    private static let log = Log(.warning) { StandardError.write($0) }

    private static func option(_ name: String) -> Int? {
        let words = CommandLine.arguments.drop { $0 != name }
        return words.dropFirst().first.flatMap { Int($0) }
    }
}
