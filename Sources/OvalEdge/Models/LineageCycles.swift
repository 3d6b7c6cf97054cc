/// Which assets feed themselves, directly or by way of others.
///
/// Two assets lie on one cycle when each can be reached from the other: Kosaraju's two passes find such groups in one
/// look at every flow, however large the graph.
struct LineageCycles {
    /// For each asset whether its data comes back to it.
    private(set) var isCyclic: [Bool]
    /// For each asset the number of the group with which it shares its cycles; alone in it when it has none.
    private(set) var groups: [Int]

    init(_ graph: LineageGraph) {
        let all = graph.sources.indices
        var seen = [Bool](repeating: false, count: all.count)
        var finished: [Int] = []
        for start in all { finished += Self.visited(from: start, along: graph.destinations, &seen) }
        seen = [Bool](repeating: false, count: all.count)
        isCyclic = all.map { graph.destinations[$0].contains($0) }
        groups = Array(all)
        for start in finished.reversed() {
            let group = Self.visited(from: start, along: graph.sources, &seen)
            guard group.count > 1 else { continue }
            for asset in group { (isCyclic[asset], groups[asset]) = (true, start) }
        }
    }

    /// What is newly reached from `start`, each asset after all that it leads to.
    private static func visited(from start: Int, along neighbours: [[Int]], _ seen: inout [Bool]) -> [Int] {
        guard !seen[start] else { return [] }
        seen[start] = true
        var finished: [Int] = []
        var way = [(asset: start, tried: 0)]
        while let (asset, tried) = way.last {
            guard tried < neighbours[asset].count else {
                finished.append(asset)
                way.removeLast()
                continue
            }
            way[way.count - 1].tried += 1
            let next = neighbours[asset][tried]
            guard !seen[next] else { continue }
            seen[next] = true
            way.append((next, 0))
        }
        return finished
    }
}
