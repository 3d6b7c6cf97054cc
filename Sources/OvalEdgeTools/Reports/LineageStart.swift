import OvalEdge
import Rendering

/// What was asked for, how far OvalEdge followed it, and what that leaves open.
struct LineageStart: Sendable {
    let trace: LineageTrace
    let asked: Int
    let followed: Int

    private static let mostEnds = 3
    private static let mostIDs = 10

    /// A reply may report that it followed fewer hops than it was asked for.
    init(_ trace: LineageTrace, asked: Int) {
        self.trace = trace
        self.asked = asked
        followed = min(asked, max(0, trace.lineage.depth ?? asked))
    }

    var reference: Inline { "\(words: trace.type.title), \(code: "\(trace.type.rawValue) \(trace.id)")" }

    var name: Inline {
        let asset = trace.walk.root.node?.asset
        return asset?.name.map { "\(escaped: $0)" } ?? "\(words: trace.type.title) \(trace.id)"
    }

    /// How far the answer looks: `asked for 2 hops each way`.
    var reach: Inline {
        let reach: Inline = "asked for \(asked) \(asked == 1 ? "hop" : "hops") each way"
        return followed < asked ? "\(reach), OvalEdge followed \(followed)" : reach
    }

    /// What it is the lineage of, what is missing, and what OvalEdge reports along with it.
    func writeRemarks(to text: inout Markdown) {
        if let basis { text.note(basis) }
        switch trace.lineage.unidentified {
        case 0: break
        case 1: text.note("1 asset or flow is left out, because OvalEdge sent no id with it.")
        case let count: text.note("\(count) assets or flows are left out, because OvalEdge sent no ids with them.")
        }
        if let openFlows { text.note(openFlows) }
        text.message(in: trace.lineage.json)
    }

    private var basis: Inline? {
        switch trace.basis {
        case nil: nil
        case .part(let id, let type):
            "OvalEdge follows tables and files: this is the lineage of what \(words: type.title) \(code: "\(type.rawValue) \(id)") is part of."
        case .rests(let count, let unread):
            """
            OvalEdge follows tables and files: this goes on from the \(count == 1 ? "one" : "\(count)") on which it \
            rests by its details\
            \(unread > 0 ? ", of which \(unread) could not be followed" as Inline : ""). What it feeds is not known.
            """
        }
    }

    private var openFlows: Inline? {
        let ids = trace.walk.openIDs
        guard !ids.isEmpty else { return nil }
        let shown: [Inline] = ids.prefix(Self.mostIDs).map { "\(code: $0)" }
        let more: Inline = ids.count > shown.count ? " and \(ids.count - shown.count) more" : ""
        let names: Inline = "\(shown.joined(separator: ", "))\(more)"
        return ids.count == 1
            ? "Id \(names) is used by several kinds of assets; flows that do not say which are uncertain and left out."
            : "Ids \(names) are each used by several kinds of assets; flows that do not say which are uncertain and left out."
    }

    /// What lies beyond the furthest assets, as far as that was asked.
    func writeEnd(to text: inout Markdown) {
        switch trace.end {
        case .unasked: break
        case .nothing(let asked, let all):
            guard asked < all else { return }
            text.note(
                "Nothing further came of \(asked) of the \(all) furthest assets; the others were not asked for more."
            )
        case .further(let hops, let from, let requests, let left):
            let count: Inline = requests == 1 ? "1 more request" : "\(requests) more requests"
            let place: Inline = "\(code: "\(from.type.rawValue) \(from.id)")\(requests == 1 ? "" : " and others")"
            text.note("OvalEdge may follow no more than \(hops) hops: \(count) went on from \(place).")
            guard let first = left.first else { return }
            let names: [Inline] = left.prefix(Self.mostEnds).map { "\(code: "\($0.type.rawValue) \($0.id)")" }
            let others: Inline = left.count > names.count ? " and \(left.count - names.count) more" : ""
            text.note(
                """
                The way may go on beyond \(names.joined(separator: ", "))\(others): go on from each, as with `object_id` \
                \(first.id), `object_type` \(code: first.type.rawValue), `direction` \(code: first.side.rawValue), \
                `depth` \(max(1, asked - first.hop)).
                """
            )
        }
    }

    /// Whether something may lie beyond what a walk that ends after so many hops has seen.
    func goesOn(after hops: Int) -> Bool { hops >= followed && followed > 0 }
}
