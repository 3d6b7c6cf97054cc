package import JSON

/// A tag under which another one may be put.
package struct TagPlace: Hashable, Sendable {
    package let id: Int
    package let name: String
    package let description: String?
    /// Nil when the product does not return it.
    package let hasChildren: Bool?

    /// Nil for what has no id.
    init?(_ json: JSON, id member: String) {
        guard let id = json[member]?.wholeNumber else { return nil }
        self.id = id
        name = json.text("tagName", "masterTagsName", "name") ?? "(no name)"
        description = json["description"].flatMap { RichText($0) }?.text
        hasChildren = json["hasChildren"]?.flag
    }
}

/// Where new tags may be put: anywhere, or below the master tags of this account.
package struct TagOptions: Model, Hashable {
    /// Whether a tag must be below a master tag.
    package let isSecure: Bool
    package let masters: [TagPlace]
    /// In the open mode, the tags at the top.
    package let parents: [TagPlace]

    package static let isList = true

    /// A refusal is taken when it holds the options, as one of the secure mode does.
    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        isSecure = payload.text("tagSecurityMode")?.lowercased() == "secure"
        masters = (try payload.list("masterTagChoices") ?? []).compactMap { TagPlace($0, id: "masterTagId") }
        parents = (try payload.list("parentTagChoices") ?? []).compactMap { TagPlace($0, id: "parentTagId") }
    }

    fileprivate static func are(in json: JSON) -> Bool {
        ["tagSecurityMode", "masterTagChoices", "parentTagChoices"].contains { json["data"]?[$0] != nil }
    }
}

/// The options, also where the product wraps them into a refusal.
package struct TagOptionsReply: Model {
    package let envelope: Envelope<TagOptions>

    package init(_ json: JSON) throws(JSONMismatch) {
        envelope = TagOptions.are(in: json) ? .content(try TagOptions(json)) : try Envelope(json)
    }
}
