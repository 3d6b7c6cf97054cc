import OvalEdge

/// The shortest ways between the start of a walk and another asset.
struct LineagePath: Sendable {
    private static let mostWays = 3

    let walk: LineageWalk
    let direction: LineageDirection
    let targetID: Int
    /// The kind that was asked for.
    let kind: AssetKind?
    /// Nil where the reply does not hold what was asked for.
    let target: LineageWalk.Visit?
    /// What has the same id and is another asset.
    let others: [LineageWalk.Visit]
    /// One entry for each direction in which there is a way; both when the two lie on a cycle.
    let ways: [LineageWays]

    init(_ walk: LineageWalk, direction: LineageDirection, to id: Int, _ kind: AssetKind?) {
        self.walk = walk
        self.direction = direction
        targetID = id
        self.kind = kind
        let named = walk.named(String(id))
        let meant = named.filter { visit in kind.map { $0.matches(visit) } ?? true }
        let key = Self.nearest(of: meant, in: walk, direction) ?? (meant.count == 1 ? meant[0].key : nil)
        target = key.flatMap { walk[$0] }
        others = named.filter { $0.key != key }
        ways = direction.directions.compactMap { side in
            walk.ways(side, atMost: Self.mostWays) { $0.key == key }
        }
    }

    /// Of several kinds that share the id, the one that is the fewest hops away.
    private static func nearest(
        of meant: [LineageWalk.Visit],
        in walk: LineageWalk,
        _ direction: LineageDirection
    ) -> Lineage.Key? {
        let keys = Set(meant.map { $0.key })
        let found = direction.directions.compactMap { side -> (hop: Int, key: Lineage.Key)? in
            for (index, hop) in walk.hops(side).enumerated() {
                if let visit = hop.first(where: { keys.contains($0.key) }) { return (index, visit.key) }
            }
            return nil
        }
        return found.min { $0.hop < $1.hop }?.key
    }

    /// All that lies on the ways shown, both ends included.
    var keys: Set<Lineage.Key> {
        Set(ways.flatMap { $0.shown.joined() } + ways.map { $0.target.key } + [walk.root.key])
    }

    /// Every step of the ways shown.
    var flows: Set<LineageWalk.Flow> {
        let steps = ways.flatMap { $0.shown }.flatMap { way in
            zip(way, way.dropFirst()).map { LineageWalk.Flow(from: $0, to: $1) }
        }
        return Set(steps)
    }

    /// How many hops the walk reached in the directions that were asked for.
    var deepest: Int { direction.directions.map { walk.hops($0).count }.max() ?? 0 }
}
