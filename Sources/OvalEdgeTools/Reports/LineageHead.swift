import OvalEdge
import Rendering

/// What every answer about a lineage says before and after its list.
extension LineageStart {
    static func assets(_ count: Int) -> Inline { "\(count) \(count == 1 ? "asset" : "assets")" }

    func writeHead(_ title: Inline, to text: inout Markdown) {
        let walk = trace.walk
        let mark: Inline = walk.root.isInCycle ? " ↻" : ""
        text.heading(1, "\(title) \(name)\(mark) (\(reference))")
        text.line("\(count(.upstream)), \(count(.downstream)); \(reach).")
        if walk.hasCycle { text.note("Data runs in a cycle through \(Self.assets(walk.cyclic.count)), marked ↻.") }
        writeRemarks(to: &text)
    }

    private func count(_ direction: Lineage.Direction) -> Inline {
        let hops = trace.walk.hops(direction).count
        let count = trace.walk.count(of: direction)
        var words: Inline = "\(count) \(words: direction.rawValue)"
        if count > 0 { words += " in \(hops) \(hops == 1 ? "hop" : "hops")" }
        return words
    }

    /// Only upstream, of type `oefile`: 3 of 12 assets, 9 filtered out.
    func filter(of rows: LineageRows) -> Inline {
        var wanted = rows.direction == .both ? [] : ["\(words: rows.direction.rawValue)" as Inline]
        let kinds: [Inline] = rows.kinds.map { "\(code: $0.word)" }
        if !kinds.isEmpty { wanted.append("of type \(kinds.joined(separator: ", "))") }
        if let until = rows.until { wanted.append("the first \(code: until.word) of each way") }
        let count: Inline = "\(rows.distinct.count) of \(Self.assets(rows.total)), \(rows.filteredOut) filtered out"
        return "Only \(wanted.joined(separator: ", ")): \(count)."
    }

    func writeDepth(_ rows: LineageRows, to text: inout Markdown) {
        if goesOn(after: rows.deepest), followed == asked {
            text.note("The way may go on: call again with `depth` \(asked + 1).")
        }
        if asked == 0 {
            text.note("No hop was followed: call again with `depth` 1.")
        } else if rows.total == 0, trace.basis == nil {
            text.note("The catalog knows no lineage of it; it may not have been built for this connection.")
        }
    }
}
