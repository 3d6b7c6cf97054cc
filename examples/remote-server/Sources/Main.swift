import HTTPServer
import Logging
import MCP
import StreamableHTTP

/// Started as `remote-server [--port PORT] [--host ADDRESS] [--origin ORIGIN]…`.
@main
enum Main {
    static let hello = ToolSet.Tool(
        ToolDefinition(name: "hello_world", title: "Say hello", effect: .reads, summary: "Greets someone by name."),
        reading: { input in input.read("name", "Whom to greet.", default: "world") },
        answer: { name, context in Answer("Hello, \(name)! You came with \(context.clientName ?? "some client").") }
    )

    static func main() throws {
        let port = values(of: "--port").first.flatMap { Int($0) } ?? 8000
        let host = values(of: "--host").first ?? "127.0.0.1"
        let info = ServerInfo(name: "hello", version: "1.0.0", instructions: "Greets people.")
        let log = Log(.info) { StandardError.write($0) }
        let server = Server(info: info, tools: ToolSet([hello]), log: log)

        var how = StreamableHTTPConfiguration()
        how.isStateless = false
        how.isLoopback = host == "127.0.0.1"
        how.origins = values(of: "--origin").compactMap { AllowedOrigin($0) }
        let place = HTTPServerConfiguration(address: host, port: port)
        try server.serveHTTP(how, on: place, log: log) { StandardOutput.write($0) }
    }

    static func values(of option: String) -> [String] {
        let words = CommandLine.arguments
        return zip(words, words.dropFirst()).filter { $0.0 == option }.map { $0.1 }
    }
}
