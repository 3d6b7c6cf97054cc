import OvalEdge
import Rendering

/// How the assets of a lineage are called in a text: by name, and by kind and id, which alone say which one is meant.
struct LineageNames: Sendable {
    let walk: LineageWalk

    /// `orders`, or what there is of it.
    func title(_ key: Lineage.Key) -> Inline {
        guard let asset = walk.node(key)?.asset else { return reference(key) }
        return "\(escaped: asset.title)"
    }

    /// orders `oetable 501`.
    func full(_ key: Lineage.Key) -> Inline {
        walk.node(key) == nil ? reference(key) : "\(title(key)) \(reference(key))"
    }

    /// `oetable 501`; the id alone where the kind is not one that tools take.
    func reference(_ key: Lineage.Key) -> Inline {
        guard let visit = walk[key] else { return "\(code: key.id)" }
        if let asset = visit.node?.asset {
            return asset.objectType == nil ? "\(code: asset.id ?? key.id)" : asset.reference
        }
        return visit.objectType == nil ? "\(code: key.id)" : "\(code: walk.reference(to: key))"
    }

    func list(_ keys: [Lineage.Key], atMost most: Int, _ name: (Lineage.Key) -> Inline) -> Inline {
        let left = keys.count - min(most, keys.count)
        let names = keys.prefix(most).map { name($0) }.joined(separator: ", ")
        return left > 0 ? "\(names) and \(left) more" : names
    }
}
