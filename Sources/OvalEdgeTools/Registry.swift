package import JSON
import JSONRPC
package import MCP
package import OvalEdge
import Text

/// All tools in the order in which they are listed: to find, to explain, then to change.
package struct Registry: ToolRegistry {
    package static let tools: [any Tool.Type] = [
        AssetExplorer.self, AssetDetails.self, AssetLineage.self, KnowledgeSearch.self,
    ]

    package static let listings = tools.map { tool in tool.listing }

    private let offer: ToolOffer
    private let ovalEdge: @Sendable (Principal) -> OvalEdgeAPI

    /// `ovalEdge` gives each caller the API that acts in their name.
    package init(_ offer: ToolOffer = ToolOffer(), ovalEdge: @escaping @Sendable (Principal) -> OvalEdgeAPI) {
        self.offer = offer
        self.ovalEdge = ovalEdge
    }

    package var listings: [ToolListing] { offer.listings }

    package func call(
        _ name: String,
        arguments: JSONObject,
        in context: RequestContext
    ) async throws -> Answer {
        let tool = try tool(named: name)
        var input = Arguments(arguments, of: name)
        let call = tool.init(&input)
        guard input.mistakes.isEmpty else { return .failure(Self.explained(input.mistakes, of: name)) }
        do {
            return try await call.answer(from: ovalEdge(context.principal), in: context)
        } catch let error as OvalEdgeError {
            return .failure(error.explanation)
        } catch is CancellationError {
            return .failure("The call was cancelled. Call again if its answer is still wanted.")
        }
    }

    private func tool(named name: String) throws(RPCError) -> any Tool.Type {
        if let tool = Self.tools.first(where: { $0.definition.name == name }) {
            guard offer.contains(name) else {
                throw .invalidParams("The tool `\(name)` is switched off here; who runs this server can allow it.")
            }
            return tool
        }
        let names = offer.tools.map { tool in tool.definition.name }
        let start = "There is no tool `\(Untrusted.cleaned(String(name.prefix(80))))`"
        throw .invalidParams(
            Suggestion.nearest(to: name, among: names).map { "\(start); did you mean `\($0)`?" }
                ?? "\(start). There are \(names.joined(separator: ", "))."
        )
    }

    private static func explained(_ mistakes: [String], of name: String) -> String {
        let start = mistakes.count == 1 ? "One argument" : "\(mistakes.count) things"
        let list = mistakes.map { "- \(Untrusted.cleaned($0))" }.joined(separator: "\n")
        return "\(start) must be mended before \(name) can be called; nothing was sent.\n\(list)"
    }
}
