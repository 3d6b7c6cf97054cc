package import OvalEdge
import Text

/// Stories and documentation in words: for each story its citation first, for each passage its source.
package struct KnowledgeReport: Sendable {
    private static let mostStoryLines = 120
    private static let mostPassageLines = 40

    private let knowledge: Knowledge
    private let links: LinkBase

    package init(_ knowledge: Knowledge, links: LinkBase) {
        self.knowledge = knowledge
        self.links = links
    }

    package func write(to text: inout Markdown) {
        for (index, story) in knowledge.stories.enumerated() {
            if index > 0 { text.line("") }
            write(story, to: &text)
        }
        writePassages(to: &text)
        if knowledge.stories.isEmpty && knowledge.passages.isEmpty {
            text.line(
                "Nothing was found. Ask in other words, or leave out story_name and story_zone_name; "
                    + "stories are shown only to the roles they are written for."
            )
        }
    }

    private func write(_ story: DataStory, to text: inout Markdown) {
        text.line(citation(of: story))
        let lines = story.content?.lines ?? []
        if lines.isEmpty { text.line("The story has no text.") }
        text.quote(Array(lines.prefix(Self.mostStoryLines)))
        if lines.count > Self.mostStoryLines {
            text.line(
                "\(lines.count - Self.mostStoryLines) more lines of \(lines.count) are in the structured content."
            )
        }
        if !story.roles.isEmpty {
            text.line("Readable by: \(story.roles.map { Markdown.escaped($0) }.joined(separator: ", "))")
        }
    }

    /// As the product wants to be quoted; else the title with its link and its zone.
    private func citation(of story: DataStory) -> String {
        if let citation = story.citation { return Self.citation(citation, links) }
        let title = story.title ?? "A data story"
        let linked = story.link.map { Markdown.link(title, to: links.url($0)) } ?? Markdown.escaped(title)
        return linked + (story.zone.map { " (story zone: \(Markdown.escaped($0)))" } ?? "")
    }

    /// A citation may hold one Markdown link; it is made anew, so that it can only lead into the product.
    static func citation(_ text: String, _ links: LinkBase) -> String {
        let parts = text.split(separator: "](", maxSplits: 1)
        guard parts.count == 2, let open = parts[0].lastIndex(of: "["),
            let close = parts[1].firstIndex(of: ")"), let link = NavLink(String(parts[1][..<close]))
        else { return Markdown.escaped(text) }
        let before = Markdown.escaped(String(parts[0][..<open]))
        let label = String(parts[0][open...].dropFirst())
        let after = Markdown.escaped(String(parts[1][close...].dropFirst()))
        return [before, Markdown.link(label, to: links.url(link)), after].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func writePassages(to text: inout Markdown) {
        guard !knowledge.passages.isEmpty else { return }
        text.heading(2, "OvalEdge documentation")
        for (index, passage) in knowledge.passages.enumerated() {
            text.line("\(index + 1). \(source(of: passage))")
            let lines = HTMLText(passage.text).lines
            text.quote(Array(lines.prefix(Self.mostPassageLines)))
            if lines.count > Self.mostPassageLines {
                text.line("\(lines.count - Self.mostPassageLines) more lines are in the structured content.")
            }
        }
    }

    /// The title as a link; a passage without a source is said to have none.
    private func source(of passage: Knowledge.Passage) -> String {
        guard let url = passage.url else {
            return [passage.title.map { Markdown.bold($0) }, "(source not told)"].compactMap { $0 }.joined(
                separator: " "
            )
        }
        return Markdown.link(passage.title ?? url, to: url)
    }
}
