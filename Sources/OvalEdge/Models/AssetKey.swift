import JSON

/// What identifies an asset: ids are counted by kind, so that a table and a report may have the same.
package struct AssetKey: Hashable, Sendable {
    package let kind: String
    package let id: String

    /// The names that releases of OvalEdge give to one kind are one.
    package init(_ type: String, _ id: String) {
        let type = type.lowercased()
        kind = ObjectType(rawValue: type).map { $0.usualName.rawValue } ?? type
        self.id = id
    }
}

extension Asset {
    /// Nil where the reply leaves open which asset it is.
    package var key: AssetKey? { key(as: nil) }

    /// The same in a list that holds one kind, and need not say so.
    func key(as kind: ObjectType?) -> AssetKey? { Self.key(id: id, type: type, as: kind) }

    /// The key of the asset that a reply describes so.
    static func key(of json: JSON, as kind: ObjectType?) -> AssetKey? {
        key(id: id(of: json), type: type(of: json), as: kind)
    }

    private static func key(id: String?, type: String?, as kind: ObjectType?) -> AssetKey? {
        guard let id, let type = type ?? kind?.rawValue else { return nil }
        return AssetKey(type, id)
    }
}
