import JSON
import Logging
import MCP
import OvalEdgeTools
import Settings

/// `oe-mcp tools`: what there is to call; it needs no settings.
enum ToolsCommand {
    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let listings = OvalEdgeTools.Registry.listings
        let text =
            if line.has("json") {
                JSON.array(listings.map { json($0) }).prettyText
            } else if line.has("markdown") {
                markdown(listings)
            } else {
                listings.map { terminal($0) }.joined(separator: "\n\n")
            }
        StandardOutput.write(text)
        return 0
    }

    private static func terminal(_ listing: ToolListing) -> String {
        let parameters = listing.inputSchema["properties"]?.object?.names.joined(separator: ", ") ?? ""
        return "\(listing.definition.name)\n    \(listing.definition.summary)\n    Takes: \(parameters)"
    }

    private static func markdown(_ listings: [ToolListing]) -> String {
        let rows = listings.map { "| `\($0.definition.name)` | \($0.definition.title) | \($0.definition.summary) |" }
        return (["| Tool | Title | What it does |", "|---|---|---|"] + rows).joined(separator: "\n")
    }

    private static func json(_ listing: ToolListing) -> JSON {
        .members(
            ("name", .string(listing.definition.name)),
            ("title", .string(listing.definition.title)),
            ("description", .string(listing.definition.description)),
            ("inputSchema", listing.inputSchema),
            ("outputSchema", listing.outputSchema)
        )
    }
}
