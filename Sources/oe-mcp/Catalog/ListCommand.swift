import Logging
import MCP
import OvalEdgeContent
import OvalEdgeTools

/// `oe-mcp prompts` and `oe-mcp resources`: what a person can pick, and what can be read; they need no settings.
enum ListCommand {
    private static let tools = OvalEdgeTools.Registry.tools

    static func prompts() -> Int32 {
        show(
            OvalEdgePrompts.prompts(for: tools).map { prompt in
                let arguments = prompt.arguments.map { $0.name }.joined(separator: ", ")
                return "\(prompt.name)\n    \(prompt.description)\n    Takes: \(arguments)"
            }
        )
    }

    static func resources() -> Int32 {
        let guides = OvalEdgeResources.guides(for: tools).map { ($0.uri, $0.description ?? "") }
        let views = OvalEdgeResources.views(for: tools).map { ($0.uri, $0.description ?? "") }
        let templates = CatalogTemplate.allCases.map { $0.template }.map { ($0.uri.text, $0.description ?? "") }
        return show((guides + templates + views).map { "\($0)\n    \($1)" })
    }

    private static func show(_ entries: [String]) -> Int32 {
        StandardOutput.write(entries.joined(separator: "\n\n"))
        return 0
    }
}
