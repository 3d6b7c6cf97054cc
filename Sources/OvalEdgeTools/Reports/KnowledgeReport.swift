import JSON
import OvalEdge
import Rendering
import Text

/// Stories and documentation in words: for each story its citation first, for each passage its source.
struct KnowledgeReport: Sendable {
    private let knowledge: Knowledge
    private let stories: [TextExcerpt]
    private let documents: [TextExcerpt]
    private let search: PassageSearch
    private let links: LinkBase
    private let limits: SizeLimits

    init(_ texts: KnowledgeTexts, for search: PassageSearch, links: LinkBase, in limits: SizeLimits) {
        knowledge = texts.knowledge
        stories = texts.stories.map { $0.excerpt(for: search, upTo: limits.characters) }
        let anyRow = PassageSearch(words: search.words, firstRow: nil, isWhole: true)
        documents = texts.documents.map { $0.excerpt(for: anyRow, upTo: limits.characters) }
        self.search = search
        self.links = links
        self.limits = limits
    }

    func write(to text: inout Markdown) {
        if search.isListing {
            writeTitles(to: &text)
        } else {
            for (index, story) in limits.of(knowledge.stories).enumerated() {
                if index > 0 { text.line("") }
                write(story, stories[index], to: &text)
            }
        }
        writeDocuments(to: &text)
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

    private func writeTitles(to text: inout Markdown) {
        for (index, story) in limits.of(knowledge.stories).enumerated() {
            let id: Inline = story.id.map { " \(code: "oestory \($0)")" } ?? ""
            text.bullet("\(citation(of: story))\(id) · \(stories[index].text.characters) characters")
        }
        text.note(
            "These are titles: give `content_query` for the passages that hold certain words, or `object_id` to read one story."
        )
    }

    private func write(_ story: DataStory, _ excerpt: TextExcerpt, to text: inout Markdown) {
        text.line(citation(of: story))
        if excerpt.text.rows.isEmpty { text.line("The story has no text.") }
        if !excerpt.rows.isEmpty { text.quote(excerpt.lines) }
        if !story.roles.isEmpty {
            let roles: [Inline] = story.roles.map { "\(escaped: $0)" }
            text.line("Readable by: \(roles.joined(separator: ", "))")
        }
        if let way = way(through: story, excerpt) { text.note(way) }
    }

    /// What is shown of a story, and how to read on; nil where it is whole.
    private func way(through story: DataStory, _ excerpt: TextExcerpt) -> Inline? {
        let (rows, characters) = (excerpt.text.rows.count, excerpt.text.characters)
        guard !excerpt.isWhole else { return nil }
        guard let first = excerpt.rows.first, let last = excerpt.rows.last else {
            return search.firstRow.map { ListWindow.beyond($0, last: rows) }
        }
        let story: Inline =
            story.id.map { "`object_id` \(escaped: $0)" } ?? story.title.map { "`story_name` \(code: $0)" }
            ?? "its `object_id`"
        guard excerpt.choice != .matching else {
            let which: Inline = excerpt.leavesMatches ? "most of the words" : "the words asked for"
            return """
                Shown are the rows with \(which), \(excerpt.ranges) of \(rows); the story has \(characters) \
                characters. For all of it, call again with \(story) and `first_row` 1.
                """
        }
        let start: Inline = excerpt.choice == .beginning ? "The words asked for stand nowhere in it. " : ""
        let shown: Inline =
            "\(start)Shown are rows \(first + 1) to \(last + 1) of \(rows); the story has \(characters) characters."
        guard let next = excerpt.nextRow else { return shown }
        return "\(shown) For the next rows, call again with \(story) and `first_row` \(next)."
    }

    /// In the product's citation form; else the title with its link and its zone.
    private func citation(of story: DataStory) -> Inline {
        if let citation = story.citation { return Self.citation(citation, links, else: story.link) }
        let title = story.title ?? "A data story"
        var line: Inline = story.link.map { "\(link: title, to: links.url($0))" } ?? "\(escaped: title)"
        if let zone = story.zone { line += " (story zone: \(escaped: zone))" }
        return line
    }

    /// A citation may hold one Markdown link; it is made again, so that it can only lead into the product.
    ///
    /// One without gets the link of the story.
    private static func citation(_ text: String, _ links: LinkBase, else other: NavLink?) -> Inline {
        guard let middle = text.range(ofFirst: "]("), let open = text[..<middle.lowerBound].lastIndex(of: "["),
            let close = text[middle.upperBound...].firstIndex(of: ")"),
            let link = NavLink(String(text[middle.upperBound..<close]))
        else { return other.map { "\(link: text, to: links.url($0))" } ?? "\(escaped: text)" }
        let before: Inline = "\(escaped: String(text[..<open]))"
        let label = String(text[open..<middle.lowerBound].dropFirst())
        let after: Inline = "\(escaped: String(text[close...].dropFirst()))"
        return [before, "\(link: label, to: links.url(link))", after].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func writeDocuments(to text: inout Markdown) {
        guard !knowledge.passages.isEmpty else { return }
        text.heading(2, "OvalEdge documentation")
        for (index, passage) in limits.of(knowledge.passages).enumerated() {
            let excerpt = documents[index]
            text.line("\(index + 1). \(source(of: passage))")
            text.quote(excerpt.lines)
            guard !excerpt.isWhole else { continue }
            let way: Inline = search.isWhole ? "the whole is behind the link" : "`detail` `full` shows more"
            text.note("\(excerpt.characters) of \(excerpt.text.characters) characters; \(way).")
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

// The same for programs.
extension KnowledgeReport {
    /// The reply with the passages in the place of the texts, and with one link for each story.
    var structured: JSON {
        let reply = knowledge.json
        var json = reply.first(of: "data", "_json") == nil ? [:] : reply
        json["_json"] = nil
        json["data"] = nil
        json = Structured(links: links).enriched(json)
        json["stories"] = .int(knowledge.stories.count)
        json["passages"] = .int(knowledge.passages.count)
        json["data"] = [
            "dataStories": .array(zip(knowledge.stories, stories).map { structured($0, $1) }),
            "platformDocs": ["chunks": .array(zip(knowledge.passages, documents).map { Self.structured($0, $1) })],
        ]
        if !limits.of(stories).allSatisfy({ $0.isWhole }) || !limits.of(documents).allSatisfy({ $0.isWhole }) {
            json["complete"] = false
        }
        return json
    }

    private func structured(_ story: DataStory, _ excerpt: TextExcerpt) -> JSON {
        var json = story.json
        for name in DataStory.contentNames + DataStory.linkNames { json[name] = nil }
        json = Structured(links: links).enriched(json)
        json["citation"] = .string(citation(of: story).text)
        json["characters"] = .int(excerpt.text.characters)
        json["rows"] = .int(excerpt.text.rows.count)
        json["passages"] = .array(excerpt.passages.map { $0.json })
        json["nextRow"] = excerpt.nextRow.map { .int($0) }
        return json
    }

    private static func structured(_ passage: Knowledge.Passage, _ excerpt: TextExcerpt) -> JSON {
        Untrusted.cleaned(
            .members(
                ("title", passage.title.map { .string($0) }),
                ("url", passage.url.map { .string($0) }),
                ("text", .string(excerpt.lines.plain)),
                ("characters", .int(excerpt.text.characters))
            )
        )
    }

    static let storySchema: JSON = [
        "type": "object",
        "properties": [
            "citation": ["type": "string", "description": "The line to quote it with, and its link."],
            "characters": ["type": "integer"],
            "rows": ["type": "integer", "description": "How many rows all of it has."],
            "passages": [
                "type": "array",
                "description": "Catalog text: the rows with the words asked for, or from first_row on.",
                "items": [
                    "type": "object",
                    "properties": [
                        "heading": ["type": "string"], "row": ["type": "integer"], "text": ["type": "string"],
                    ],
                ],
            ],
            "nextRow": ListWindow.nextSchema,
        ],
    ]
}

extension TextExcerpt {
    /// As they are written, each part under its heading.
    fileprivate var lines: [HTMLText.Line] {
        guard choice == .matching else { return rows.map { text.rows[$0] } }
        var heading: String?
        var lines: [HTMLText.Line] = []
        for passage in passages {
            if let above = passage.heading, above != heading {
                lines.append(HTMLText.Line(kind: .heading, text: above))
            }
            if !lines.isEmpty && passage.heading == heading { lines.append(HTMLText.Line(kind: .text, text: "…")) }
            heading = passage.heading
            lines += passage.lines
        }
        return lines
    }

    fileprivate var characters: Int { rows.reduce(0) { $0 + text.rows[$1].text.count } }

    /// `3, 7 to 9`, from 1.
    fileprivate var ranges: Inline {
        var ranges: [ClosedRange<Int>] = []
        for row in rows {
            if let last = ranges.last, last.upperBound + 1 == row {
                ranges[ranges.count - 1] = last.lowerBound...row
            } else {
                ranges.append(row...row)
            }
        }
        let parts: [Inline] = ranges.map { range in
            range.count == 1 ? "\(range.lowerBound + 1)" : "\(range.lowerBound + 1) to \(range.upperBound + 1)"
        }
        return parts.joined(separator: ", ")
    }
}

extension TextExcerpt.Passage {
    fileprivate var json: JSON {
        Untrusted.cleaned(
            .members(
                ("heading", heading.map { .string($0) }),
                ("row", .int(row + 1)),
                ("text", .string(lines.plain))
            )
        )
    }
}

extension [HTMLText.Line] {
    fileprivate var plain: String { map { $0.lead + $0.text }.joined(separator: "\n") }
}
