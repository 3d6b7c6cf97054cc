import OvalEdge
import Rendering

/// Lineage in words: each direction hop by hop, what was left out and where a cycle closes named.
struct LineageReport: Sendable {
    private static let mostKinds = 8
    private static let mostHops = 6
    /// Assets of one way; what lies in the middle of a longer one is counted.
    private static let mostAssets = 12

    private let selection: LineageSelection
    private let start: LineageStart
    private let pages: PageLinks
    private let names: LineageNames
    /// Names that several of the assets have.
    private let sharedNames: Set<String>

    init(_ selection: LineageSelection, from start: LineageStart, links: LinkBase) {
        self.selection = selection
        self.start = start
        names = LineageNames(walk: start.trace.walk)
        var known: Set<Lineage.Key> = []
        let shown = selection.hops.flatMap { $0.shown }.filter { known.insert($0.key).inserted }
            .compactMap { $0.node?.asset }
        pages = PageLinks(shown.map { ($0, $0.link) }, links: links)
        var seen: Set<String> = []
        sharedNames = Set(shown.compactMap { $0.name }.filter { !seen.insert($0).inserted })
    }

    private var rows: LineageRows { selection.rows }
    private var walk: LineageWalk { rows.walk }

    func write(to text: inout Markdown) {
        start.writeHead("Lineage of", to: &text)
        writeFilter(to: &text)
        write(.upstream, "Upstream: where its data comes from", to: &text)
        write(.downstream, "Downstream: where its data goes", to: &text)
        writeUnplaced(to: &text)
        if let directory = pages.directory { text.line(directory) }
        writeRest(to: &text)
        start.writeEnd(to: &text)
        start.writeDepth(rows, to: &text)
    }

    private func writeFilter(to text: inout Markdown) {
        guard rows.isFiltered else { return }
        text.line(start.filter(of: rows))
        if rows.distinct.isEmpty, !rows.kinds.isEmpty || rows.until != nil, rows.total > 0 {
            text.line("There are: \(tally.joined(separator: ", ")).")
        }
        if !rows.endsElsewhere.isEmpty {
            let ends = names.list(rows.endsElsewhere.map { $0.key }, atMost: Self.mostHops) { names.full($0) }
            text.note("Ways that end without one: at \(ends).")
        }
    }

    /// Which kinds there are in the directions that were asked for, the most frequent first.
    private var tally: [Inline] {
        let visits = rows.direction.directions.flatMap { walk.hops($0).joined() }
        let counts = Dictionary(grouping: visits) { $0.kindName }.mapValues { $0.count }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.prefix(Self.mostKinds).map { "\(escaped: $0.key) \($0.value)" }
    }

    private func write(_ direction: Lineage.Direction, _ title: Inline, to text: inout Markdown) {
        let hops = selection.hops(direction)
        let isBeginning = selection.firstRow == 1
        guard hops.contains(where: { isBeginning ? $0.matching > 0 : !$0.shown.isEmpty }) else { return }
        text.heading(2, title)
        let listed = isBeginning ? Array(hops.prefix { $0.matching == 0 || !$0.shown.isEmpty }) : hops
        let isListed = { (hop: LineageSelection.Hop) in
            isBeginning && rows.until == nil ? hop.hop.total > 0 : !hop.shown.isEmpty
        }
        for hop in listed where isListed(hop) { write(hop, to: &text) }
        let rest = hops.dropFirst(listed.count)
        guard let first = rest.first else { return }
        let last = first.hop.number + rest.count - 1
        let hopNumbers: Inline = rest.count == 1 ? "Hop \(first.hop.number)" : "Hops \(first.hop.number) to \(last)"
        text.line("\(hopNumbers): \(LineageStart.assets(rest.reduce(0) { $0 + $1.matching })), not shown")
    }

    private func write(_ hop: LineageSelection.Hop, to text: inout Markdown) {
        let matching: Inline = rows.kinds.isEmpty && rows.until == nil ? "" : "\(hop.matching) of "
        var title: Inline = "Hop \(hop.hop.number) (\(matching)\(hop.hop.total))"
        if selection.firstRow > 1 { title += ", rows \(hop.first) to \(hop.next - 1)" }
        text.line("\(title)\(hop.shown.isEmpty ? "" : ":")")
        writeRows(hop, to: &text)
    }

    private func writeRows(_ hop: LineageSelection.Hop, to text: inout Markdown) {
        for visit in hop.shown { text.bullet(line(visit, hop.hop)) }
        if hop.cut > 0 { text.bullet("and \(hop.cut) more") }
    }

    private func writeUnplaced(to text: inout Markdown) {
        for hop in selection.hops(nil) where selection.firstRow == 1 ? hop.matching > 0 : !hop.shown.isEmpty {
            text.heading(2, "Also returned, with no way to or from it")
            writeRows(hop, to: &text)
        }
    }

    /// How to see what is not shown: every hop can be read to its last row.
    private func writeRest(to text: inout Markdown) {
        let first = selection.firstRow
        guard first <= rows.count || first == 1 else {
            return text.note(ListWindow.beyond(first, last: rows.count))
        }
        let open = selection.hops.filter { $0.cut > 0 }
        guard let next = open.first else { return }
        if first > 1 { return text.note(ListWindow.onward(from: next.next)) }
        let places: [Inline] = open.prefix(Self.mostHops).map { "\($0.next) for \(Self.place(of: $0)) (\($0.cut))" }
        let more: Inline = open.count > places.count ? ", and so on" : ""
        text.note("Not shown: \(LineageStart.assets(selection.cut)).")
        text.note("For the next rows, call again with `first_row` \(places.joined(separator: ", "))\(more).")
    }

    private static func place(of hop: LineageSelection.Hop) -> Inline {
        guard let side = hop.hop.side else { return "what has no place" }
        let rest: Inline = hop.shown.isEmpty ? "" : "the rest of "
        return "\(rest)hop \(hop.hop.number) \(words: side.rawValue)"
    }

    private func line(_ visit: LineageWalk.Visit, _ hop: LineageRows.Hop) -> Inline {
        let mark: Inline = visit.isInCycle ? " ↻" : ""
        guard let asset = visit.node?.asset else { return "\(names.reference(visit.key))\(mark) (not described)" }
        var line: Inline =
            "\(asset.heading(to: pages.url(of: asset, asset.link)))\(mark) \(identity(of: asset, visit.id))"
        if let parent = asset.parent { line += " in \(escaped: parent)" }
        // Of the first hop it goes without saying.
        guard let side = hop.side, !visit.via.isEmpty, visit.via != [walk.root.key] else { return line }
        if rows.until != nil { return "\(line), by way of \(way(to: visit, side))" }
        line += side == .upstream ? ", feeds " : ", fed by "
        return "\(line)\(names.list(visit.via, atMost: LineageSelection.mostWays, near))"
    }

    /// By name alone what stands in this answer under a name of its own.
    private func near(_ key: Lineage.Key) -> Inline {
        guard let name = walk.node(key)?.asset.name else { return names.full(key) }
        return selection.shows(key) && !sharedNames.contains(name) ? names.title(key) : names.full(key)
    }

    /// One of the shortest ways back, from the start on, without its two ends.
    private func way(to visit: LineageWalk.Visit, _ side: Lineage.Direction) -> Inline {
        let way = rows.way(to: visit, side)
        return names.list(way, atMost: Self.mostAssets) { names.full($0) }
    }

    /// The type goes before the id where other tools would take it.
    private func identity(of asset: Asset, _ id: String) -> Inline {
        asset.objectType == nil ? "— \(escaped: asset.kind) \(code: id)" : asset.identity
    }
}
