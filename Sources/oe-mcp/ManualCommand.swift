import JSON
import Logging
import MCP
import OvalEdgeTools
import Settings

/// `oe-mcp tools --manual`: docs/Tools.md, made by calling every tool.
enum ManualCommand {
    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        guard line.has("sandbox") else {
            throw UsageError(
                "The manual shows answers from the sandbox.",
                advice: "Run `oe-mcp tools --manual --sandbox --set OVALEDGE_ALLOW_WRITES=all`."
            )
        }
        let tools = try Wiring(line, logLevel: .error).tools()
        let manual = ToolManual(setting: { "OVALEDGE_ALLOW_WRITES=\($0.rawValue)" }) { name, arguments in
            let context = RequestContext(revision: .newestWithHandshake, clientName: "manual")
            return try await tools.call(name, arguments: arguments, in: context)
        }
        let page = Waiter.run { () async -> Result<String, any Error> in
            do { return .success(try await manual.page()) } catch { return .failure(error) }
        }
        StandardOutput.write(try page.get())
        return 0
    }
}
