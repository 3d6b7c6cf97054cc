/// Lineage put into order: from one asset outwards, both ways, hop by hop, every asset once.
package struct LineageWalk: Hashable, Sendable {
    package struct Visit: Hashable, Sendable {
        package let key: Lineage.Key
        /// The kind in the words of the reply.
        package let type: String?
        /// Nil when an edge names a node that the reply does not describe.
        package let node: Lineage.Node?
        /// The neighbours nearer to the start through which it was reached; empty when only the node itself says where
        /// it belongs.
        package let via: [Lineage.Key]
        /// Whether its data comes back to it.
        package let isInCycle: Bool

        package var id: String { key.id }
        package var objectType: ObjectType? { type.flatMap { ObjectType(rawValue: $0.lowercased()) } }
    }

    /// Which asset data runs from, and which to.
    package struct Flow: Hashable, Sendable {
        package let from: Lineage.Key
        package let to: Lineage.Key

        package init(from: Lineage.Key, to: Lineage.Key) {
            self.from = from
            self.to = to
        }
    }

    package let root: Visit
    package let upstream: [[Visit]]
    package let downstream: [[Visit]]
    /// What neither an edge nor its own words connect to the start.
    package let unplaced: [Visit]
    /// All assets whose data comes back to them.
    package let cyclic: Set<Lineage.Key>
    /// One for each edge of the lineage, in its order; nil where it stays open which of several kinds an id means.
    package let flows: [Flow?]
    /// The ids for which it stays open.
    package let openIDs: [String]
    /// The ids that assets of several kinds have.
    package let sharedIDs: Set<String>
    private let visits: [Lineage.Key: Visit]

    /// `id` and `type` say where to begin when the reply does not name its root.
    package init(_ lineage: Lineage, around id: Int, type: ObjectType? = nil) {
        var assets = LineageAssets(lineage, around: id, type)
        let flows = LineageFlows(lineage.edges, among: &assets)
        let entries = assets.entries
        let graph = LineageGraph(flows.all, of: entries.count)
        let cycles = LineageCycles(graph)
        let visit = { (number: Int, via: [Int]) in
            Visit(
                key: entries[number].key,
                type: entries[number].type,
                node: entries[number].node,
                via: via.map { entries[$0].key },
                isInCycle: cycles.isCyclic[number]
            )
        }
        var isReached = [Bool](repeating: false, count: entries.count)
        isReached[0] = true
        let hops = { (side: Lineage.Direction) -> [[Visit]] in
            let hops = LineageHops(side, assets, graph, cycles)
            for number in hops.hops.joined() { isReached[number] = true }
            return hops.hops.map { hop in hop.map { visit($0, hops.via[$0]) } }
        }
        upstream = hops(.upstream)
        downstream = hops(.downstream)
        unplaced = entries.indices.filter { !isReached[$0] && entries[$0].node != nil }.map { visit($0, []) }
        root = visit(0, [])
        cyclic = Set(entries.indices.filter { cycles.isCyclic[$0] }.map { entries[$0].key })
        self.flows = flows.all.map { $0.map { Flow(from: entries[$0.from].key, to: entries[$0.to].key) } }
        openIDs = flows.openIDs
        var ids: Set<String> = []
        sharedIDs = Set(entries.lazy.map { $0.key.id }.filter { !ids.insert($0).inserted })
        visits = Dictionary(entries.indices.map { (entries[$0].key, visit($0, [])) }) { first, _ in first }
    }

    package var rootID: String { root.id }

    package func hops(_ direction: Lineage.Direction) -> [[Visit]] { direction == .upstream ? upstream : downstream }

    package func count(of direction: Lineage.Direction) -> Int { hops(direction).reduce(0) { $0 + $1.count } }

    package var hasCycle: Bool { !cyclic.isEmpty }

    /// An asset by its kind and id, without a way to it.
    package subscript(_ key: Lineage.Key) -> Visit? { visits[key] }

    package func node(_ key: Lineage.Key) -> Lineage.Node? { visits[key]?.node }

    /// Everything the reply holds under one id, of whichever kind, except the start.
    package func named(_ id: String) -> [Visit] {
        visits.values.filter { $0.key != root.key && ($0.node?.asset.id ?? $0.id) == id }
            .sorted { ($0.key.kind ?? "") < ($1.key.kind ?? "") }
    }
}
