import HTTP
import JSON
import Text

/// `GET knowledge-search` of the large catalog: whole stories, however long they are.
enum LargeKnowledgeRoute {
    static func stories(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        let names = ["query", "contentQuery", "storyZoneName", "storyName", "objectId"]
        guard names.contains(where: { call.text($0) != nil }) else {
            return .refusal(.badRequest, "One of \(names.joined(separator: ", ")) is required")
        }
        let limit = min(max(call.number("limit") ?? 10, 1), 50)
        let found = best(for: call).prefix(limit).map { json(of: $0, call) }
        let docs: JSON? = call.text("query") == nil ? nil : ["chunks": .array(chunks(for: call))]
        return .json([
            "ok": true,
            "data": .members(("dataStories", found.count == 1 ? found[0] : .array(found)), ("platformDocs", docs)),
        ])
    }

    /// The best first; those with less than half as many of the words are left out.
    private static func best(for call: SandboxCall) -> [Int] {
        let words = [call.text("contentQuery"), call.text("query")].compactMap { $0?.topicWords }.flatMap { $0 }
        let candidates = LargeStory.all.indices.filter { index in
            let story = LargeStory.all[index]
            return call.number("objectId").map { $0 == index + LargeCatalog.firstID } ?? true
                && call.text("storyZoneName").map { $0.equals(LargeNames.zones[story.zone]) } ?? true
                && call.text("storyName").map { story.title.lowercased().holds($0.lowercased()) } ?? true
        }
        if words.isEmpty { return call.text("query") == nil ? candidates : [] }
        let scores = candidates.map { index in words.count { LargeStory.all[index].index.holds($0) } }
        let most = max(scores.max() ?? 0, 1)
        return LargePlaces.sorted(scores.count) { scores[$0] > scores[$1] }.filter { scores[$0] * 2 >= most }
            .map { candidates[$0] }
    }

    private static func chunks(for call: SandboxCall) -> [JSON] {
        let words = call.text("query")?.topicWords ?? []
        return docs.filter { doc in words.contains { doc.lowercased().holds($0) } }
            .map { ["text": .string($0), "url": "https://docs.example/help"] }
    }

    private static let docs = [
        "To certify a table open its page and choose Certify; certification needs the role of a steward.",
        "A critical data element is marked on the Governance panel with a category and a reason.",
        "Crawls are scheduled under Connections; a crawl that is running locks what it reads.",
    ]

    private static func json(of number: Int, _ call: SandboxCall) -> JSON {
        let story = LargeStory.all[number]
        let id = number + LargeCatalog.firstID
        let link = SampleAsset.Kind.oestory.navLink(id)
        return [
            "metadata": [
                "storyName": .string(story.title), "storyZoneName": .string(LargeNames.zones[story.zone]),
                "objectId": .int(id), "objectType": "oestory",
            ],
            "content": ["story": .string(story.html)],
            "accessControl": ["authorizedRoles": .null],
            "storyCitation": .string("[\(story.title)](\(link))"),
            "navLink": .string(link),
            "navUrl": .string("\(call.base)/\(link)"),
        ]
    }
}
