package import JSON
import JSONRPC

/// Tools that are closures, for a server whose tools are a few lines each.
package struct ToolSet: ToolRegistry {
    /// One tool: what clients get of it, and what a call of it does.
    package struct Tool: Sendable {
        package typealias Call = @Sendable (JSONObject, RequestContext) async throws -> Answer

        let listing: ToolListing
        let call: Call

        /// With a schema of its own; `call` gets the arguments as they were sent.
        package init(_ listing: ToolListing, call: @escaping Call) {
            self.listing = listing
            self.call = call
        }

        /// With arguments, which `read` reads in a straight line: once on nothing, for the schema, and once for each call.
        package init<Input: Sendable>(
            _ definition: ToolDefinition,
            outputSchema: JSON? = nil,
            reading read: @escaping @Sendable (inout Arguments) -> Input,
            answer: @escaping @Sendable (Input, RequestContext) async throws -> Answer
        ) {
            var description = Arguments.describing
            _ = read(&description)
            listing = ToolListing(definition, inputSchema: description.schema, outputSchema: outputSchema)
            call = { given, context in
                var arguments = Arguments(given, of: definition.name)
                let input = read(&arguments)
                guard arguments.mistakes.isEmpty else {
                    return .failure(arguments.mistakes.joined(separator: "\n"))
                }
                return try await answer(input, context)
            }
        }

        /// Without arguments.
        package init(
            _ definition: ToolDefinition,
            answer: @escaping @Sendable (RequestContext) async throws -> Answer
        ) {
            self.init(definition, reading: { _ in }, answer: { _, context in try await answer(context) })
        }
    }

    private let listings: [ToolListing]
    private let calls: [String: Tool.Call]
    private let headerParameters: [String: [HeaderParameter]]
    private let effects: [String: Effect]

    /// In the order in which they are listed; traps on a name that is there twice, and on an `x-mcp-header` that clients
    /// would not take.
    package init(_ tools: [Tool]) {
        listings = tools.map { $0.listing }
        headerParameters = listings.reduce(into: [:]) { all, listing in
            guard let parameters = HeaderParameter.all(in: listing.inputSchema) else {
                preconditionFailure("an x-mcp-header of \(listing.definition.name) is not valid")
            }
            if !parameters.isEmpty { all[listing.definition.name] = parameters }
        }
        effects = listings.reduce(into: [:]) { $0[$1.definition.name] = $1.definition.effect }
        calls = Dictionary(uniqueKeysWithValues: tools.map { ($0.listing.definition.name, $0.call) })
    }

    package func listings(in context: RequestContext) -> Listed<ToolListing> { .now(listings) }

    package func knows(_ name: String, in context: RequestContext) -> Bool { calls[name] != nil }

    package func headerParameters(of name: String) -> [HeaderParameter] { headerParameters[name] ?? [] }

    package func effect(of name: String) -> Effect? { effects[name] }

    package func call(_ name: String, arguments: JSONObject, in context: RequestContext) async throws -> Answer {
        guard let call = calls[name] else {
            throw RPCError.unknown("tool", name, among: listings.map { $0.definition.name })
        }
        return try await call(arguments, context)
    }
}
