import JSON

/// What is asked, whichever variant it takes.
package enum Question: Hashable, Sendable {
    case explorer(AssetSearch)
    case details(id: Int, type: ObjectType)
    case lineage(id: Int, type: ObjectType, depth: Int)
    case knowledge(KnowledgeSearchQuery)
    case access(AccessQuery)

    package var capability: Capability {
        switch self {
        case .explorer: .explorer
        case .details: .details
        case .lineage: .lineage
        case .knowledge: .knowledge
        case .access: .access
        }
    }

    var newestRequest: APIRequest<JSON> {
        switch self {
        case .explorer(let search): .query("/api/v1/mcp/asset-explorer", search.body)
        case .details(let id, let type): .get("/api/v1/mcp/asset-details", .object(id, type))
        case .lineage(let id, let type, let depth): Self.lineageRequest("asset-lineage", id, type, depth)
        case .knowledge(let search): .get("/api/v1/mcp/knowledge-search", search.parameters)
        case .access(let query): .get("/api/v1/mcp/access-explorer", query.parameters)
        }
    }

    /// How it is asked in a variant of its capability; throws the names of what the variant cannot express.
    package func plan(in variant: EndpointVariant) throws(OvalEdgeError) -> RequestPlan {
        switch (self, variant) {
        case (.explorer(let search), .explorerByParameters): try search.planByParameters()
        case (.explorer(let search), .searchCatalog): try search.classicPlan()
        case (.details(let id, let type), .objectDetails): .objectDetails(id: id, type: type)
        case (.lineage(let id, let type, let depth), .lineage):
            RequestPlan(Self.lineageRequest("lineage", id, type, depth))
        case (.knowledge(let search), .storiesAndDocs): try search.classicPlan()
        case (.access(let query), .sourceAndCatalogAccess): try query.classicPlan()
        default: RequestPlan(newestRequest)
        }
    }

    /// Throws where a reply is about another asset than was asked for, as a cache or a gateway can make it.
    func check(_ json: JSON) throws(JSONMismatch) {
        guard case .details(let id, let type) = self else { return }
        let details = json.payload.first(of: "details") ?? json.payload
        let foundID = details.first(of: "objectId", "businessGlossaryId")?.wholeNumber
        let foundType = details.text("objectType").flatMap { ObjectType(rawValue: $0.lowercased()) }
        guard foundID.map({ $0 != id }) == true || foundType.map({ !$0.isSameKind(as: type) }) == true else { return }
        let found = "\((foundType ?? type).rawValue) \(foundID ?? id)"
        throw JSONMismatch(path: "details", expected: "those of \(type.rawValue) \(id)", found: "those of \(found)")
    }

    private static func lineageRequest(_ name: String, _ id: Int, _ type: ObjectType, _ depth: Int) -> APIRequest<JSON>
    { .get("/api/v1/mcp/\(name)", .object(id, type) + [("depth", String(depth))]) }
}

extension [(String, String?)] {
    static func object(_ id: Int, _ type: ObjectType) -> Self {
        [("objectId", String(id)), ("objectType", type.rawValue)]
    }
}

extension OvalEdgeError {
    /// An older variant has no place for some of what is asked; nothing is sent without it.
    static func notExpressible(_ names: [String], code: String? = nil) -> OvalEdgeError {
        let list = names.map { "`\($0)`" }.joined(separator: ", ")
        return OvalEdgeError(
            .notValid,
            "This OvalEdge has an older interface that cannot take \(list) here, so nothing was looked up.",
            remedy: .text("Leave \(names.count == 1 ? "it" : "them") out or choose otherwise, and call again."),
            cause: .notExpressible,
            code: code
        )
    }
}
