package import JSON

/// A new term and its place, as the body of the request.
package struct GlossaryTermDraft: Hashable, Sendable {
    package let name: String
    package let description: String
    package let definition: String?
    package let domain: GlossaryPlace
    package let category: GlossaryPlace?
    package let subcategory: GlossaryPlace?
    package let isPublished: Bool

    package init(
        name: String,
        description: String,
        definition: String?,
        domain: GlossaryPlace,
        category: GlossaryPlace?,
        subcategory: GlossaryPlace?,
        isPublished: Bool
    ) {
        self.name = name
        self.description = description
        self.definition = definition
        self.domain = domain
        self.category = category
        self.subcategory = subcategory
        self.isPublished = isPublished
    }

    /// A level that is not used is 0.
    package var body: JSON {
        .members(
            ("termName", .string(name)),
            ("domainId", .int(domain.id)),
            ("description", .string(description)),
            ("category1Id", .int(category?.id ?? 0)),
            ("category2Id", .int(subcategory?.id ?? 0)),
            ("publish", .bool(isPublished)),
            ("definition", definition.map { .string($0) })
        )
    }
}

extension APIRequest {
    package static func glossaryPlaces(
        on level: GlossaryLevel,
        domain: Int?,
        category: Int?,
        page: Int,
        size: Int
    ) -> Self where Reply == Envelope<GlossaryPlaces> {
        .get(
            "/api/v1/mcp/domain-metadata",
            [
                ("searchOn", level.rawValue), ("page", String(page)), ("size", String(size)),
                ("domainId", String(domain ?? 0)), ("categoryId", String(category ?? 0)),
                ("subCategoryId", level == .subcategory ? "0" : nil),
            ]
        )
    }

    package static func createGlossaryTerm(_ draft: GlossaryTermDraft) -> Self where Reply == JSON {
        .command("/api/v1/mcp/glossary-terms", draft.body)
    }
}
