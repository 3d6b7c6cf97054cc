package import JSON

/// Knows which tools there are and can call one by name; MCP knows no more of what a tool is made of.
package protocol ToolRegistry: AudienceRegistry {
    /// In the order in which they are listed, the same for every caller of one audience and in every process.
    func listings(in context: RequestContext) -> Listed<ToolListing>

    /// Whether a tool can be called by this name, listed or not; asked with every call, so that it should not make the list.
    func knows(_ name: String, in context: RequestContext) -> Bool

    /// What of a tool's arguments a client of 2026-07-28 repeats in header fields, over HTTP.
    func headerParameters(of name: String) -> [HeaderParameter]

    /// What a call of a tool does to what it works on; nil where that is not known.
    func effect(of name: String) -> Effect?

    /// What answers the calls of a tool that waits for nothing, on the thread that reads; nil for all others, which
    /// ``call(_:arguments:in:)`` answers.
    func immediate(_ name: String) -> ImmediateCall?

    /// An `RPCError`, as for an unknown name, becomes the error of the request; what goes wrong inside a tool is an
    /// answer, and what is thrown in spite of that an internal error.
    func call(_ name: String, arguments: JSONObject, in context: RequestContext) async throws -> Answer
}

/// A call that is answered before anything else is read, so that it must not take long.
package typealias ImmediateCall = @Sendable (JSONObject, RequestContext) throws -> Answer

extension ToolRegistry {
    package func immediate(_ name: String) -> ImmediateCall? { nil }
    package func headerParameters(of name: String) -> [HeaderParameter] { [] }
    package func effect(of name: String) -> Effect? { nil }
}

/// One tool as a client gets it.
package struct ToolListing: Hashable, Sendable {
    package let definition: ToolDefinition
    package let inputSchema: JSON
    package let outputSchema: JSON?

    package init(_ definition: ToolDefinition, inputSchema: JSON, outputSchema: JSON? = nil) {
        self.definition = definition
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
    }
}
