package import JSON
import JSONRPC

/// Tools that are closures, for a server whose tools are a few lines each.
package struct ToolSet: ToolRegistry {
    /// One tool: what clients get of it, and what a call of it does.
    package struct Tool: Sendable {
        package typealias Call = @Sendable (JSONObject, RequestContext) async throws -> Answer

        let listing: ToolListing
        let call: Call
        let immediate: ImmediateCall?

        /// With a schema of its own; `call` gets the arguments as they were sent.
        package init(_ listing: ToolListing, call: @escaping Call) {
            self.listing = listing
            self.call = call
            immediate = nil
        }

        private init(_ listing: ToolListing, immediate: @escaping ImmediateCall) {
            self.listing = listing
            self.immediate = immediate
            call = { try immediate($0, $1) }
        }

        /// With arguments, which `read` reads in a straight line: once on nothing, for the schema, and once for each call.
        package init<Input: Sendable>(
            _ definition: ToolDefinition,
            outputSchema: JSON? = nil,
            reading read: @escaping @Sendable (inout Arguments) -> Input,
            answer: @escaping @Sendable (Input, RequestContext) async throws -> Answer
        ) {
            let reading = Reading(name: definition.name, read: read)
            let listing = ToolListing(definition, inputSchema: reading.schema, outputSchema: outputSchema)
            self.init(
                listing,
                call: { given, context in
                    switch reading.input(given) {
                    case .success(let input): try await answer(input, context)
                    case .failure(let mistakes): .failure(mistakes.text)
                    }
                }
            )
        }

        /// Without arguments.
        package init(
            _ definition: ToolDefinition,
            answer: @escaping @Sendable (RequestContext) async throws -> Answer
        ) {
            self.init(definition, reading: { _ in }, answer: { _, context in try await answer(context) })
        }

        /// The same for a tool that waits for nothing: it is answered at once, on the thread that reads.
        package static func immediate<Input>(
            _ definition: ToolDefinition,
            outputSchema: JSON? = nil,
            reading read: @escaping @Sendable (inout Arguments) -> Input,
            answer: @escaping @Sendable (Input, RequestContext) throws -> Answer
        ) -> Tool {
            let reading = Reading(name: definition.name, read: read)
            let listing = ToolListing(definition, inputSchema: reading.schema, outputSchema: outputSchema)
            return Tool(
                listing,
                immediate: { given, context in
                    switch reading.input(given) {
                    case .success(let input): try answer(input, context)
                    case .failure(let mistakes): .failure(mistakes.text)
                    }
                }
            )
        }
    }

    private struct Mistakes: Error { let text: String }

    /// How a tool reads its arguments.
    private struct Reading<Input>: Sendable {
        let name: String
        let read: @Sendable (inout Arguments) -> Input

        var schema: JSON {
            var description = Arguments.describing
            _ = read(&description)
            return description.schema
        }

        func input(_ given: JSONObject) -> Result<Input, Mistakes> {
            var arguments = Arguments(given, of: name)
            let input = read(&arguments)
            guard arguments.mistakes.isEmpty else {
                return .failure(Mistakes(text: arguments.mistakes.joined(separator: "\n")))
            }
            return .success(input)
        }
    }

    private let listings: [ToolListing]
    private let tools: [String: Tool]
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
        self.tools = Dictionary(uniqueKeysWithValues: tools.map { ($0.listing.definition.name, $0) })
    }

    package func listings(in context: RequestContext) -> Listed<ToolListing> { .now(listings) }

    package func knows(_ name: String, in context: RequestContext) -> Bool { tools[name] != nil }

    package func headerParameters(of name: String) -> [HeaderParameter] { headerParameters[name] ?? [] }

    package func effect(of name: String) -> Effect? { effects[name] }

    package func immediate(_ name: String) -> ImmediateCall? { tools[name]?.immediate }

    package func call(_ name: String, arguments: JSONObject, in context: RequestContext) async throws -> Answer {
        guard let tool = tools[name] else {
            throw RPCError.unknown("tool", name, among: listings.map { $0.definition.name })
        }
        return try await tool.call(arguments, context)
    }
}
