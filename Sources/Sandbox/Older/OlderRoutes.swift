import HTTP
import JSON

extension SandboxRoute {
    /// What releases before the current one have instead.
    static let older: [SandboxRoute] = [
        .get("/api/v1/mcp/asset-explorer", in: .transition) { ParameterSearchRoute.explorer($0, &$1) },
        .get("/api/v1/mcp/search-catalog", in: .classic) { ParameterSearchRoute.catalog($0, &$1) },
        .get("/api/v1/mcp/glossary-terms", in: .classic) { LookupRoute.terms($0, &$1) },
        .get("/api/v1/mcp/tags", in: .classic) { LookupRoute.tags($0, &$1) },
        .get("/api/v1/mcp/object-details", in: .classic) { ObjectRoute.details($0, &$1) },
        .get("/api/v1/mcp/column-profile", in: .classic) { ObjectRoute.profile($0, &$1) },
        .get("/api/v1/mcp/entity-relationships", in: .classic) { ObjectRoute.relationships($0, &$1) },
        .get("/api/v1/mcp/lineage", in: .classic) { AssetLineageRoute.respond($0, &$1) },
        .get("/api/v1/mcp/lookup-datastory", in: .classic) { KnowledgeSearchRoute.story($0, &$1) },
        .get("/api/v1/mcp/search-platform-docs", in: .classic) { KnowledgeSearchRoute.docs($0, &$1) },
        .get("/api/v1/mcp/source-system-access", in: .transition, .classic) { OlderAccessRoute.source($0, &$1) },
        .get("/api/v1/mcp/get-user-object-access", in: .transition, .classic) { OlderAccessRoute.catalog($0, &$1) },
    ]
}

/// One object from its record, its profile and its relationships, an endpoint each.
enum ObjectRoute {
    static func details(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        if let path = call.text("fullyQualifiedName") {
            guard let asset = catalog.all.first(where: { catalog.path(of: $0).equals(path) && !$0.kind.isContainer })
            else { return .refusal(.notFound, "No object \(path)") }
            return .json(["ok": true, "data": catalog.details(of: asset)])
        }
        return answer(call, catalog, types: nil) { ["ok": true, "data": catalog.details(of: $0)] }
    }

    static func profile(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        answer(call, catalog, types: ["oetable", "oefile"]) { AssetDetailsRoute.profile(of: $0, in: catalog) }
    }

    static func relationships(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let id = call.number("objectId"), let table = catalog.asset(id, type: "oetable") else {
            return .refusal(.notFound, "No such table")
        }
        return .json(["relationships": .array(AssetDetailsRoute.relationships(of: table, in: catalog))])
    }

    private static func answer(
        _ call: SandboxCall,
        _ catalog: SampleCatalog,
        types: [String]?,
        _ json: (SampleAsset) -> JSON
    ) -> HTTPResponse {
        guard let id = call.number("objectId"), let type = call.text("objectType"), types?.contains(type) ?? true else {
            return .refusal(.badRequest, "objectId and a fitting objectType are required")
        }
        guard let asset = catalog.asset(id, type: type), !asset.kind.isContainer else {
            return .refusal(.notFound, "No \(type) with objectId \(id)")
        }
        return .json(json(asset))
    }
}

/// The same answers as today, asked at two addresses and without the word that distinguishes them.
enum OlderAccessRoute {
    private static let systems = ["redshift", "snowflake", "tableau"]

    static func source(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let system = call.text("sourceSystem"), systems.contains(system) else {
            return .refusal(.badRequest, "sourceSystem must be one of \(systems.joined(separator: ", "))")
        }
        return AccessExplorerRoute.respond(call.with("operation", "source_system_access"), &catalog)
    }

    static func catalog(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        AccessExplorerRoute.respond(call.with("operation", "catalog_access"), &catalog)
    }
}
