import HTTP
import JSON

/// `GET asset-lineage` of the large catalog: no deeper than ten hops, whatever is asked for, and without saying so.
///
/// Flows name the kinds of their ends where the root has an even id, and ids alone elsewhere.
enum LargeLineageRoute {
    private static let deepest = 10

    static func lineage(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let type = call.text("objectType"), type == "oetable" || type == "oefile" else {
            return .refusal(.badRequest, "Lineage is available for oetable and oefile")
        }
        guard let root = catalog.asset(call.number("objectId"), type: type) else {
            return .refusal(.notFound, "No \(type) with this objectId")
        }
        let depth = min(max(call.number("depth") ?? 2, 0), deepest)
        let reached = [true, false].flatMap { catalog.flows.reached(from: root.key, depth: depth, upstream: $0) }
        let nodes = reached.compactMap { reached in
            catalog[reached.key].map { node($0, reached.hop, reached.isUpstream ? "UPSTREAM" : "DOWNSTREAM", catalog) }
        }
        return .json([
            "rootObjectId": .int(root.id), "nodes": .array([node(root, 0, nil, catalog)] + nodes),
            "edges": .array(edges(among: Set([root.key] + reached.map { $0.key }), typed: root.id % 2 == 0, catalog)),
        ])
    }

    private static func edges(among keys: Set<LargeKey>, typed: Bool, _ catalog: LargeCatalog) -> [JSON] {
        let all = Array(keys)
        let places = LargePlaces.sorted(all.count) { place, other in
            (all[place].kind.rawValue, all[place].id) < (all[other].kind.rawValue, all[other].id)
        }
        return places.map { all[$0] }.flatMap { from in
            (catalog.flows.destinations[from] ?? []).filter { keys.contains($0) }.map { to in
                .members(
                    ("fromId", .int(from.id)),
                    ("fromObjectType", typed ? .string(from.kind.rawValue) : nil),
                    ("toId", .int(to.id)),
                    ("toObjectType", typed ? .string(to.kind.rawValue) : nil),
                    ("lineageType", from.id % 7 == 0 ? "manual" : "auto")
                )
            }
        }
    }

    private static func node(_ asset: LargeAsset, _ hop: Int, _ side: String?, _ catalog: LargeCatalog) -> JSON {
        .members(
            ("id", .int(asset.id)),
            ("name", .string(asset.name)),
            ("objectName", .string(asset.name)),
            ("type", .string(asset.kind.lineageWord)),
            ("objectType", .string(asset.kind.rawValue)),
            ("fullyQualifiedName", .string(catalog.path(of: asset))),
            ("connectionName", catalog.connection(of: asset).map { .string($0.name) }),
            ("owner", catalog.person(.owner, of: asset).map { .string($0.name) } ?? .null),
            ("ownerUserName", catalog.person(.owner, of: asset).map { .string($0.user) }),
            ("hop", .int(hop)),
            ("direction", side.map { .string($0) }),
            ("navLink", .string(asset.kind.navLink(asset.id)))
        )
    }
}
