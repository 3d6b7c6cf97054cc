import MCP
import OvalEdge

/// Which way to look from an asset.
enum LineageDirection: String, ArgumentChoice {
    case both, upstream, downstream

    var directions: [Lineage.Direction] {
        switch self {
        case .both: [.upstream, .downstream]
        case .upstream: [.upstream]
        case .downstream: [.downstream]
        }
    }
}

/// All of a walk that is asked for, in the order in which its rows are numbered: upstream hop by hop, downstream hop by
/// hop, then what has no place.
struct LineageRows: Sendable {
    struct Hop: Sendable {
        /// Nil for what has no place.
        let side: Lineage.Direction?
        let number: Int
        let total: Int
        /// Those of the kinds that were asked for.
        let visits: [LineageWalk.Visit]
        /// The number of the first of them, from 1.
        let first: Int
    }

    let walk: LineageWalk
    let direction: LineageDirection
    let kinds: [AssetKind]
    let until: AssetKind?
    let hops: [Hop]
    /// Assets other than the start, each once, even if the data runs both ways.
    let total: Int
    /// Those that are asked for, each once.
    let distinct: [LineageWalk.Visit]
    /// Where a way ends without an asset of the kind that `until` names.
    let endsElsewhere: [LineageWalk.Visit]
    private let nearer: [Lineage.Direction: [Lineage.Key: Lineage.Key]]

    init(_ walk: LineageWalk, direction: LineageDirection, kinds: [AssetKind], until: AssetKind? = nil) {
        let ends = until.map { LineageEnds(walk, direction.directions, until: $0) }
        let isWanted = { (visit: LineageWalk.Visit, side: Lineage.Direction?) in
            if let ends { return side.map { ends.reached[$0]?.contains(visit.key) == true } ?? false }
            return kinds.isEmpty || kinds.contains { $0.matches(visit) }
        }
        var hops: [Hop] = []
        var first = 1
        // What has no direction belongs to neither.
        let stray = direction == .both ? [walk.unplaced] : []
        let sides = direction.directions.map { ($0, walk.hops($0)) } as [(Lineage.Direction?, [[LineageWalk.Visit]])]
        for (side, list) in sides + [(nil, stray)] {
            for (index, visits) in list.enumerated() {
                let wanted = visits.filter { isWanted($0, side) }
                hops.append(
                    Hop(side: side, number: index + 1, total: visits.count, visits: wanted, first: first)
                )
                first += wanted.count
            }
        }
        self.walk = walk
        self.direction = direction
        self.kinds = kinds
        self.until = until
        self.hops = hops
        var seen: Set<Lineage.Key> = []
        distinct = hops.flatMap { $0.visits }.filter { seen.insert($0.key).inserted }
        total = Set((walk.upstream + walk.downstream + [walk.unplaced]).joined().map { $0.key }).count
        endsElsewhere = ends?.elsewhere ?? []
        nearer = ends?.nearer ?? [:]
    }

    /// How many rows there are; more than assets where the data of some runs both ways.
    var count: Int { hops.last.map { $0.first + $0.visits.count - 1 } ?? 0 }

    /// Of another direction or another kind than was asked for.
    var filteredOut: Int { total - distinct.count }

    var isFiltered: Bool { direction != .both || !kinds.isEmpty || until != nil }

    /// One of the shortest ways to an asset at which a way ends, from the start on, without its two ends.
    func way(to visit: LineageWalk.Visit, _ side: Lineage.Direction) -> [Lineage.Key] {
        var way: [Lineage.Key] = []
        var next = nearer[side]?[visit.key]
        while let key = next, key != walk.root.key {
            way.append(key)
            next = nearer[side]?[key]
        }
        return way.reversed()
    }

    /// How many hops the walk reached in the directions that were asked for.
    var deepest: Int { direction.directions.map { walk.hops($0).count }.max() ?? 0 }
}

/// Where the ways from a start first meet an asset of one kind, and where they end without one.
struct LineageEnds {
    private(set) var reached: [Lineage.Direction: Set<Lineage.Key>] = [:]
    private(set) var elsewhere: [LineageWalk.Visit] = []
    /// From each asset on the ways the one before it.
    private(set) var nearer: [Lineage.Direction: [Lineage.Key: Lineage.Key]] = [:]

    init(_ walk: LineageWalk, _ sides: [Lineage.Direction], until kind: AssetKind) {
        for side in sides {
            var open: Set<Lineage.Key> = [walk.root.key]
            var ends: Set<Lineage.Key> = []
            var passed: [LineageWalk.Visit] = []
            var nearer: [Lineage.Key: Lineage.Key] = [:]
            for visit in walk.hops(side).joined() where visit.via.isEmpty || visit.via.contains(where: open.contains) {
                nearer[visit.key] = visit.via.first(where: open.contains)
                if kind.matches(visit) {
                    ends.insert(visit.key)
                } else {
                    open.insert(visit.key)
                    passed.append(visit)
                }
            }
            let leadsOn = Set(walk.hops(side).joined().flatMap { $0.via })
            elsewhere += passed.filter { !leadsOn.contains($0.key) }
            reached[side] = ends
            self.nearer[side] = nearer
        }
    }
}

extension AssetKind {
    /// Also of an asset that only flows name, by the kind that they give.
    func matches(_ visit: LineageWalk.Visit) -> Bool {
        if let asset = visit.node?.asset { return matches(asset) }
        return visit.objectType.map { means($0) } ?? visit.type.map { isWord(for: $0) } ?? false
    }
}
