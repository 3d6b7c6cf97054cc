import HTTPServer
import Logging
import MCP
import StreamableHTTP

@main
enum Main {
    static let flip = ToolSet.Tool(
        ToolDefinition(name: "flip", title: "Flip a coin", effect: .reads, summary: "Flips a coin.")
    ) { context in Answer("Heads for \(context.clientName ?? "you"): \(Bool.random()).") }

    static func main() throws {
        let info = ServerInfo(name: "coins", version: "1.0.0", instructions: "Flips coins when chance is to decide.")
        let log = Log(.info) { StandardError.write($0) }
        let server = Server(info: info, tools: ToolSet([flip]), log: log)

        var how = StreamableHTTPConfiguration()
        how.isStateless = false
        how.origins = [AllowedOrigin("https://app.example.com")].compactMap { $0 }
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8000
        let place = HTTPServerConfiguration(address: "127.0.0.1", port: port)
        try server.serveHTTP(how, on: place, log: log) { StandardOutput.write($0) }
    }
}
