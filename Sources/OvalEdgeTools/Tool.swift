package import JSON
package import MCP
package import OvalEdge

/// One thing a model can ask of OvalEdge.
///
/// An instance is one call, its arguments already read.
package protocol Tool: Sendable {
    static var definition: ToolDefinition { get }
    static var outputSchema: JSON { get }
    init(_ input: inout Arguments)
    func answer(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> Answer
}

/// A tool that asks one question and puts the reply into words.
package protocol OneRequestTool: Tool {
    associatedtype Reply: Model
    var request: APIRequest<Envelope<Reply>> { get }
    func render(_ reply: Reply, links: LinkBase) -> Answer
}

extension Tool {
    package static var inputSchema: JSON {
        var input = Arguments.describing
        _ = Self(&input)
        return input.schema
    }

    package static var listing: ToolListing {
        ToolListing(definition, inputSchema: inputSchema, outputSchema: outputSchema)
    }
}

extension OneRequestTool {
    package func answer(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> Answer {
        render(try await ovalEdge.send(request).opened(), links: ovalEdge.links)
    }
}
