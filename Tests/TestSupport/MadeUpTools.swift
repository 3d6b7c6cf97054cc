package import JSON
import JSONRPC
package import MCP
import Synchronization

/// Tools that a test makes up, and may add to or take away from while they are served.
package final class MadeUpTools: ToolRegistry {
    package typealias Calling = @Sendable (JSONObject, RequestContext) async throws -> Answer

    private let tools: Mutex<[(name: String, call: Calling)]>

    package init(_ tools: (String, Calling)...) { self.tools = Mutex(tools.map { ($0.0, $0.1) }) }

    package func add(_ name: String, _ call: @escaping Calling = { _, _ in Answer("Done.") }) {
        tools.withLock { $0.append((name, call)) }
    }

    package func remove(_ name: String) { tools.withLock { $0.removeAll { $0.name == name } } }

    package func knows(_ name: String, in context: RequestContext) -> Bool {
        tools.withLock { $0.contains { $0.name == name } }
    }

    package func listings(in context: RequestContext) -> Listed<ToolListing> {
        let names = tools.withLock { $0.map { $0.name } }
        return .now(
            names.map { name in
                ToolListing(
                    ToolDefinition(name: name, title: name, effect: .reads, summary: "Made up."),
                    inputSchema: ["type": "object"]
                )
            }
        )
    }

    package func call(_ name: String, arguments: JSONObject, in context: RequestContext) async throws -> Answer {
        guard let call = tools.withLock({ $0.first { $0.name == name }?.call }) else {
            throw RPCError.invalidParams("The tool `\(name)` is not known here.")
        }
        return try await call(arguments, context)
    }
}
