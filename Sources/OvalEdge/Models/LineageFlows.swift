/// Between which assets the flows of a lineage run, as far as that can be said.
///
/// Where several kinds share an id and a flow does not say which is meant, the places decide: data runs from one hop to
/// the next one on the same side. What stays open runs nowhere here, and is counted.
struct LineageFlows {
    struct Flow: Hashable {
        let from: Int
        let to: Int
    }

    /// One for each edge of the lineage, in its order; nil for one that stays open.
    private(set) var all: [Flow?] = []
    /// The ids for which it stays open, in the order in which they are met.
    private(set) var openIDs: [String] = []

    init(_ edges: [Lineage.Edge], among assets: inout LineageAssets) {
        all.reserveCapacity(edges.count)
        var seen: Set<String> = []
        for edge in edges {
            let (from, to) = (assets.candidates(edge.from), assets.candidates(edge.to))
            let flow = Self.flow(from, to, in: assets)
            all.append(flow)
            guard flow == nil else { continue }
            for (end, candidates) in [(edge.from, from), (edge.to, to)] where candidates.count > 1 {
                if seen.insert(end.id).inserted { openIDs.append(end.id) }
            }
        }
    }

    private static func flow(_ from: [Int], _ to: [Int], in assets: LineageAssets) -> Flow? {
        if from.count == 1 && to.count == 1 { return Flow(from: from[0], to: to[0]) }
        var found: Flow?
        for source in from {
            for target in to where fits(assets.entries[source], assets.entries[target]) {
                guard found == nil else { return nil }
                found = Flow(from: source, to: target)
            }
        }
        return found
    }

    /// Whether data runs from the one to the other by their places, of which one may be unknown.
    private static func fits(_ source: LineageAssets.Entry, _ target: LineageAssets.Entry) -> Bool {
        if !target.isPlaced { return source.downstream.hop != nil }
        if !source.isPlaced { return target.upstream.hop != nil }
        let isDownstream = isNext(source.downstream.hop, target.downstream.hop)
        return isDownstream || isNext(target.upstream.hop, source.upstream.hop)
    }

    private static func isNext(_ near: Int?, _ far: Int?) -> Bool {
        guard let near, let far else { return false }
        return far == near + 1
    }
}
