import JSON
import Logging
import MCP
import Synchronization

/// Which arguments of which tools a request repeats in its header, as the server's lists have said (2026-07-28).
final class ToolHeaders: Sendable {
    private let known = Mutex<[String: [HeaderParameter]]>([:])
    private let log: Log

    init(_ log: Log) { self.log = log }

    func parameters(of tool: String?) -> [HeaderParameter] {
        guard let tool else { return [] }
        return known.withLock { $0[tool] ?? [] }
    }

    /// The result of `tools/list` without the tools whose annotations break the rules, which a client must not call.
    func learn(_ result: JSON) -> JSON {
        guard let tools = result["tools"]?.array else { return result }
        var kept: [JSON] = []
        for tool in tools {
            guard let name = tool["name"]?.string else {
                kept.append(tool)
                continue
            }
            guard let parameters = HeaderParameter.all(in: tool["inputSchema"] ?? .null) else {
                log.warning("A tool is left out, because its x-mcp-header breaks the rules", ("tool", name))
                continue
            }
            known.withLock { $0[name] = parameters.isEmpty ? nil : parameters }
            kept.append(tool)
        }
        guard kept.count < tools.count else { return result }
        var result = result
        result["tools"] = .array(kept)
        return result
    }
}
