package import JSON
package import MCP
package import OvalEdge
package import Rendering
import Text

package struct KnowledgeSearch: OneRequestTool {
    package static let definition = ToolDefinition(
        name: "knowledge_search",
        title: "Search knowledge & docs",
        effect: .reads,
        searchHint: "policies, decisions, data stories, OvalEdge help and how-to",
        summary: "Search what the organisation has written in data stories, and OvalEdge's own documentation.",
        guidance: """
            Use it for policies, definitions and decisions that people wrote down ("how long do we keep customer data") \
            and for how-to questions about OvalEdge itself. Put a how-to question into query; look inside stories with \
            content_query, or name a story or its zone when they are known. For tables, columns, reports and glossary \
            terms use `asset_explorer`.

            Words: a data story is a page written by people in the organisation; a story zone is a collection of them. Quote a \
            story with the citation line that stands above its text, and documentation with its source.
            """
    )

    let query: String?
    let contentQuery: String?
    let storyZoneName: String?
    let storyName: String?
    let objectID: ObjectID?
    let firstRow: Int?
    let limit: Int?
    let numCandidates: Int?
    let detail: Detail

    package init(_ input: inout Arguments) {
        query = input.read("query", "A question, for the platform's documentation.")
        contentQuery = input.read("content_query", "Words or a question, for the text of data stories.")
        storyZoneName = input.read("story_zone_name", "Only stories of this zone.")
        storyName = input.read("story_name", "Only the story of this name.")
        objectID = input.read("object_id", "Id of one story.")
        firstRow = input.read("first_row", "Row to begin with in one story.", in: .counting)
        limit = input.read("limit", "How many passages, at most \(KnowledgeSearchQuery.highestLimit).", in: .counting)
        numCandidates = input.read("num_candidates", "How many passages to weigh, at most 512.", in: .counting)
        detail = input.readDetail()
        if search.isEmpty {
            input.note("One of `query`, `content_query`, `story_zone_name`, `story_name` and `object_id` is needed.")
        } else if firstRow != nil, !isAboutOneStory {
            input.note("`first_row` needs the story: give its `object_id`, or its `story_name`.")
        }
    }

    package var request: APIRequest<Envelope<Knowledge>> { .knowledge(search) }

    private var search: KnowledgeSearchQuery {
        var search = KnowledgeSearchQuery()
        search.query = query
        search.contentQuery = contentQuery
        search.storyZoneName = storyZoneName
        search.storyName = storyName
        search.objectID = objectID?.number
        search.limit = limit.map { min($0, KnowledgeSearchQuery.highestLimit) } ?? (isAboutZone ? Self.mostListed : nil)
        search.candidates = numCandidates
        return search
    }

    private static let brief = SizeLimits(characters: 1500)
    private static let oneStory = SizeLimits(characters: 6000)

    private var isAboutOneStory: Bool { objectID != nil || storyName != nil }
    /// All its stories are asked for, and no words.
    private var isAboutZone: Bool { !isAboutOneStory && contentQuery == nil && query == nil }
    private static let mostListed = KnowledgeSearchQuery.highestLimit
    /// So many stories of a zone are begun; of more, only titles are shown.
    private static let mostBegun = 3
    /// How many OvalEdge gives where no `limit` is sent, as far as is known.
    private static let usualLimit = 10

    /// Without words for stories, those for the documentation are looked for in stories, too.
    private func passages(of found: Int) -> PassageSearch {
        PassageSearch(
            words: SearchWords(contentQuery ?? query ?? ""),
            firstRow: firstRow,
            isWhole: detail == .full,
            isListing: isAboutZone && found > Self.mostBegun && detail != .full
        )
    }

    /// What may be left out, as many stories came as could; nil where all came.
    private func further(_ found: Int) -> Inline? {
        let most = search.limit ?? Self.usualLimit
        guard !isAboutOneStory, found >= most else { return nil }
        let way =
            most < KnowledgeSearchQuery.highestLimit
            ? "raise `limit`, at most \(KnowledgeSearchQuery.highestLimit)"
            : "`asset_explorer` lists all of `object_type` oestory"
        return "There may be more stories than these \(found): \(words: way)."
    }

    package func render(_ knowledge: Knowledge, links: LinkBase) -> SizedAnswer {
        let texts = KnowledgeTexts(knowledge)
        let search = passages(of: knowledge.stories.count)
        let reads = isAboutOneStory && (firstRow != nil || search.words.isEmpty)
        return SizedAnswer(
            detail.limits(reads ? Self.oneStory : Self.brief),
            more: "Ask for fewer with `limit`.",
            beyond: "Ask for fewer with `limit`, or for one story by its `object_id`."
        ) { limits in
            let report = KnowledgeReport(texts, for: search, links: links, in: limits)
            var text = Markdown()
            report.write(to: &text)
            if let further = further(knowledge.stories.count) { text.note(further) }
            if let limit, limit > KnowledgeSearchQuery.highestLimit {
                text.note(
                    "`limit` was lowered from \(limit) to \(KnowledgeSearchQuery.highestLimit), the most OvalEdge gives."
                )
            }
            return Answer(text, structured: report.structured)
        }
    }

    package static let outputSchema: JSON = Omissions.added(to: [
        "type": "object",
        "properties": [
            "stories": ["type": "integer", "description": "How many data stories were found."],
            "passages": ["type": "integer", "description": "How many passages of documentation were found."],
            "ok": ["type": "boolean"],
            "data": [
                "type": "object",
                "properties": [
                    "dataStories": ["type": "array", "items": KnowledgeReport.storySchema],
                    "platformDocs": ["description": "Passages of OvalEdge's documentation, each with its url."],
                ],
            ],
        ],
        "required": ["stories", "passages"],
    ])
}
