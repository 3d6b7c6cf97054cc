import OvalEdge
import Rendering

/// Which rows one answer shows: the first few of each hop, or all from one row on.
struct LineageSelection: Sendable {
    struct Hop: Sendable {
        let hop: LineageRows.Hop
        /// The number of the first row that is shown.
        let first: Int
        let shown: ArraySlice<LineageWalk.Visit>

        var matching: Int { hop.visits.count }
        /// How many follow the last that is shown.
        var cut: Int { hop.first + hop.visits.count - next }
        /// The row to go on with; the hop's first where nothing of it is shown.
        var next: Int { first + shown.count }
    }

    /// Hops that are shown, at the most, as if each were full.
    private static let mostFullHops = 5
    /// Rows of one answer, at the most.
    private static let mostRows = 500
    /// Of the flows to a row that are shown, of many.
    static let mostWays = 3
    /// How many items of a list are kept, however little room there is.
    static let fewest = 60

    let rows: LineageRows
    let firstRow: Int
    let hops: [Hop]
    let shownRows: Int
    /// Assets that are shown, each once.
    let returned: Int
    private let shown: Set<Lineage.Key>
    private let named: Set<LineageWalk.Flow>
    /// What lies on the ways to those that are shown, where these are the ends of ways.
    private let passed: Set<Lineage.Key>

    /// Room for so many rows, with their flows.
    static func limits(of rows: Int) -> SizeLimits {
        SizeLimits(items: max(2 * fewest, 1 + rows * (mostWays + 1)))
    }

    init(_ rows: LineageRows, from firstRow: Int, limitPerHop limit: Int, in limits: SizeLimits) {
        let room = max(1, min(Self.mostRows * 2, (limits.items - 1) / (Self.mostWays + 1)))
        let hops =
            firstRow > 1
            ? Self.rows(rows, from: firstRow, atMost: min(room, Self.mostRows))
            : Self.beginnings(rows, limit, atMost: room)
        self.rows = rows
        self.firstRow = firstRow
        self.hops = hops
        shownRows = hops.reduce(0) { $0 + $1.shown.count }
        shown = Set(hops.lazy.flatMap { $0.shown }.map { $0.key })
        returned = shown.count
        passed = Set(
            hops.flatMap { hop in
                hop.shown.flatMap { visit in hop.hop.side.map { rows.way(to: visit, $0) } ?? [] }
            }
        )
        named = Set(hops.flatMap { hop in hop.shown.flatMap { Self.flows(to: $0, hop.hop.side) } })
    }

    /// From one row on, through all hops.
    private static func rows(_ rows: LineageRows, from first: Int, atMost room: Int) -> [Hop] {
        rows.hops.map { hop in
            let end = hop.first + hop.visits.count
            let start = min(max(first, hop.first), end)
            let last = min(end, max(start, first + room))
            return Hop(hop: hop, first: start, shown: hop.visits[(start - hop.first)..<(last - hop.first)])
        }
    }

    /// The same number of each hop, as many as fit; on each side no more than a few hops have.
    private static func beginnings(_ rows: LineageRows, _ limit: Int, atMost room: Int) -> [Hop] {
        let share = share(of: rows, limit, room)
        var left: [Lineage.Direction?: Int] = [:]
        var room = room
        return rows.hops.map { hop in
            let count = min(hop.visits.count, share, left[hop.side, default: share * mostFullHops], room)
            left[hop.side, default: share * mostFullHops] -= count
            room -= count
            return Hop(hop: hop, first: hop.first, shown: hop.visits.prefix(count))
        }
    }

    /// The most that each hop may show so that all of them together have room.
    private static func share(of rows: LineageRows, _ limit: Int, _ room: Int) -> Int {
        let counts = rows.hops.map { $0.visits.count }
        var (fits, tooMany) = (1, limit + 1)
        while tooMany - fits > 1 {
            let middle = (fits + tooMany) / 2
            if counts.reduce(0, { $0 + min($1, middle) }) <= room { fits = middle } else { tooMany = middle }
        }
        return fits
    }

    private static func flows(to visit: LineageWalk.Visit, _ side: Lineage.Direction?) -> [LineageWalk.Flow] {
        visit.via.prefix(mostWays).map { near in
            side == .upstream
                ? LineageWalk.Flow(from: visit.key, to: near) : LineageWalk.Flow(from: near, to: visit.key)
        }
    }

    /// Asked for, but not in this answer.
    var cut: Int { rows.distinct.count - returned }

    var isWhole: Bool { cut == 0 }

    /// The first row that is not here and not before those that are; nil at the end.
    var next: Int? { hops.first { $0.cut > 0 }.map { $0.next } }

    func hops(_ side: Lineage.Direction?) -> [Hop] { hops.filter { $0.hop.side == side } }

    func shows(_ key: Lineage.Key) -> Bool {
        key == rows.walk.root.key || shown.contains(key) || passed.contains(key)
    }

    /// Between two that are shown, or one that a row of the text names.
    func shows(_ flow: LineageWalk.Flow) -> Bool {
        shows(flow.from) && shows(flow.to) || named.contains(flow)
    }
}
