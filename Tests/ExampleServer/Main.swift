import Logging
import MCP

@main
enum Main {
    static let dice = ToolSet.Tool(
        ToolDefinition(name: "roll", title: "Roll dice", effect: .reads, summary: "Rolls dice and adds them up."),
        reading: { input in input.read("count", "How many dice.", in: 1...100, default: 1) },
        answer: { count, _ in
            let rolls = (0..<count).map { _ in Int.random(in: 1...6) }
            return Answer("Rolled \(rolls): \(rolls.reduce(0, +)) in all.")
        }
    )

    static func main() {
        let info = ServerInfo(name: "dice", version: "1.0.0", instructions: "Rolls dice when chance is to decide.")
        let log = Log(.warning) { StandardError.write($0) }
        Server(info: info, tools: ToolSet([dice]), log: log).serveStandardIO()
    }
}
