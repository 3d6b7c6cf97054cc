import JSON
import MCP

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Tools that take a while and say so.
enum WorkTools {
    static let all = [
        ToolSet.Tool(
            ToolDefinition(
                name: "test_tool_with_progress",
                title: "Progress",
                effect: .reads,
                summary: "Reports how far it has come three times."
            )
        ) { context in
            for done in [0.0, 50, 100] {
                context.progress.report(done, of: 100, "Step \(Int(done)) of 100")
                try await Task.sleep(for: .milliseconds(20))
            }
            return Answer("All three steps are done.")
        },
        talking("test_tool_with_logging", "Logs three lines while it works.") { context in
            for line in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
                context.log(.info, line)
                try await Task.sleep(for: .milliseconds(20))
            }
        },
        talking("test_logging_tool", "Logs a line of each level.") { context in
            for level in ClientLog.Level.allCases { context.log(level, "A line of level \(level.rawValue)") }
        },
        talking("test_reconnection", "Takes so long that its stream may end before it.") { _ in
            try await Task.sleep(for: .seconds(1))
        },
        ToolSet.Tool(
            ToolDefinition(
                name: "wait",
                title: "Wait",
                effect: .reads,
                summary: "Waits until it is cancelled."
            )
        ) { context in
            context.progress.report(1, of: 2, "Waiting")
            try await Task.sleep(for: .seconds(600))
            return Answer("Nobody waited for this.")
        },
        ToolSet.Tool(
            ToolDefinition(name: "noise", title: "Noise", effect: .reads, summary: "Prints where only messages may be.")
        ) { _ in
            print("a stray print")
            system("echo a child; cat")
            return Answer("It was not quiet.")
        },
        ToolSet.Tool(
            ToolDefinition(name: "crash", title: "Crash", effect: .reads, summary: "Throws what no client may see.")
        ) { _ in throw Secret() },
        ToolSet.Tool(
            ToolDefinition(name: "add", title: "Add", effect: .reads, summary: "Adds two whole numbers."),
            outputSchema: ["type": "object", "properties": ["sum": ["type": "integer"]], "required": ["sum"]],
            reading: { input in Numbers(&input) },
            answer: { numbers, _ in Answer("\(numbers.a + numbers.b)", structured: ["sum": .int(numbers.a + numbers.b)])
            }
        ),
    ]

    private static func talking(
        _ name: String,
        _ summary: String,
        work: @escaping @Sendable (RequestContext) async throws -> Void
    ) -> ToolSet.Tool {
        ToolSet.Tool(ToolDefinition(name: name, title: name, effect: .reads, summary: summary)) { context in
            try await work(context)
            return Answer("All is said.")
        }
    }

    private struct Numbers {
        let a: Int
        let b: Int

        init(_ input: inout Arguments) {
            a = input.read("a", "The first number.", in: -1000...1000)
            b = input.read("b", "The second number.", in: -1000...1000)
        }
    }

    private struct Secret: Error, CustomStringConvertible {
        let description = "internals: /opt/secret.key at line 7"
    }
}
