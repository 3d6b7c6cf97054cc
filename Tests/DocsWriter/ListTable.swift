import MCP
import OvalEdgeContent
import OvalEdgeTools
import Writes

/// The tables of the README that list what there is.
package enum ListTable {
    private static let all = Registry.tools

    package static var tools: String {
        table(
            "| Tool | Title | What it does | Changes |",
            all.map { tool in
                let family = tool.writing.map { "`\($0.family.rawValue)`" } ?? ""
                return
                    "| `\(tool.definition.name)` | \(tool.definition.title) | \(tool.definition.summary) | \(family) |"
            }
        )
    }

    package static var prompts: String {
        table(
            "| Prompt | Title | What it does |",
            OvalEdgePrompts.prompts(for: all).map { "| `\($0.name)` | \($0.title) | \($0.description) |" }
        )
    }

    package static var resources: String {
        let guides = OvalEdgeResources.guides(for: all).map { ($0.uri, $0.description ?? "") }
        let views = OvalEdgeResources.views(for: all).map { ($0.uri, $0.description ?? "") }
        let templates = CatalogTemplate.allCases.map { $0.template }.map { ($0.uri.text, $0.description ?? "") }
        return table("| Address | What it shows |", (guides + templates + views).map { "| `\($0)` | \($1) |" })
    }

    private static func table(_ header: String, _ rows: [String]) -> String {
        let line = String(repeating: "|---", count: header.count { $0 == "|" } - 1) + "|"
        return ([header, line] + rows).joined(separator: "\n")
    }
}
