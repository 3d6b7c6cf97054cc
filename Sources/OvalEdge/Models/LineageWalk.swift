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
    /// All assets whose data comes back to them.
    package let cyclic: Set<String>
    private let nodes: [String: Lineage.Node]

    /// `id` and `type` say where to begin when the reply does not name its root.
    package init(_ lineage: Lineage, around id: Int, type: ObjectType? = nil) {
        let nodes = LineageNodes(lineage, around: id, type)
        let graph = LineageGraph(lineage.edges)
        let cyclic = LineageCycles(graph).members
        let steps = { (along: [[Int]]) in
            Self.steps(from: graph.number(of: nodes.rootID), along: along).map { hop in
                hop.map { step in
                    let id = graph.ids[step.asset]
                    let via = step.via.map { graph.ids[$0] }
                    return Visit(id: id, node: nodes.byID[id], via: via, isInCycle: cyclic.contains(id))
                }
            }
        }
        var upstream = steps(graph.sources)
        var downstream = steps(graph.destinations)
        let reached = Set((upstream + downstream).joined().map { $0.id } + [nodes.rootID])
        var seen = reached
        let lonely = lineage.nodes.filter { seen.insert($0.id).inserted } + nodes.twins
        var unplaced: [Visit] = []
        for node in lonely {
            let isTwin = reached.contains(node.id)
            let visit = Visit(id: node.id, node: node, via: [], isInCycle: !isTwin && cyclic.contains(node.id))
            switch (node.direction, node.hop) {
            case (.upstream?, let hop): Self.place(visit, at: hop ?? 1, in: &upstream)
            case (.downstream?, let hop): Self.place(visit, at: hop ?? 1, in: &downstream)
            case (nil, _): unplaced.append(visit)
            }
        }
        rootID = nodes.rootID
        root = nodes.root
        self.upstream = upstream
        self.downstream = downstream
        self.unplaced = unplaced
        self.cyclic = cyclic
        self.nodes = nodes.byID
    }

    package func hops(_ direction: Lineage.Direction) -> [[Visit]] { direction == .upstream ? upstream : downstream }

    package func count(of direction: Lineage.Direction) -> Int { hops(direction).reduce(0) { $0 + $1.count } }

    package var hasCycle: Bool { !cyclic.isEmpty }

    package func node(_ id: String) -> Lineage.Node? { nodes[id] }

    package func name(of id: String) -> String { nodes[id]?.asset.name ?? id }

    private struct Step {
        let asset: Int
        let via: [Int]
    }

    /// Breadth first, so that an asset is at its shortest distance.
    private static func steps(from root: Int?, along neighbours: [[Int]]) -> [[Step]] {
        guard let root else { return [] }
        var hopOf = [Int?](repeating: nil, count: neighbours.count)
        var via = [[Int]](repeating: [], count: neighbours.count)
        var hops: [[Step]] = []
        var frontier = [root]
        hopOf[root] = 0
        while !frontier.isEmpty {
            let hop = hops.count + 1
            var reached: [Int] = []
            for near in frontier {
                for far in neighbours[near] where (hopOf[far] ?? hop) == hop {
                    if hopOf[far] == nil { reached.append(far) }
                    hopOf[far] = hop
                    via[far].append(near)
                }
            }
            if !reached.isEmpty { hops.append(reached.map { Step(asset: $0, via: via[$0]) }) }
            frontier = reached
        }
        return hops
    }

    /// A hop is trusted as far as no gap of nonsense would have to be filled for it.
    private static func place(_ visit: Visit, at hop: Int, in hops: inout [[Visit]]) {
        let index = min(max(1, hop) - 1, hops.count)
        if index == hops.count { hops.append([]) }
        hops[index].append(visit)
    }
}
