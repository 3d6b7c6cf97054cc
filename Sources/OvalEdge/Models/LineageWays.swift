/// The shortest ways from where a walk began to one of the assets it reached.
package struct LineageWays: Hashable, Sendable {
    package let direction: Lineage.Direction
    package let target: LineageWalk.Visit
    package let hops: Int
    /// How many there are, `Int.max` when they are beyond counting; none when the reply places the target without saying
    /// by which flows.
    package let count: Int
    /// Some of them, each in the order in which the data flows, both ends included.
    package let shown: [[String]]
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
            var via: [String: [String]] = [:]
            var counts = [rootID: 1]
            for visit in hops[...index].joined() where !visit.via.isEmpty {
                via[visit.id] = visit.via
                counts[visit.id] = visit.via.reduce(0) { Self.sum($0, counts[$1] ?? 0) }
            }
            let ways = target.via.isEmpty ? [] : ways(back: target.id, via, atMost: limit)
            return LineageWays(
                direction: direction,
                target: target,
                hops: index + 1,
                count: target.via.isEmpty ? 0 : counts[target.id] ?? 0,
                shown: direction == .upstream ? ways : ways.map { $0.reversed() }
            )
        }
        return nil
    }

    /// Every step back is one nearer to the start, so each try ends there.
    private func ways(back target: String, _ via: [String: [String]], atMost limit: Int) -> [[String]] {
        var found: [[String]] = []
        var way = [target]
        var tried = [0]
        while let id = way.last, let next = tried.last, found.count < limit {
            let nearer = via[id] ?? []
            if id == rootID { found.append(way) }
            if id == rootID || next == nearer.count {
                way.removeLast()
                tried.removeLast()
            } else {
                tried[tried.count - 1] += 1
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
