/// The shortest ways from where a walk began to one of the assets it reached.
package struct LineageWays: Hashable, Sendable {
    package let direction: Lineage.Direction
    package let target: LineageWalk.Visit
    package let hops: Int
    /// How many there are, `Int.max` when they are beyond counting; none when the reply places the target without saying
    /// by which flows.
    package let count: Int
    /// Some of them, each in the order in which the data flows, both ends included.
    package let shown: [[Lineage.Key]]
}

extension LineageWalk {
    /// The ways in one direction to the nearest asset that `isTarget` accepts.
    package func ways(
        _ direction: Lineage.Direction,
        atMost limit: Int,
        to isTarget: (Visit) -> Bool
    ) -> LineageWays? {
        let hops = hops(direction)
        for (index, hop) in hops.enumerated() {
            guard let target = hop.first(where: isTarget) else { continue }
            var via: [Lineage.Key: [Lineage.Key]] = [:]
            var counts = [root.key: 1]
            for visit in hops[...index].joined() where !visit.via.isEmpty {
                via[visit.key] = visit.via
                counts[visit.key] = visit.via.reduce(0) { Self.sum($0, counts[$1] ?? 0) }
            }
            let count = target.via.isEmpty ? 0 : counts[target.key] ?? 0
            let ways = count == 0 ? [] : ways(back: target.key, via, counts, atMost: limit)
            return LineageWays(
                direction: direction,
                target: target,
                hops: index + 1,
                count: count,
                shown: direction == .upstream ? ways : ways.map { $0.reversed() }
            )
        }
        return nil
    }

    /// Every step back is one nearer to the start, and one from which a way leads there, so that each try ends there.
    private func ways(
        back target: Lineage.Key,
        _ via: [Lineage.Key: [Lineage.Key]],
        _ counts: [Lineage.Key: Int],
        atMost limit: Int
    ) -> [[Lineage.Key]] {
        var found: [[Lineage.Key]] = []
        var way = [target]
        var tried = [0]
        while let key = way.last, let next = tried.last, found.count < limit {
            let nearer = via[key] ?? []
            if key == root.key { found.append(way) }
            if key == root.key || next == nearer.count {
                way.removeLast()
                tried.removeLast()
            } else {
                tried[tried.count - 1] += 1
                guard counts[nearer[next], default: 0] > 0 else { continue }
                way.append(nearer[next])
                tried.append(0)
            }
        }
        return found
    }

    private static func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, isTooLarge) = a.addingReportingOverflow(b)
        return isTooLarge ? .max : sum
    }
}
