package import OvalEdge
package import Rendering

/// What was asked for, and how far OvalEdge followed it.
package struct LineageStart: Sendable {
    package let type: ObjectType
    package let id: Int
    package let asked: Int
    package let followed: Int
    private let reply: Lineage

    /// A reply may report that it followed fewer hops than it was asked for.
    package init(type: ObjectType, id: Int, asked: Int, reply: Lineage) {
        self.type = type
        self.id = id
        self.asked = asked
        self.reply = reply
        followed = min(asked, max(0, reply.depth ?? asked))
    }

    package var reference: Inline { "\(words: type.title), \(code: "\(type.rawValue) \(id)")" }

    package func name(in walk: LineageWalk) -> Inline {
        walk.root?.asset.name.map { "\(escaped: $0)" } ?? "\(words: type.title) \(id)"
    }

    /// How far the answer looks: `asked for 2 hops each way`.
    package var reach: Inline {
        let reach: Inline = "asked for \(asked) \(asked == 1 ? "hop" : "hops") each way"
        return followed < asked ? "\(reach), OvalEdge followed \(followed)" : reach
    }

    /// What is missing, and what OvalEdge reports along with the lineage.
    package func writeRemarks(to text: inout Markdown) {
        switch reply.unidentified {
        case 0: break
        case 1: text.note("1 asset or flow is left out, because OvalEdge sent no id with it.")
        case let count: text.note("\(count) assets or flows are left out, because OvalEdge sent no ids with them.")
        }
        text.message(in: reply.json)
    }

    /// Whether something may lie beyond what a walk that ends after so many hops has seen.
    package func goesOn(after hops: Int) -> Bool { hops >= followed && followed > 0 }
}
