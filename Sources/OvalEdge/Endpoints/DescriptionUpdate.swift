package import JSON

/// New descriptions for one asset, as the body of the request.
package struct DescriptionUpdate: Hashable, Sendable {
    /// The descriptions an asset can have; the raw value is the name on the wire.
    package enum Slot: String, CaseIterable, Sendable {
        case business = "businessDescription"
        case technical = "technicalDescription"
        case detailed = "detailedDescription"
        case domain = "domainDescription"
        case tag = "tagDescription"
        case masterTag = "masterTagDescription"
    }

    package let id: Int
    package let type: ObjectType
    package let texts: [Slot: String]
    package let failsOnBlockedField: Bool?
    package let client: WriteContext

    package init(
        id: Int,
        type: ObjectType,
        texts: [Slot: String],
        failsOnBlockedField: Bool?,
        client: WriteContext
    ) {
        self.id = id
        self.type = type
        self.texts = texts
        self.failsOnBlockedField = failsOnBlockedField
        self.client = client
    }

    /// Which descriptions a kind of asset has; none where the product takes none.
    package static func slots(of type: ObjectType) -> [Slot] {
        switch type {
        case .oeschema, .oetable, .oecolumn, .oefile, .oefilecolumn, .filecolumn, .oechart, .chartchild, .oeapi,
            .oeapicolumn, .oequery, .code, .oecode:
            [.business, .technical]
        case .glossary, .businessglossary, .dataProduct: [.business, .detailed]
        case .oeglobaldomain, .dataProductDomain: [.domain]
        case .oetag: [.tag]
        case .mastertag: [.masterTag]
        case .oestory, .storyzone, .oedomain: []
        }
    }

    package var body: JSON {
        let descriptions = Slot.allCases.compactMap { slot in
            texts[slot].map { JSONObject.Member(slot.rawValue, .string($0)) }
        }
        return .members(
            ("target", ["objectId": .int(id), "objectType": .string(type.nameForWriting)]),
            ("descriptions", .object(JSONObject(descriptions))),
            ("options", client.options(("failOnBlockedField", failsOnBlockedField.map { .bool($0) }))),
            ("clientContext", client.context)
        )
    }
}

/// What every governed write may say about itself.
package struct WriteContext: Hashable, Sendable {
    /// The product is to report what it would do, and not to do it.
    package let isDryRun: Bool
    package let idempotencyKey: String?
    package let prompt: String?
    package let reason: String?

    package init(
        isDryRun: Bool = false,
        idempotencyKey: String? = nil,
        prompt: String? = nil,
        reason: String? = nil
    ) {
        self.isDryRun = isDryRun
        self.idempotencyKey = idempotencyKey
        self.prompt = prompt
        self.reason = reason
    }

    /// Nil when there is nothing to say.
    package func options(_ more: (String, JSON?)...) -> JSON? {
        let members =
            [("dryRun", isDryRun ? true : nil), ("idempotencyKey", idempotencyKey.map { .string($0) })] + more
        return Self.object(members)
    }

    package var context: JSON? {
        Self.object([("prompt", prompt.map { .string($0) }), ("reason", reason.map { .string($0) })])
    }

    private static func object(_ members: [(String, JSON?)]) -> JSON? {
        let given = members.compactMap { name, value in value.map { JSONObject.Member(name, $0) } }
        return given.isEmpty ? nil : .object(JSONObject(given))
    }
}

extension ObjectType {
    /// Writes know some kinds under another name than reads.
    package var nameForWriting: String {
        switch self {
        case .filecolumn: ObjectType.oefilecolumn.rawValue
        case .oecode: ObjectType.code.rawValue
        case .businessglossary: ObjectType.glossary.rawValue
        default: rawValue
        }
    }
}

extension APIRequest where Reply == JSON {
    package static func updateDescriptions(_ update: DescriptionUpdate) -> Self {
        .command("/api/v1/mcp/update-asset-descriptions", update.body)
    }
}
