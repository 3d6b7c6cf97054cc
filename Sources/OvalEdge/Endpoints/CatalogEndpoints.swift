extension APIRequest {
    package static func assetExplorer(_ search: AssetSearch) -> Self where Reply == Envelope<AssetPage> {
        .asking(.explorer(search))
    }

    package static func assetDetails(id: Int, type: ObjectType) -> Self where Reply == Envelope<AssetRecord> {
        .asking(.details(id: id, type: type))
    }

    package static func assetLineage(id: Int, type: ObjectType, depth: Int) -> Self where Reply == Envelope<Lineage> {
        .asking(.lineage(id: id, type: type, depth: depth))
    }

    package static func knowledge(_ search: KnowledgeSearchQuery) -> Self where Reply == Envelope<Knowledge> {
        .asking(.knowledge(search))
    }
}
