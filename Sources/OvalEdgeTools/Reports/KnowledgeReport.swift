package import OvalEdge
package import Rendering
import Text

/// Stories and documentation in words: for each story its citation first, for each passage its source.
package struct KnowledgeReport: Sendable {
    private let knowledge: Knowledge
    private let links: LinkBase
    private let limits: SizeLimits

    package init(_ knowledge: Knowledge, links: LinkBase, in limits: SizeLimits) {
        self.knowledge = knowledge
        self.links = links
        self.limits = limits
    }

    package func write(to text: inout Markdown) {
        for (index, story) in limits.of(knowledge.stories).enumerated() {
            if index > 0 { text.line("") }
            write(story, to: &text)
        }
        writePassages(to: &text)
        text.notRead(knowledge.json)
        text.message(in: knowledge.json)
        if knowledge.stories.isEmpty && knowledge.passages.isEmpty {
            text.note(
                """
                Nothing was found. Ask in other words, or leave out story_name and story_zone_name; stories are shown \
                only to the roles they are written for.
                """
            )
        }
    }

    private func write(_ story: DataStory, to text: inout Markdown) {
        text.line(citation(of: story))
        let lines = story.content?.lines ?? []
        if lines.isEmpty { text.line("The story has no text.") } else { text.quote(limits.of(lines)) }
        if !story.roles.isEmpty {
            let roles: [Inline] = story.roles.map { "\(escaped: $0)" }
            text.line("Readable by: \(roles.joined(separator: ", "))")
        }
    }

    /// In the product's citation form; else the title with its link and its zone.
    private func citation(of story: DataStory) -> Inline {
        if let citation = story.citation { return Self.citation(citation, links) }
        let title = story.title ?? "A data story"
        var line: Inline = story.link.map { "\(link: title, to: links.url($0))" } ?? "\(escaped: title)"
        if let zone = story.zone { line += " (story zone: \(escaped: zone))" }
        return line
    }

    /// A citation may hold one Markdown link; it is made again, so that it can only lead into the product.
    static func citation(_ text: String, _ links: LinkBase) -> Inline {
        guard let middle = text.range(ofFirst: "]("), let open = text[..<middle.lowerBound].lastIndex(of: "["),
            let close = text[middle.upperBound...].firstIndex(of: ")"),
            let link = NavLink(String(text[middle.upperBound..<close]))
        else { return "\(escaped: text)" }
        let before: Inline = "\(escaped: String(text[..<open]))"
        let label = String(text[open..<middle.lowerBound].dropFirst())
        let after: Inline = "\(escaped: String(text[close...].dropFirst()))"
        return [before, "\(link: label, to: links.url(link))", after].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func writePassages(to text: inout Markdown) {
        guard !knowledge.passages.isEmpty else { return }
        text.heading(2, "OvalEdge documentation")
        for (index, passage) in limits.of(knowledge.passages).enumerated() {
            text.line("\(index + 1). \(source(of: passage))")
            text.quote(limits.of(HTMLText(passage.text).lines))
        }
    }

    /// The title as a link; a passage without a source is said to have none.
    private func source(of passage: Knowledge.Passage) -> Inline {
        switch (passage.title, passage.url) {
        case (let title, let url?): "\(link: title ?? url, to: url)"
        case (let title?, nil): "\(bold: title) (source not given)"
        case (nil, nil): "(source not given)"
        }
    }
}
