package import JSON

/// One lineage out of several replies: what lies beyond an asset, which only that asset's own lineage shows.
extension Lineage {
    /// With what `reply` shows on one side of one of these assets, which is `hops` away from the start.
    ///
    /// Flows keep the kinds that were found for their ends, so that ids that repeat between the replies stay apart.
    package func going(on reply: Lineage, beyond key: Key, at hops: Int, _ side: Direction) -> Lineage {
        guard let id = Int(key.id) else { return self }
        let type = ObjectType.allCases.first { $0.title == key.kind }
        let walk = LineageWalk(reply, around: id, type: type)
        var known = Set(nodes.lazy.filter { $0.direction == side || $0.hop == 0 }.map { $0.key })
        var joined = self
        var reached: Set<Key> = [walk.root.key]
        for (index, hop) in walk.hops(side).enumerated() {
            for visit in hop {
                reached.insert(visit.key)
                guard let node = visit.node, known.insert(node.key).inserted else { continue }
                joined.nodes.append(node.moved(to: hops + index + 1, side))
            }
        }
        for (edge, flow) in zip(reply.edges, walk.flows) {
            guard let flow, reached.contains(flow.from), reached.contains(flow.to) else { continue }
            joined.edges.append(
                Edge(
                    from: End(key: flow.from == walk.root.key ? key : flow.from, type: walk[flow.from]?.type),
                    to: End(key: flow.to == walk.root.key ? key : flow.to, type: walk[flow.to]?.type),
                    kind: edge.kind,
                    json: edge.json
                )
            )
        }
        joined.unidentified += reply.unidentified
        joined.depth = nil
        return joined
    }

    /// The lineage of an asset that OvalEdge follows no flows of, resting on others that it does follow.
    package init(of asset: Asset, _ key: Key, restingOn sources: [(key: Key, asset: Asset)]) throws(JSONMismatch) {
        let root: JSON = ["rootObjectId": .string(key.id), "nodes": [], "edges": []]
        try self.init(root)
        nodes = [Node(key: key, asset: asset, hop: 0, direction: nil)]
        for source in sources {
            nodes.append(Node(key: source.key, asset: source.asset, hop: nil, direction: nil).moved(to: 1, .upstream))
            let types = (from: source.asset.type, to: asset.type)
            let json: JSON = .members(
                ("fromId", .string(source.key.id)),
                ("toId", .string(key.id)),
                ("fromObjectType", types.from.map { .string($0) }),
                ("toObjectType", types.to.map { .string($0) })
            )
            edges.append(
                Edge(
                    from: End(key: source.key, type: types.from),
                    to: End(key: key, type: types.to),
                    kind: nil,
                    json: json
                )
            )
        }
    }
}

extension Lineage.Node {
    fileprivate func moved(to hop: Int, _ side: Lineage.Direction) -> Lineage.Node {
        var json = asset.json
        json["hop"] = .int(hop)
        json["direction"] = .string(side.rawValue.uppercased())
        let moved = (try? Asset(json)) ?? asset
        return Lineage.Node(key: key, asset: moved, hop: hop, direction: side)
    }
}
