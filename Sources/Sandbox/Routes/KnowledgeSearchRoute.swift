import HTTP
import JSON
import Text

/// `GET knowledge-search`: data stories, and pieces of the product's documentation.
enum KnowledgeSearchRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        let names = ["query", "contentQuery", "storyZoneName", "storyName", "objectId"]
        guard names.contains(where: { call.text($0) != nil }) else {
            return .refusal(.badRequest, "One of \(names.joined(separator: ", ")) is required")
        }
        let limit = min(max(call.number("limit") ?? 10, 1), 50)
        let found = stories(for: call, in: catalog).prefix(limit).map { story($0, call, catalog) }
        let docs = call.text("query").map { JSON.array(Array(chunks(about: $0, in: catalog).prefix(limit))) }
        // One story is an object, as the product writes it; none or several are a list.
        let data: JSON = .members(
            ("dataStories", found.count == 1 ? found[0] : .array(found)),
            ("platformDocs", docs.map { ["chunks": $0] })
        )
        return .json(["ok": true, "data": data])
    }

    /// `GET lookup-datastory`: the best story, or 404.
    static func story(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard ["objectId", "storyName", "contentQuery"].contains(where: { call.text($0) != nil }) else {
            return .refusal(.badRequest, "One of objectId, storyName, contentQuery is required")
        }
        guard let found = stories(for: call, in: catalog).first else {
            return .refusal(.notFound, "No story fits, or none that this account may see")
        }
        return .json(["ok": true, "data": story(found, call, catalog)])
    }

    /// `GET search-platform-docs`.
    static func docs(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let query = call.text("query") else { return .refusal(.badRequest, "query is required") }
        let limit = min(max(call.number("limit") ?? 10, 1), 50)
        return .json(["chunks": .array(Array(chunks(about: query, in: catalog).prefix(limit)))])
    }

    private static func stories(for call: SandboxCall, in catalog: SampleCatalog) -> [SampleAsset] {
        let id = call.number("objectId")
        let zone = call.text("storyZoneName")?.lowercased()
        let name = call.text("storyName")?.lowercased()
        let candidates = catalog.all.filter { story in
            story.kind == .oestory
                && (id == nil || id == story.id)
                && (zone == nil || zone == catalog.parent(of: story)?.name.lowercased())
                && (name.map { story.name.lowercased().holds($0) } ?? true)
        }
        let words = [call.text("contentQuery"), call.text("query")].compactMap { $0?.topicWords }.flatMap { $0 }
        guard !words.isEmpty else { return call.text("query") == nil ? candidates : [] }
        return best(of: candidates, for: words) { "\($0.name) \($0["about"] ?? "") \($0["story"] ?? "")" }
    }

    private static func chunks(about query: String, in catalog: SampleCatalog) -> [JSON] {
        best(of: catalog.docs, for: query.topicWords) { $0.text }
            .map { ["text": .string($0.text), "url": .string($0.url)] }
    }

    /// What holds at least half as many of the words as the best hit does, the best first.
    private static func best<Item>(of items: [Item], for words: [String], text: (Item) -> String) -> [Item] {
        let scored = items.map { item in
            let text = text(item).lowercased()
            return (item, words.count { text.holds($0) })
        }
        let most = scored.map { $0.1 }.max() ?? 0
        guard most > 0 else { return [] }
        // The sort is stable, so equals stay in the catalog's order.
        return scored.filter { $0.1 * 2 >= most && $0.1 > 0 }.sorted { $0.1 > $1.1 }.map { $0.0 }
    }

    private static func story(_ story: SampleAsset, _ call: SandboxCall, _ catalog: SampleCatalog) -> JSON {
        let zone = catalog.parent(of: story)?.name ?? ""
        let link = catalog.navLink(of: story)
        return [
            "metadata": [
                "storyName": .string(story.name), "storyZoneName": .string(zone), "objectId": .int(story.id),
                "objectType": "oestory", "fullQualifiedName": .string(catalog.path(of: story)),
            ],
            "content": ["story": .string(story["story"] ?? "")],
            "accessControl": ["authorizedRoles": .strings(story.list("roles"))],
            "storyTitleLink": .string("[\(story.name)](\(link))"),
            "storyCitation": .string("[\(story.name)](\(link)) (story zone: \(zone))"),
            "navLink": .string(link),
            "navUrl": .string("\(call.base)/\(link)"),
        ]
    }
}
