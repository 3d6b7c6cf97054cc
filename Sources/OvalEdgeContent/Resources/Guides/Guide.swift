import MCP
package import OvalEdgeTools

/// A page that explains this server to models and people, true for the tools that are listed.
package struct Guide: Sendable {
    package static let all = [overview, workflows, assetTypes, governance, sourceAccess]

    /// A part of a page; it is left out where the tools that it is about are not listed.
    struct Section: Sendable {
        let title: String
        let tools: [ToolName]
        let text: @Sendable (EnabledTools) -> String

        init(_ title: String, about tools: [ToolName] = [], _ text: @escaping @Sendable (EnabledTools) -> String) {
            self.title = title
            self.tools = tools
            self.text = text
        }

        init(_ title: String, about tools: [ToolName] = [], _ text: String) {
            self.init(title, about: tools) { _ in text }
        }
    }

    /// How long clients may keep a page: it changes with the program and its settings only.
    private static let kept = Duration.seconds(3600)
    private static let mimeType = "text/markdown"

    let stem: String
    let title: String
    let description: String
    let priority: Double
    let sections: @Sendable () -> [Section]

    package var uri: String { "docs://ovaledge/\(stem)" }

    package func text(for tools: EnabledTools) -> String {
        let sections = sections().filter { tools.contains($0.tools) }
        let parts = sections.map { "## \($0.title)\n\n\($0.text(tools))" }
        return (["# \(title)\n\n\(description)"] + parts).joined(separator: "\n\n") + "\n"
    }

    func resource(for tools: EnabledTools) -> Resource {
        Resource(
            uri,
            name: stem,
            title: title,
            description: description,
            mimeType: Self.mimeType,
            size: text(for: tools).utf8.count,
            annotations: Annotations(audience: [.assistant, .user], priority: priority)
        )
    }

    func read(for tools: EnabledTools) -> ResourceAnswer {
        ResourceAnswer(ResourceContents(uri, mimeType: Self.mimeType, .text(text(for: tools))), kept: Self.kept)
    }
}

extension Guide {
    /// A row for each of these, in a table of Markdown.
    static func table(_ header: [String], _ rows: [[String]]) -> String {
        let lines = [header, header.map { _ in "---" }] + rows
        return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    /// `a`, `b`, `c`.
    static func codes(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }

    static func toolTable(_ tools: EnabledTools) -> String {
        table(["Tool", "What it does"], tools.definitions.map { ["`\($0.name)`", $0.summary] })
    }
}
