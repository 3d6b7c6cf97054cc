import HTTP
import JSON

/// `GET asset-lineage`: what a table or file is made from and what is made from it, breadth first.
enum AssetLineageRoute {
    private struct Reached {
        let id: Int
        let hop: Int
        let direction: String?
    }

    /// Deeper than any chain of the sample.
    private static let deepest = 20

    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let id = call.number("objectId"), let type = call.text("objectType") else {
            return .refusal(.badRequest, "objectId and objectType are required")
        }
        guard type == "oetable" || type == "oefile" else {
            return .refusal(.badRequest, "Lineage is available for oetable and oefile, not for \(type)")
        }
        guard let root = catalog.asset(id, type: type) else {
            return .refusal(.notFound, "No \(type) with objectId \(id)")
        }
        let depth = min(max(call.number("depth") ?? 2, 0), deepest)
        return .json(lineage(of: root, depth: depth, in: catalog))
    }

    private static func lineage(of root: SampleAsset, depth: Int, in catalog: SampleCatalog) -> JSON {
        let upstream = reached(from: root.id, depth: depth, direction: "UPSTREAM") { id in
            catalog.flows.filter { $0.to == id }.map { $0.from }
        }
        let downstream = reached(from: root.id, depth: depth, direction: "DOWNSTREAM") { id in
            catalog.flows.filter { $0.from == id }.map { $0.to }
        }
        let nodes = [Reached(id: root.id, hop: 0, direction: nil)] + upstream + downstream
        let edges = edges(within: upstream, root.id, catalog) + edges(within: downstream, root.id, catalog)
        return [
            "rootObjectId": .int(root.id),
            "depth": .int(depth),
            "nodes": .array(nodes.compactMap { node($0, in: catalog) }),
            "edges": .array(edges),
        ]
    }

    /// Everything within `depth` steps, each once, at its shortest distance.
    private static func reached(
        from root: Int,
        depth: Int,
        direction: String,
        next: (Int) -> [Int]
    ) -> [Reached] {
        var seen: Set<Int> = [root]
        var found: [Reached] = []
        var front = [root]
        for hop in 0..<depth {
            front = front.flatMap { next($0) }.filter { seen.insert($0).inserted }
            found += front.map { Reached(id: $0, hop: hop + 1, direction: direction) }
        }
        return found
    }

    private static func edges(within side: [Reached], _ root: Int, _ catalog: SampleCatalog) -> [JSON] {
        let ids = Set(side.map { $0.id } + [root])
        return catalog.flows.filter { ids.contains($0.from) && ids.contains($0.to) }.map {
            ["fromId": .int($0.from), "toId": .int($0.to), "lineageType": .string($0.origin)]
        }
    }

    private static func node(_ reached: Reached, in catalog: SampleCatalog) -> JSON? {
        guard let asset = catalog.assets[reached.id] else { return nil }
        return .members(
            ("id", .int(asset.id)),
            ("name", .string(asset.name)),
            ("objectName", .string(asset.name)),
            ("type", .string(asset.kind.lineageWord)),
            ("objectType", .string(asset.kind.rawValue)),
            ("fullyQualifiedName", .string(catalog.path(of: asset))),
            ("hop", .int(reached.hop)),
            ("direction", reached.direction.map { .string($0) }),
            ("navLink", .string(catalog.navLink(of: asset)))
        )
    }
}
