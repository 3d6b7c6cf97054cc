import OvalEdge
package import Rendering

/// The shortest ways between two assets in words, or that no way was found as far as was looked.
package struct LineagePathReport: Sendable {
    /// Assets of one way; what lies in the middle of a longer one is counted.
    private static let mostAssets = 24

    private let path: LineagePath
    private let start: LineageStart

    package init(_ path: LineagePath, from start: LineageStart) {
        self.path = path
        self.start = start
    }

    package func write(to text: inout Markdown) {
        text.heading(1, "Way between \(start.name(in: path.walk)) (\(start.reference)) and \(target)")
        start.writeRemarks(to: &text)
        for ways in path.ways { write(ways, to: &text) }
        if path.ways.isEmpty { writeNone(to: &text) }
    }

    private var target: Inline {
        let node = path.ways.first?.target.node ?? path.walk.node(String(path.targetID))
        guard let asset = node?.asset else { return "\(code: "\(path.targetID)")" }
        return "\(escaped: asset.title) (\(escaped: asset.kind), \(reference(asset)))"
    }

    private func write(_ ways: LineageWays, to text: inout Markdown) {
        let hops: Inline = "\(ways.hops) \(ways.hops == 1 ? "hop" : "hops") \(words: ways.direction.rawValue)"
        guard ways.count > 0 else {
            return text.note("OvalEdge places it \(hops), without saying by which flows.")
        }
        let count: Inline = ways.count == .max ? "more than can be counted" : "\(ways.count)"
        let shown: Inline = ways.shown.count < ways.count ? ", \(ways.shown.count) of them shown" : ""
        text.line("\(hops), \(ways.count == 1 ? "one shortest way" : "shortest ways: \(count)\(shown)"):")
        for way in ways.shown { text.bullet(line(way)) }
    }

    private func line(_ way: [String]) -> Inline {
        let half = Self.mostAssets / 2
        guard way.count > Self.mostAssets else { return way.map(name).joined(separator: " → ") }
        let middle: Inline = "(\(way.count - 2 * half) more)"
        return (way.prefix(half).map(name) + [middle] + way.suffix(half).map(name)).joined(separator: " → ")
    }

    private func name(_ id: String) -> Inline {
        guard let asset = path.walk.node(id)?.asset else { return "\(code: id)" }
        return "\(escaped: asset.title) \(reference(asset))"
    }

    private func reference(_ asset: Asset) -> Inline {
        asset.objectType == nil ? "\(code: asset.id ?? "")" : asset.reference
    }

    private func writeNone(to text: inout Markdown) {
        let looked: Inline =
            path.direction == .both ? "neither upstream nor downstream" : "looking \(words: path.direction.rawValue)"
        text.note("None within \(start.followed) \(start.followed == 1 ? "hop" : "hops"), \(looked).")
        if start.followed < start.asked {
            text.note("OvalEdge followed no more of the \(start.asked) hops that were asked for.")
        } else if start.goesOn(after: path.deepest) {
            text.note("The way may go on: call again with `depth` \(start.asked * 2).")
        } else if start.asked > 0 {
            text.note("OvalEdge returned nothing further away, so that a greater depth will hardly find one.")
        }
    }
}
