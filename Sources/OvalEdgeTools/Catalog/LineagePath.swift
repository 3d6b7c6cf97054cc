package import OvalEdge

/// The shortest ways between the start of a walk and another asset.
package struct LineagePath: Sendable {
    private static let mostWays = 3

    package let walk: LineageWalk
    package let direction: LineageDirection
    package let targetID: Int
    /// One entry for each direction in which there is a way; both when the two lie on a cycle.
    package let ways: [LineageWays]

    package init(_ walk: LineageWalk, direction: LineageDirection, to id: Int, _ kind: AssetKind?) {
        self.walk = walk
        self.direction = direction
        targetID = id
        ways = direction.directions.compactMap { side in
            walk.ways(side, atMost: Self.mostWays) { visit in
                guard let asset = visit.node?.asset else { return visit.id == String(id) && kind == nil }
                return (asset.id ?? visit.id) == String(id) && kind?.matches(asset) != false
            }
        }
    }

    /// All that lies on the ways shown, both ends included.
    package var nodes: Set<Lineage.Node> {
        let passed = Set(ways.flatMap { $0.shown.joined() }).compactMap { walk.node($0) }
        return Set(passed + (ways.map { $0.target.node } + [walk.root]).compactMap { $0 })
    }

    /// Every step of the ways shown, as pairs of ids.
    package var flows: Set<[String]> {
        Set(ways.flatMap { $0.shown }.flatMap { way in zip(way, way.dropFirst()).map { [$0, $1] } })
    }

    /// How many hops the walk reached in the directions that were asked for.
    package var deepest: Int { direction.directions.map { walk.hops($0).count }.max() ?? 0 }
}
