package import OvalEdge
package import Rendering

/// Lineage in words: each direction hop by hop, what was left out and where a cycle closes named.
package struct LineageReport: Sendable {
    private static let mostWays = 3
    private static let mostKinds = 8

    private let selection: LineageSelection
    private let start: LineageStart
    private let pages: PageLinks

    package init(_ selection: LineageSelection, from start: LineageStart, links: LinkBase) {
        self.selection = selection
        self.start = start
        let shown = (selection.upstream + selection.downstream + [selection.unplaced]).flatMap { $0.shown }
        pages = PageLinks(shown.compactMap { $0.node?.asset }.map { ($0, $0.link) }, links: links)
    }

    private var walk: LineageWalk { selection.walk }

    package func write(to text: inout Markdown) {
        let mark: Inline = walk.cyclic.contains(walk.rootID) ? " ↻" : ""
        text.heading(1, "Lineage of \(start.name(in: walk))\(mark) (\(start.reference))")
        text.line("\(count(.upstream)), \(count(.downstream)); \(start.reach).")
        if walk.hasCycle { text.line("Data runs in a cycle through \(assets(walk.cyclic.count)), marked ↻.") }
        start.writeRemarks(to: &text)
        writeFilter(to: &text)
        write(.upstream, "Upstream: where its data comes from", to: &text)
        write(.downstream, "Downstream: where its data goes", to: &text)
        writeUnplaced(to: &text)
        if let directory = pages.directory { text.line(directory) }
        if selection.cut > 0 {
            let advice: Inline = selection.isShortened ? "Narrow" : "Raise `limit_per_hop`, or narrow"
            text.note("Not shown: \(assets(selection.cut)). \(advice) with `direction` or `only_types`.")
        }
        if start.goesOn(after: selection.deepest), start.followed == start.asked {
            text.note("The way may go on: call again with `depth` \(start.asked + 1).")
        }
        if start.asked == 0 {
            text.note("No hop was followed: call again with `depth` 1.")
        } else if selection.total == 0 {
            text.note("The catalog knows no lineage of it; it may not have been built for this connection.")
        }
    }

    private func assets(_ count: Int) -> Inline { "\(count) \(count == 1 ? "asset" : "assets")" }

    private func count(_ direction: Lineage.Direction) -> Inline {
        let hops = walk.hops(direction).count
        let count = walk.count(of: direction)
        var words: Inline = "\(count) \(words: direction.rawValue)"
        if count > 0 { words += " in \(hops) \(hops == 1 ? "hop" : "hops")" }
        return words
    }

    private func writeFilter(to text: inout Markdown) {
        guard selection.isFiltered else { return }
        var wanted = selection.direction == .both ? [] : ["\(words: selection.direction.rawValue)" as Inline]
        if !selection.kinds.isEmpty {
            let kinds: [Inline] = selection.kinds.map { "\(code: $0.word)" }
            wanted.append("of type \(kinds.joined(separator: ", "))")
        }
        let matching = selection.total - selection.filteredOut
        var line: Inline = "Only \(wanted.joined(separator: ", ")): "
        line += "\(matching) of \(assets(selection.total)), \(selection.filteredOut) filtered out."
        text.line(line)
        if matching == 0, !selection.kinds.isEmpty, selection.total > 0 {
            text.line("There are: \(tally.joined(separator: ", ")).")
        }
    }

    /// Which kinds there are in the directions that were asked for, the most frequent first.
    private var tally: [Inline] {
        let visits = selection.direction.directions.flatMap { walk.hops($0).joined() }
        let counts = Dictionary(grouping: visits) { $0.node?.asset.kind ?? "asset" }.mapValues { $0.count }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.prefix(Self.mostKinds).map { "\(escaped: $0.key) \($0.value)" }
    }

    private func write(_ direction: Lineage.Direction, _ title: Inline, to text: inout Markdown) {
        let hops = selection.hops(direction)
        guard hops.contains(where: { $0.matching > 0 }) else { return }
        text.heading(2, title)
        let full = hops.prefix { $0.matching == 0 || !$0.shown.isEmpty }
        for hop in full {
            let matching: Inline = selection.kinds.isEmpty ? "" : "\(hop.matching) of "
            text.line("Hop \(hop.number) (\(matching)\(hop.total))\(hop.shown.isEmpty ? "" : ":")")
            write(hop, direction, to: &text)
        }
        let rest = hops.dropFirst(full.count)
        guard let first = rest.first else { return }
        let hopNumbers: Inline = rest.count == 1 ? "Hop \(first.number)" : "Hops \(first.number) to \(hops.count)"
        text.line("\(hopNumbers): \(assets(rest.reduce(0) { $0 + $1.matching })), not shown")
    }

    private func write(_ hop: LineageSelection.Hop, _ direction: Lineage.Direction, to text: inout Markdown) {
        for visit in hop.shown { text.bullet(line(visit, direction)) }
        if hop.cut > 0 { text.bullet("and \(hop.cut) more") }
    }

    private func writeUnplaced(to text: inout Markdown) {
        guard selection.unplaced.matching > 0 else { return }
        text.heading(2, "Also returned, with no way to or from it")
        write(selection.unplaced, .upstream, to: &text)
    }

    private func line(_ visit: LineageWalk.Visit, _ direction: Lineage.Direction) -> Inline {
        let mark: Inline = visit.isInCycle ? " ↻" : ""
        guard let asset = visit.node?.asset else { return "\(code: visit.id)\(mark) (not described)" }
        var line: Inline =
            "\(asset.heading(to: pages.url(of: asset, asset.link)))\(mark) \(identity(of: asset, visit.id))"
        if let parent = asset.parent { line += " in \(escaped: parent)" }
        // Of the first hop it goes without saying.
        if !visit.via.isEmpty, visit.via != [walk.rootID] {
            let names: [Inline] = visit.via.prefix(Self.mostWays).map { "\(escaped: walk.name(of: $0))" }
            let left = visit.via.count - names.count
            line += direction == .upstream ? ", feeds " : ", fed by "
            line += names.joined(separator: ", ")
            if left > 0 { line += " and \(left) more" }
        }
        return line
    }
    /// The type goes before the id where other tools would take it.
    private func identity(of asset: Asset, _ id: String) -> Inline {
        asset.objectType == nil ? "— \(escaped: asset.kind) \(code: id)" : asset.identity
    }
}
