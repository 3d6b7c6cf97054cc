/// Which assets feed themselves, directly or by way of others.
///
/// Two assets lie on one cycle when each can be reached from the other: Kosaraju's two passes find such groups in one
/// look at every flow, however large the graph.
struct LineageCycles {
    let members: Set<String>

    init(_ graph: LineageGraph) {
        var seen = [Bool](repeating: false, count: graph.ids.count)
        var finished: [Int] = []
        for start in graph.ids.indices { finished += Self.visited(from: start, along: graph.destinations, &seen) }
        seen = [Bool](repeating: false, count: graph.ids.count)
        var members = graph.ids.indices.filter { graph.destinations[$0].contains($0) }
        for start in finished.reversed() {
            let group = Self.visited(from: start, along: graph.sources, &seen)
            if group.count > 1 { members += group }
        }
        self.members = Set(members.map { graph.ids[$0] })
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
