/// Which assets feed themselves, directly or by way of others.
///
/// Two assets lie on one cycle when each can be reached from the other: Kosaraju's two passes find such groups in one
/// look at every edge, however large the graph.
struct LineageCycles {
    let members: Set<String>

    init(_ edges: [Lineage.Edge]) {
        let forward = Dictionary(grouping: edges) { $0.from }.mapValues { $0.map { $0.to } }
        let backward = Dictionary(grouping: edges) { $0.to }.mapValues { $0.map { $0.from } }
        var seen: Set<String> = []
        var finished: [String] = []
        for edge in edges { finished += Self.visited(from: edge.from, along: forward, &seen) }
        seen = []
        var members = Set(edges.filter { $0.from == $0.to }.map { $0.from })
        for start in finished.reversed() {
            let group = Self.visited(from: start, along: backward, &seen)
            if group.count > 1 { members.formUnion(group) }
        }
        self.members = members
    }

    /// What is newly reached from `start`, each asset after all that it leads to.
    private static func visited(
        from start: String,
        along neighbours: [String: [String]],
        _ seen: inout Set<String>
    ) -> [String] {
        guard seen.insert(start).inserted else { return [] }
        var finished: [String] = []
        var path = [(start, neighbours[start] ?? [])]
        while let (node, open) = path.last {
            if let next = open.first(where: { !seen.contains($0) }) {
                path[path.count - 1].1 = Array(open.drop { $0 != next }.dropFirst())
                seen.insert(next)
                path.append((next, neighbours[next] ?? []))
            } else {
                finished.append(node)
                path.removeLast()
            }
        }
        return finished
    }
}
