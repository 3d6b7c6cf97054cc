import JSON

/// The body of a request, member by member.
package struct RequestBody: Sendable {
    /// The way to a value: names of members, and places in lists.
    package typealias Path = [String]

    struct Leaf {
        let path: Path
        /// As programs write the path: `fieldUpdates[0].value`.
        let name: String
        let value: JSON
    }

    let json: JSON

    /// Every value that is no list and no object, and those of them that are empty.
    var leaves: [Leaf] {
        var leaves: [Leaf] = []
        Self.collect(json, [], "", into: &leaves)
        return leaves
    }

    /// Nil when there is no such member.
    subscript(path: Path) -> JSON? {
        path.reduce(Optional(json)) { json, name in
            switch json {
            case .array(let items)?: Int(name).flatMap { items.indices.contains($0) ? items[$0] : nil }
            case .object(let object)?: object[name]
            default: nil
            }
        }
    }

    private static func collect(_ json: JSON, _ path: Path, _ name: String, into leaves: inout [Leaf]) {
        switch json {
        case .array(let items) where !items.isEmpty:
            for (place, item) in items.enumerated() {
                collect(item, path + ["\(place)"], "\(name)[\(place)]", into: &leaves)
            }
        case .object(let object) where !object.isEmpty:
            for member in object.members {
                let name = name.isEmpty ? member.name : "\(name).\(member.name)"
                collect(member.value, path + [member.name], name, into: &leaves)
            }
        default: leaves.append(Leaf(path: path, name: name, value: json))
        }
    }
}
