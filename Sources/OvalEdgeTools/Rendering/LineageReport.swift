package import OvalEdge

/// Lineage in words: each direction hop by hop, what was cut and where a cycle closes said aloud.
package struct LineageReport: Sendable {
    private static let mostPerHop = 20
    private static let mostPerDirection = 100
    private static let mostWays = 3

    private let walk: LineageWalk
    private let type: ObjectType
    private let id: Int
    private let depth: Int
    private let links: LinkBase

    package init(_ walk: LineageWalk, type: ObjectType, id: Int, depth: Int, links: LinkBase) {
        self.walk = walk
        self.type = type
        self.id = id
        self.depth = depth
        self.links = links
    }

    package func write(to text: inout Markdown) {
        let name: Inline = walk.root?.asset.name.map { "\(escaped: $0)" } ?? "\(words: type.title) \(id)"
        text.heading(1, "Lineage of \(name) (\(words: type.title), \(code: "\(type.rawValue) \(id)"))")
        text.line(
            "\(count(.upstream)), \(count(.downstream)); asked for \(depth) \(depth == 1 ? "hop" : "hops") each way."
        )
        if walk.hasCycle { text.line("Data runs in a cycle through the assets marked ↻.") }
        write(.upstream, "Upstream: where its data comes from", to: &text)
        write(.downstream, "Downstream: where its data goes", to: &text)
        writeUnplaced(to: &text)
        if deepest >= depth && depth > 0 {
            text.line("The way may go on: call again with `depth` \(depth + 1).")
        }
        if walk.upstream.isEmpty && walk.downstream.isEmpty && walk.unplaced.isEmpty {
            text.line("The catalog knows no lineage of it; it may not have been built for this connection.")
        }
    }

    private var deepest: Int { max(walk.upstream.count, walk.downstream.count) }

    private func count(_ direction: Lineage.Direction) -> Inline {
        let hops = walk.hops(direction).count
        let count = walk.count(of: direction)
        var words: Inline = "\(count) \(words: direction.rawValue)"
        if count > 0 { words += " in \(hops) \(hops == 1 ? "hop" : "hops")" }
        return words
    }

    private func write(_ direction: Lineage.Direction, _ title: Inline, to text: inout Markdown) {
        let hops = walk.hops(direction)
        guard !hops.isEmpty else { return }
        text.heading(2, title)
        var room = Self.mostPerDirection
        for (index, hop) in hops.enumerated() {
            text.line("Hop \(index + 1) (\(hop.count)):")
            let shown = hop.prefix(min(room, Self.mostPerHop))
            for visit in shown { text.bullet(line(visit, direction)) }
            room -= shown.count
            if hop.count > shown.count {
                text.line("\(hop.count - shown.count) more of this hop are in the structured content.")
            }
        }
    }

    private func writeUnplaced(to text: inout Markdown) {
        guard !walk.unplaced.isEmpty else { return }
        text.heading(2, "Also returned, with no way to or from it")
        for visit in walk.unplaced.prefix(Self.mostPerHop) { text.bullet(line(visit, .upstream)) }
        let left = walk.unplaced.count - Self.mostPerHop
        if left > 0 { text.line("\(left) more are in the structured content.") }
    }

    private func line(_ visit: LineageWalk.Visit, _ direction: Lineage.Direction) -> Inline {
        let mark: Inline = visit.isInCycle ? " ↻" : ""
        guard let asset = visit.node?.asset else { return "\(code: visit.id)\(mark) (not described)" }
        // The type goes before the id where other tools would take it.
        let reference: Inline = asset.objectType == nil ? "\(code: visit.id)" : asset.reference
        var line: Inline = "\(bold: asset.title)\(mark) — \(escaped: asset.kind) \(reference)"
        if let fullName = asset.fullName, fullName != asset.name { line += " in \(escaped: fullName)" }
        if !visit.via.isEmpty {
            let names: [Inline] = visit.via.prefix(Self.mostWays).map { "\(escaped: walk.name(of: $0))" }
            let left = visit.via.count - names.count
            line += direction == .upstream ? ", feeds " : ", fed by "
            line += names.joined(separator: ", ")
            if left > 0 { line += " and \(left) more" }
        }
        if let link = asset.link { line += " · \(link: "open", to: links.url(link))" }
        return line
    }
}
