import Logging
import MCP
import OvalEdgeTools
import Settings

/// `oe-mcp prompts` and `oe-mcp resources`: what a person can pick, and what can be read; they need no settings.
enum ListCommand {
    private static let tools = OvalEdgeTools.Registry.tools

    static func prompts(_ line: ParsedCommandLine) -> Int32 {
        let prompts = OvalEdgePrompts.prompts(for: tools)
        guard line.has("markdown") else {
            return show(
                prompts.map { prompt in
                    let arguments = prompt.arguments.map { $0.name }.joined(separator: ", ")
                    return "\(prompt.name)\n    \(prompt.description)\n    Takes: \(arguments)"
                }.joined(separator: "\n\n")
            )
        }
        let rows = prompts.map { "| `\($0.name)` | \($0.title) | \($0.description) |" }
        return show((["| Prompt | Title | What it does |", "|---|---|---|"] + rows).joined(separator: "\n"))
    }

    static func resources(_ line: ParsedCommandLine) -> Int32 {
        let guides = OvalEdgeResources.guides(for: tools).map { ($0.uri, $0.description ?? "") }
        let views = OvalEdgeResources.views(for: tools).map { ($0.uri, $0.description ?? "") }
        let templates = CatalogTemplate.allCases.map { $0.template }.map { ($0.uri.text, $0.description ?? "") }
        guard line.has("markdown") else {
            return show((guides + templates + views).map { "\($0)\n    \($1)" }.joined(separator: "\n\n"))
        }
        let rows = (guides + templates + views).map { "| `\($0)` | \($1) |" }
        return show((["| Address | What it shows |", "|---|---|"] + rows).joined(separator: "\n"))
    }

    private static func show(_ text: String) -> Int32 {
        StandardOutput.write(text)
        return 0
    }
}
