import OvalEdge
import Rendering
import Text

/// The shortest ways between two assets in words, or that no way was found as far as was looked.
struct LineagePathReport: Sendable {
    /// Assets of one way; what lies in the middle of a longer one is counted.
    private static let mostAssets = 24
    private static let mostOthers = 5

    private let path: LineagePath
    private let start: LineageStart
    private let names: LineageNames

    init(_ path: LineagePath, from start: LineageStart) {
        self.path = path
        self.start = start
        names = LineageNames(walk: path.walk)
    }

    func write(to text: inout Markdown) {
        text.heading(1, "Way between \(start.name) (\(start.reference)) and \(target)")
        start.writeRemarks(to: &text)
        for ways in path.ways { write(ways, to: &text) }
        if path.ways.isEmpty { writeNone(to: &text) }
        if !path.others.isEmpty {
            let others = names.list(path.others.map { $0.key }, atMost: Self.mostOthers) { names.full($0) }
            text.note("The same id is that of \(others), too; `path_to_type` says which is meant.")
        }
        start.writeEnd(to: &text)
    }

    /// Only an asset of the kind that was asked for is named.
    private var target: Inline {
        guard let target = path.target else {
            let type = path.kind.map { ObjectType.meant(by: $0.word)?.rawValue ?? $0.word }
            return "\(code: type.map { "\($0) \(path.targetID)" } ?? "\(path.targetID)")"
        }
        guard let asset = target.node?.asset else { return names.reference(target.key) }
        return "\(escaped: asset.title) (\(escaped: asset.kind), \(names.reference(target.key)))"
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
        guard ways.shown.count < ways.count else { return }
        text.note(
            """
            No more than \(ways.shown.count) of the shortest ways are shown. For others, call again with `path_to` an \
            asset in the middle of one, and then from that asset on.
            """
        )
    }

    private func line(_ way: [Lineage.Key]) -> Inline {
        let half = Self.mostAssets / 2
        guard way.count > Self.mostAssets else { return way.map(names.full).joined(separator: " → ") }
        let middle: Inline = "(\(way.count - 2 * half) more)"
        return (way.prefix(half).map(names.full) + [middle] + way.suffix(half).map(names.full)).joined(separator: " → ")
    }

    private func writeNone(to text: inout Markdown) {
        let looked: Inline =
            path.direction == .both ? "neither upstream nor downstream" : "looking \(words: path.direction.rawValue)"
        text.note("None within \(start.followed) \(start.followed == 1 ? "hop" : "hops"), \(looked).")
        if start.followed < start.asked {
            text.note("OvalEdge followed no more of the \(start.asked) hops that were asked for.")
        } else if start.goesOn(after: path.deepest) {
            text.note("The way may go on: call again with `depth` \(start.asked * 2).")
        } else if start.asked > 0, start.trace.isToTheEnd {
            text.note("OvalEdge returned nothing further away, so that a greater depth will hardly find one.")
        }
    }
}
