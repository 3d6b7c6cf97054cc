/// The flows of a lineage, with a number for every asset, so that a step costs the same however large the graph is.
struct LineageGraph {
    private(set) var ids: [String] = []
    /// For each asset where its data comes from, each source once.
    private(set) var sources: [[Int]] = []
    /// For each asset where its data goes, each destination once.
    private(set) var destinations: [[Int]] = []
    private var numbers: [String: Int] = [:]

    private struct Flow: Hashable {
        let from: Int
        let to: Int
    }

    init(_ edges: [Lineage.Edge]) {
        var known: Set<Flow> = []
        for edge in edges {
            let flow = Flow(from: number(adding: edge.from), to: number(adding: edge.to))
            guard known.insert(flow).inserted else { continue }
            destinations[flow.from].append(flow.to)
            sources[flow.to].append(flow.from)
        }
    }

    /// Nil for an asset that nothing flows to or from.
    func number(of id: String) -> Int? { numbers[id] }

    private mutating func number(adding id: String) -> Int {
        if let number = numbers[id] { return number }
        let number = ids.count
        numbers[id] = number
        ids.append(id)
        sources.append([])
        destinations.append([])
        return number
    }
}
