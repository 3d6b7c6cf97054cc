extension APIRequest {
    package static func assetExplorer(_ search: AssetSearch) -> Self where Reply == Envelope<AssetPage> {
        .query("/api/v1/mcp/asset-explorer", search.body)
    }

    package static func assetDetails(id: Int, type: ObjectType) -> Self where Reply == Envelope<AssetRecord> {
        .get("/api/v1/mcp/asset-details", [("objectId", String(id)), ("objectType", type.rawValue)])
    }

    package static func assetLineage(id: Int, type: ObjectType, depth: Int) -> Self where Reply == Envelope<Lineage> {
        .get(
            "/api/v1/mcp/asset-lineage",
            [("objectId", String(id)), ("objectType", type.rawValue), ("depth", String(depth))]
        )
    }

    package static func knowledge(_ search: KnowledgeSearchQuery) -> Self where Reply == Envelope<Knowledge> {
        .get("/api/v1/mcp/knowledge-search", search.parameters)
    }
}
