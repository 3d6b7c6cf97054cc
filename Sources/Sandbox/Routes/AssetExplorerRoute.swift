import HTTP
import JSON

/// `POST asset-explorer`: the search over everything in the catalog.
///
/// Hits are ranked and cut to one page; glossary terms and tags of that page then are in groups of their own, one
/// as an object and several as a list.
enum AssetExplorerRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body else { return .refusal(.badRequest, "The body must be a JSON object") }
        return search(by: body, catalog)
    }

    static func search(by body: JSON, _ catalog: SampleCatalog) -> HTTPResponse {
        let search: ExplorerSearch
        do { search = try ExplorerSearch(body) } catch { return .refusal(.badRequest, error.message) }
        let hits = search.hits(in: catalog)
        return .json(["ok": true, "data": data(search.page(of: hits), total: hits.count, search, catalog)])
    }

    private static func data(
        _ page: [SampleAsset],
        total: Int,
        _ search: ExplorerSearch,
        _ catalog: SampleCatalog
    ) -> JSON {
        let terms = page.filter { $0.kind == .glossary }.map { catalog.summary(of: $0) }
        let tags = page.filter { $0.kind == .oetag }.map {
            tag($0, catalog, search.includesParent, search.includesChildren)
        }
        let items = page.filter { $0.kind != .glossary && $0.kind != .oetag }.map { catalog.summary(of: $0) }
        return .members(
            ("page", .int(search.page)),
            ("limit", .int(search.limit)),
            ("total", .int(total)),
            ("items", .array(items)),
            ("glossaryTerms", group(terms)),
            ("tags", group(tags))
        )
    }

    private static func group(_ members: [JSON]) -> JSON? {
        members.count > 1 ? .array(members) : members.first
    }

    static func tag(
        _ tag: SampleAsset,
        _ catalog: SampleCatalog,
        _ includesParent: Bool = false,
        _ includesChildren: Bool = false
    ) -> JSON {
        let chain = catalog.lineage(of: tag).dropFirst()
        let root = chain.last ?? tag
        let uses = catalog.all.filter { asset in asset.list("tags").contains { $0 == tag.name } }
        let counts = Dictionary(grouping: uses) { $0.kind.rawValue }.mapValues { $0.count }.sorted { $0.key < $1.key }
        let more: JSON = .members(
            ("masterTagId", .int(root.id)),
            ("isRootTag", .bool(tag.parent == nil)),
            ("parentObjectId", tag.parent.map { .int($0) }),
            ("parentHierarchies", .array(chain.reversed().map { ["id": .int($0.id)] })),
            (
                "tagDetails",
                [["isDirectTag": true, "masterTagId": .int(root.id), "isRootTag": .bool(tag.parent == nil)]]
            ),
            ("catalogDetails", .array(counts.map { ["key": .string($0.key), "value": .int($0.value)] })),
            ("parentTag", includesParent ? catalog.parent(of: tag).map { catalog.reference(to: $0) } : nil),
            ("childTags", includesChildren ? childTags(of: tag, catalog) : nil)
        )
        return .object(JSONObject((catalog.summary(of: tag).object?.members ?? []) + (more.object?.members ?? [])))
    }

    private static func childTags(of tag: SampleAsset, _ catalog: SampleCatalog) -> JSON {
        .array(
            catalog.children(of: tag).map { child in
                var reference = catalog.reference(to: child)
                reference["hasChildren"] = .bool(!catalog.children(of: child).isEmpty)
                return reference
            }
        )
    }
}
