import HTTP
package import JSON

/// A new tag and its place, as the body of the request.
package struct TagDraft: Hashable, Sendable {
    package let name: String
    package let description: String?
    /// Only where tags must be below one.
    package let master: Int?
    package let parent: Int?

    package init(name: String, description: String?, master: Int?, parent: Int?) {
        self.name = name
        self.description = description
        self.master = master
        self.parent = parent
    }

    package var body: JSON {
        .members(
            ("tagName", .string(name)),
            ("description", description.map { .string($0) }),
            ("masterTagId", master.map { .int($0) }),
            ("parentTagId", parent.map { .int($0) })
        )
    }
}

extension APIRequest {
    /// In the secure mode some builds give the options with the status 422.
    package static func tagOptions() -> Self where Reply == TagOptionsReply {
        .get("/api/v1/mcp/tags/create-options", alsoTaking: .unprocessableContent)
    }

    /// The tags right below `branch`, or at the top of a master's.
    package static func tagPlaces(under master: Int?, branch: Int?) -> Self where Reply == Envelope<TagOptions> {
        .get(
            "/api/v1/mcp/tags/parent-options",
            [("masterTagId", master.map { String($0) }), ("browseParentTagId", branch.map { String($0) })]
        )
    }

    package static func createTag(_ draft: TagDraft) -> Self where Reply == JSON {
        .command("/api/v1/mcp/tags", draft.body)
    }
}
