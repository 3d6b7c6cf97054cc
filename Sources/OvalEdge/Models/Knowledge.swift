package import JSON

/// What people and the product's handbook have written: data stories, and passages of the platform's documentation.
package struct Knowledge: Model, Hashable {
    package let stories: [DataStory]
    package let passages: [Passage]
    package let json: JSON

    package struct Passage: Hashable, Sendable {
        package let text: String
        package let title: String?
        package let url: String?
    }

    package static let isList = true

    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        guard payload.object != nil else {
            throw JSONMismatch(path: "data", expected: "an object", found: payload.kind)
        }
        // An older endpoint answers with one bare story.
        let stories = payload.first(of: "dataStories")
        var found = try (stories ?? payload).list("stories", "items")
        if found == nil { found = stories == nil ? [payload] : try payload.listed("dataStories") }
        self.stories = (found ?? []).compactMap { DataStory($0) }
        let docs = payload.first(of: "platformDocs") ?? payload
        let chunks = try docs.list("chunks", "items") ?? []
        passages = chunks.compactMap { chunk in
            guard let text = chunk.text("text", "content") else { return nil }
            return Passage(text: text, title: chunk.text("title", "heading"), url: chunk.text("url", "source"))
        }
        self.json = json
    }
}

/// A text in which people of the organisation explain something.
package struct DataStory: Hashable, Sendable {
    package let id: String?
    package let title: String?
    package let zone: String?
    package let content: RichText?
    package let roles: [String]
    /// The product's citation line; may hold a Markdown link.
    package let citation: String?
    package let link: NavLink?
    package let json: JSON

    /// Where its text may be, and where its address.
    package static let contentNames = ["content", "storyContent", "story"]
    package static let linkNames = ["navLink", "navUrl", "hyperlink", "storyTitleLink", "storyCitation", "redirectUrl"]

    /// Nil when `json` has neither a title nor a text.
    init?(_ json: JSON) {
        let metadata = json.first(of: "metadata") ?? json
        id = metadata.text("objectId", "id") ?? json.text("objectId")
        title = metadata.text("storyName", "objectName", "name")
        zone = metadata.text("storyZoneName", "storyZone")
        content = (json["content"]?.first(of: "story") ?? json.first(of: Self.contentNames))
            .flatMap { RichText($0) }
        roles = (json["accessControl"]?["authorizedRoles"]?.array ?? []).compactMap { $0.plainText }
        citation = json.text("storyCitation")
        link =
            Self.linkNames.lazy
            .compactMap { json[$0]?.string.flatMap { NavLink(String($0.prefix { $0 != ")" })) } }.first
        self.json = json
        guard title != nil || content != nil else { return nil }
    }
}
