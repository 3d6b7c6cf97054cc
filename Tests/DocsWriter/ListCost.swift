import JSON
import MCP
import OvalEdgeTools
package import Rendering
import Text
package import Writes

/// What `tools/list` costs a model: about so many tokens for each tool, before anything has been asked.
package struct ListCost: Sendable {
    package struct Row: Hashable, Sendable {
        package let name: String
        /// Nil when the tool is not listed.
        package let tokens: Int?
    }

    package let rows: [Row]

    package init(allowing families: Set<WriteFamily>) {
        let access = ToolAccess(allowing: families)
        let listings = Dictionary(uniqueKeysWithValues: access.listings.map { ($0.definition.name, $0) })
        rows = Registry.tools.map { tool in
            let name = tool.definition.name
            return Row(name: name, tokens: listings[name].map { Self.tokens(of: $0) })
        }
    }

    package var total: Int { rows.reduce(0) { $0 + ($1.tokens ?? 0) } }

    private static func tokens(of listing: ToolListing) -> Int {
        TokenEstimate.tokens(in: listing.json(in: .newestWithHandshake).text)
    }

    /// The default next to a server that may write everything.
    package static var markdown: Markdown {
        let (reading, writing) = (ListCost(allowing: []), ListCost(allowing: Set(WriteFamily.allCases)))
        var text = Markdown()
        let rows = zip(reading.rows, writing.rows).map { read, write -> [Inline] in
            ["\(code: read.name)", read.tokens.map { "\($0)" } ?? "–", write.tokens.map { "\($0)" } ?? "–"]
        }
        let total: [Inline] = ["all", "\(reading.total)", "\(writing.total)"]
        text.table(["Tool", "Read only", "All writes allowed"], rows + [total])
        return text
    }
}
