/// Lineage put into order: from one asset outwards, both ways, hop by hop, every asset once.
package struct LineageWalk: Hashable, Sendable {
    package struct Visit: Hashable, Sendable {
        package let id: String
        /// Nil when an edge names a node that the reply does not describe.
        package let node: Lineage.Node?
        /// The neighbours nearer to the start through which it was reached; empty when only the node itself says where
        /// it belongs.
        package let via: [String]
        /// Whether its data comes back to it.
        package let isInCycle: Bool
    }

    package let rootID: String
    package let root: Lineage.Node?
    package let upstream: [[Visit]]
    package let downstream: [[Visit]]
    /// What neither an edge nor its own words connect to the start.
    package let unplaced: [Visit]
    package let hasCycle: Bool
    private let names: [String: String]

    /// `id` is where to begin when the reply does not name its root.
    package init(_ lineage: Lineage, around id: Int) {
        let nodes = Dictionary(lineage.nodes.map { ($0.id, $0) }) { first, _ in first }
        let fallback = lineage.nodes.first { $0.asset.id == String(id) }?.id ?? String(id)
        let rootID = lineage.rootID.flatMap { nodes[$0] == nil && !nodes.isEmpty ? nil : $0 } ?? fallback
        let cyclic = LineageCycles(lineage.edges).members
        let visit = { (id: String, via: [String]) in
            Visit(id: id, node: nodes[id], via: via, isInCycle: cyclic.contains(id))
        }
        var upstream = Self.hops(from: rootID, along: lineage.edges.map { ($0.to, $0.from) }, visit)
        var downstream = Self.hops(from: rootID, along: lineage.edges.map { ($0.from, $0.to) }, visit)
        let reached = Set((upstream + downstream).joined().map { $0.id })
        var unplaced: [Visit] = []
        for node in lineage.nodes where node.id != rootID && !reached.contains(node.id) {
            let lonely = visit(node.id, [])
            switch (node.direction, node.hop) {
            case (.upstream?, let hop): Self.place(lonely, at: hop ?? 1, in: &upstream)
            case (.downstream?, let hop): Self.place(lonely, at: hop ?? 1, in: &downstream)
            case (nil, _): unplaced.append(lonely)
            }
        }
        self.rootID = rootID
        root = nodes[rootID]
        self.upstream = upstream
        self.downstream = downstream
        self.unplaced = unplaced
        hasCycle = !cyclic.isEmpty
        names = nodes.compactMapValues { $0.asset.name }
    }

    package func hops(_ direction: Lineage.Direction) -> [[Visit]] { direction == .upstream ? upstream : downstream }

    package func count(of direction: Lineage.Direction) -> Int { hops(direction).reduce(0) { $0 + $1.count } }

    package func name(of id: String) -> String { names[id] ?? id }

    /// Breadth first, so that an asset stands at its shortest distance.
    private static func hops(
        from root: String,
        along edges: [(String, String)],
        _ visit: (String, [String]) -> Visit
    ) -> [[Visit]] {
        let neighbours = Dictionary(grouping: edges) { $0.0 }.mapValues { $0.map { $0.1 } }
        var seen: Set = [root]
        var hops: [[Visit]] = []
        var frontier = [root]
        while !frontier.isEmpty {
            var order: [String] = []
            var via: [String: [String]] = [:]
            for near in frontier {
                for far in neighbours[near] ?? [] where !seen.contains(far) && via[far]?.contains(near) != true {
                    if via[far] == nil { order.append(far) }
                    via[far, default: []].append(near)
                }
            }
            seen.formUnion(order)
            if !order.isEmpty { hops.append(order.map { visit($0, via[$0] ?? []) }) }
            frontier = order
        }
        return hops
    }

    /// A hop is trusted as far as no gap of nonsense would have to be filled for it.
    private static func place(_ visit: Visit, at hop: Int, in hops: inout [[Visit]]) {
        let index = min(max(0, hop - 1), hops.count)
        if index == hops.count { hops.append([]) }
        hops[index].append(visit)
    }
}
