/// The flows of a lineage between assets by their numbers, so that a step costs the same however large the graph is.
struct LineageGraph {
    /// For each asset where its data comes from, each source once.
    private(set) var sources: [[Int]]
    /// For each asset where its data goes, each destination once.
    private(set) var destinations: [[Int]]

    init(_ flows: [LineageFlows.Flow?], of count: Int) {
        sources = [[Int]](repeating: [], count: count)
        destinations = sources
        var known: Set<LineageFlows.Flow> = []
        for case let flow? in flows where known.insert(flow).inserted {
            destinations[flow.from].append(flow.to)
            sources[flow.to].append(flow.from)
        }
    }

    /// The neighbours further away from the start.
    func outward(_ side: Lineage.Direction) -> [[Int]] { side == .upstream ? sources : destinations }

    /// The neighbours nearer to the start.
    func inward(_ side: Lineage.Direction) -> [[Int]] { side == .upstream ? destinations : sources }
}
