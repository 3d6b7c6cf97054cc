import OvalEdge

/// The lineage of one asset out of all the replies it took, and what was found out on the way.
struct LineageTrace: Sendable {
    /// Where it begins, as OvalEdge was asked.
    let id: Int
    let type: ObjectType
    var lineage: Lineage
    let walk: LineageWalk
    /// What was asked for, where OvalEdge follows the flows of another asset only.
    var basis: Basis?
    var end = End.unasked
    var owners: LineageOwners?

    /// Why the lineage of another asset stands for the one that was asked for.
    enum Basis: Hashable, Sendable {
        /// The asset is a part of the one where the lineage begins.
        case part(id: Int, ObjectType)
        /// The lineage is that of so many assets which the asset rests on, of which some could not be read.
        case rests(on: Int, unread: Int)
    }

    /// What is known of what lies beyond the furthest assets.
    enum End: Hashable, Sendable {
        /// No asset was asked for more, or none could be.
        case unasked
        /// Nothing came of those that were asked, which are so many of all.
        case nothing(asked: Int, all: Int)
        /// OvalEdge stopped after so many hops; more requests went on from there, but not from those that are left.
        case further(hops: Int, from: LineageEnd, requests: Int, left: [LineageEnd])
    }

    init(_ lineage: Lineage, of id: Int, _ type: ObjectType) {
        self.id = id
        self.type = type
        self.lineage = lineage
        walk = LineageWalk(lineage, around: id, type: type)
    }
}

/// An asset from which lineage may go on, and how far from the start it is.
struct LineageEnd: Hashable, Sendable {
    let key: Lineage.Key
    let id: Int
    let type: ObjectType
    let hop: Int
    let side: Lineage.Direction
}

extension LineageEnd {
    /// Nil for what OvalEdge follows no flows of.
    init?(_ visit: LineageWalk.Visit, at hop: Int, _ side: Lineage.Direction) {
        guard let type = visit.objectType, type == .oetable || type == .oefile, let id = Int(visit.id) else {
            return nil
        }
        self.init(key: visit.key, id: id, type: type, hop: hop, side: side)
    }
}
