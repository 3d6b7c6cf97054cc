import MCP
package import OvalEdge
package import Rendering

/// Which way to look from an asset.
package enum LineageDirection: String, ArgumentChoice {
    case both, upstream, downstream

    package var directions: [Lineage.Direction] {
        switch self {
        case .both: [.upstream, .downstream]
        case .upstream: [.upstream]
        case .downstream: [.downstream]
        }
    }
}

/// What of a walk is shown: the directions and kinds that were asked for, and the first few of each hop.
///
/// Everything is counted before anything is left out.
package struct LineageSelection: Sendable {
    package struct Hop: Sendable {
        package let number: Int
        package let total: Int
        /// How many are of the kinds that were asked for.
        package let matching: Int
        package let shown: [LineageWalk.Visit]

        package var cut: Int { matching - shown.count }
    }

    /// Hops that are shown, at the most, as if each were full.
    private static let mostFullHops = 5

    package let walk: LineageWalk
    package let direction: LineageDirection
    package let kinds: [AssetKind]
    package let upstream: [Hop]
    package let downstream: [Hop]
    package let unplaced: Hop
    /// Assets other than the start, each once, even if the data runs both ways.
    package let total: Int
    package let returned: Int
    /// Of another direction or another kind than was asked for.
    package let filteredOut: Int
    /// Whether the answer has less room than was asked for.
    package let isShortened: Bool
    private let shown: Set<Key>

    /// Two assets of different types may share an id.
    private struct Key: Hashable {
        let id: String
        let type: String?

        init(_ id: String, _ node: Lineage.Node?) {
            self.id = id
            type = node?.asset.type
        }

        init(_ visit: LineageWalk.Visit) { self.init(visit.id, visit.node) }
    }

    package init(
        _ walk: LineageWalk,
        direction: LineageDirection,
        kinds: [AssetKind],
        limitPerHop limit: Int,
        in limits: SizeLimits
    ) {
        // The start is one of the limits; both directions and the stray ones share the rest.
        let room = min(limit * Self.mostFullHops, max(0, limits.items - 1) / 3)
        let matches = { (visit: LineageWalk.Visit) in
            kinds.isEmpty || visit.node.map { node in kinds.contains { $0.matches(node.asset) } } ?? false
        }
        let hops = { (side: Lineage.Direction) in
            direction.directions.contains(side) ? Self.hops(walk.hops(side), limit, room, where: matches) : []
        }
        // What has no direction belongs to neither.
        let stray = direction == .both ? walk.unplaced : []
        self.walk = walk
        self.direction = direction
        self.kinds = kinds
        isShortened = room < limit * Self.mostFullHops
        upstream = hops(.upstream)
        downstream = hops(.downstream)
        unplaced = Self.hops([stray], limit, room, where: matches)[0]
        let sides = direction.directions.flatMap { walk.hops($0).joined() } + stray
        shown = Set((upstream + downstream + [unplaced]).flatMap { $0.shown.map { Key($0) } })
        total = Self.distinct((walk.upstream + walk.downstream + [walk.unplaced]).flatMap { $0 })
        returned = shown.count
        filteredOut = total - Self.distinct(sides.filter(matches))
    }

    /// Asked for, but past the number that a hop or a direction may have.
    package var cut: Int { total - filteredOut - returned }

    package var isFiltered: Bool { direction != .both || !kinds.isEmpty }

    package func hops(_ side: Lineage.Direction) -> [Hop] { side == .upstream ? upstream : downstream }

    /// How many hops the walk reached in the directions that were asked for.
    package var deepest: Int { direction.directions.map { walk.hops($0).count }.max() ?? 0 }

    package func shows(_ node: Lineage.Node) -> Bool {
        node == walk.root || shown.contains(Key(node.id, node))
    }

    package func shows(_ edge: Lineage.Edge) -> Bool { shows(edge.from) && shows(edge.to) }

    private func shows(_ id: String) -> Bool {
        id == walk.rootID || shown.contains(Key(id, walk.node(id)))
    }

    private static func distinct(_ visits: [LineageWalk.Visit]) -> Int { Set(visits.map { Key($0) }).count }

    private static func hops(
        _ hops: [[LineageWalk.Visit]],
        _ limit: Int,
        _ room: Int,
        where matches: (LineageWalk.Visit) -> Bool
    ) -> [Hop] {
        var room = room
        return hops.enumerated().map { index, visits in
            let matching = visits.filter(matches)
            let shown = Array(matching.prefix(min(room, limit)))
            room -= shown.count
            return Hop(number: index + 1, total: visits.count, matching: matching.count, shown: shown)
        }
    }
}
