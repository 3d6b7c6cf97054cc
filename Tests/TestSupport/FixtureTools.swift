package import JSON
import JSONRPC
package import MCP

/// A few tools that need no product, for tests of the protocol.
package struct FixtureTools: ToolRegistry {
    package init() {}

    package let listings = [
        ToolListing(
            ToolDefinition(name: "echo", title: "Echo", effect: .reads, summary: "Says what it was told."),
            inputSchema: ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]],
            outputSchema: ["type": "object", "properties": ["text": ["type": "string"]]]
        ),
        ToolListing(
            ToolDefinition(name: "fail", title: "Fail", effect: .changes, summary: "Fails, and says so."),
            inputSchema: ["type": "object", "additionalProperties": false]
        ),
        ToolListing(
            ToolDefinition(name: "wait", title: "Wait", effect: .reads, summary: "Waits until it is cancelled."),
            inputSchema: ["type": "object", "additionalProperties": false]
        ),
        ToolListing(
            ToolDefinition(name: "revision", title: "Revision", effect: .reads, summary: "Says who asked, and how."),
            inputSchema: ["type": "object", "additionalProperties": false]
        ),
    ]

    package func call(
        _ name: String,
        arguments: JSONObject,
        in context: RequestContext
    ) async throws -> Answer {
        switch name {
        case "echo":
            let text = arguments["text"] ?? ""
            let link = ResourceLink("https://example.com/echo", name: "The echo")
            return Answer(text.string ?? "", structured: ["text": text], links: [link])
        case "fail": return .failure("It failed. Try another.")
        case "wait":
            context.progress.report(1, of: 2, "Waiting")
            context.progress.report(1, of: 2, "Still waiting")
            try? await Task.sleep(for: .seconds(60))
            return Answer("Nobody waited for this.")
        case "revision": return Answer("\(context.revision.rawValue) \(context.clientName ?? "-")")
        default: throw RPCError.invalidParams("The tool `\(name)` is not known here.")
        }
    }
}
