package import JSON
package import MCP
package import OvalEdge
package import Rendering

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
    let limit: Int?
    let numCandidates: Int?
    let detail: Detail

    package init(_ input: inout Arguments) {
        query = input.read("query", "A question, for the platform's documentation.")
        contentQuery = input.read("content_query", "Words or a question, for the text of data stories.")
        storyZoneName = input.read("story_zone_name", "Only stories of this zone.")
        storyName = input.read("story_name", "Only the story of this name.")
        objectID = input.read("object_id", "Id of one story.")
        limit = input.read("limit", "How many passages, at most \(KnowledgeSearchQuery.highestLimit).", in: .counting)
        numCandidates = input.read("num_candidates", "How many passages to weigh, at most 512.", in: .counting)
        detail = input.readDetail()
        if search.isEmpty {
            input.note("One of `query`, `content_query`, `story_zone_name`, `story_name` and `object_id` is needed.")
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
        search.limit = limit.map { min($0, KnowledgeSearchQuery.highestLimit) }
        search.candidates = numCandidates
        return search
    }

    private static let brief = SizeLimits(characters: 1500)
    private static let oneStory = SizeLimits(characters: 6000)

    private var isAboutOneStory: Bool { objectID != nil || storyName != nil }

    package func render(_ knowledge: Knowledge, links: LinkBase) -> SizedAnswer {
        var structured = Structured(links: links).enriched(knowledge.json)
        structured["stories"] = .int(knowledge.stories.count)
        structured["passages"] = .int(knowledge.passages.count)
        return SizedAnswer(
            detail.limits(isAboutOneStory ? Self.oneStory : Self.brief),
            more: "`detail` `full` shows more, and `object_id` one story.",
            beyond: "Ask for one story by its `object_id`, for fewer with `limit`, or open the link."
        ) { [structured] limits in
            var text = Markdown()
            KnowledgeReport(knowledge, links: links, in: limits).write(to: &text)
            if let limit, limit > KnowledgeSearchQuery.highestLimit {
                text.line(
                    "`limit` was lowered from \(limit) to \(KnowledgeSearchQuery.highestLimit), the most OvalEdge gives."
                )
            }
            return Answer(text.text, structured: structured)
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
                    "dataStories": ["description": "One data story or a list of them."],
                    "platformDocs": ["description": "Passages of OvalEdge's documentation, each with its url."],
                ],
            ],
        ],
        "required": ["stories", "passages"],
    ])
}
