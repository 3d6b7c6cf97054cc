package import JSON
package import MCP
package import OvalEdge
package import Rendering
package import Writes

/// One thing a model can ask of OvalEdge.
///
/// An instance is one call, its arguments already read.
package protocol Tool: Sendable {
    static var definition: ToolDefinition { get }
    static var outputSchema: JSON { get }
    /// Itself where it can change something, else nil; asked instead of a cast, which costs the start a third of its time.
    static var writing: (any WritingTool.Type)? { get }
    init(_ input: inout Arguments)
    func answer(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> SizedAnswer
}

/// A tool that asks one question and puts the reply into words.
package protocol OneRequestTool: Tool {
    associatedtype Reply: Model
    var request: APIRequest<Envelope<Reply>> { get }
    func render(_ reply: Reply, links: LinkBase) -> SizedAnswer
}

extension Tool {
    package static var writing: (any WritingTool.Type)? { nil }

    package static var inputSchema: JSON { inputSchema(allowing: Set(WriteFamily.allCases)) }

    /// Without the choices that these families of writes do not cover.
    package static func inputSchema(allowing families: Set<WriteFamily>) -> JSON {
        var input = Arguments.describing(withholding: withheld(allowing: families))
        _ = Self(&input)
        return input.schema
    }

    package static func listing(allowing families: Set<WriteFamily>) -> ToolListing {
        var definition = definition
        // What remains of a tool without the steps that write only reads.
        if !withheld(allowing: families).isEmpty { definition.effect = .reads }
        return ToolListing(definition, inputSchema: inputSchema(allowing: families), outputSchema: listedOutputSchema)
    }

    /// Tools that can write read everything again, so that nothing of it is from before.
    package static var listedOutputSchema: JSON {
        Notes.added(to: writing == nil ? AsOf.added(to: outputSchema) : outputSchema)
    }

    package static func withheld(allowing families: Set<WriteFamily>) -> Set<String> {
        writing?.steps(beyond: families) ?? []
    }
}

extension OneRequestTool {
    package func answer(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> SizedAnswer {
        render(try await ovalEdge.send(request).opened(), links: ovalEdge.links)
    }
}
