package import JSONRPC

extension ProtocolTexts {
    /// What MCP defines itself: a secret that is one of these words costs a message nothing.
    package static let mcp = ProtocolTexts(
        words: [
            "cacheScope", "format", "io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/subscriptionId",
            "level", "method", "mimeType", "nextCursor", "progressToken", "protocolVersion", "requestId",
            "requestState",
            "resultType", "role", "type",
        ],
        offers: ["inputSchema", "outputSchema", "prompts", "resourceTemplates", "tools"],
        data: ["arguments", "data", "structuredContent"]
    )
}
