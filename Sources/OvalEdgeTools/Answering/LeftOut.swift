package import JSON

/// What an answer leaves out, list by list and text by text; said in words and in JSON alike.
package struct LeftOut: Hashable, Sendable {
    package enum Kind: String, Sendable { case list, text }

    package struct Entry: Hashable, Sendable {
        package let kind: Kind
        /// Where it stood, as `data.items[].tags`.
        package fileprivate(set) var path: String
        /// Items of a list, characters of a text; of all that stood there together.
        package fileprivate(set) var returned: Int
        package fileprivate(set) var total: Int
    }

    package private(set) var entries: [Entry] = []

    package var isEmpty: Bool { entries.isEmpty }
    package var hasList: Bool { entries.contains { $0.kind == .list } }

    mutating func add(_ kind: Kind, _ returned: Int, of total: Int) {
        entries.append(Entry(kind: kind, path: "", returned: returned, total: total))
    }

    /// Says of what was added after the first `count` entries where it stands: below `name`.
    mutating func place(after count: Int, below name: String) {
        for index in count..<entries.count {
            let path = entries[index].path
            entries[index].path = path.isEmpty || path.hasPrefix("[") ? name + path : "\(name).\(path)"
        }
    }

    /// Makes one entry of all that stand at the same place in the items of a list.
    mutating func gather(after count: Int) {
        var gathered: [Entry] = []
        for entry in entries[count...] {
            if let index = gathered.firstIndex(where: { $0.kind == entry.kind && $0.path == entry.path }) {
                gathered[index].returned += entry.returned
                gathered[index].total += entry.total
            } else {
                gathered.append(entry)
            }
        }
        entries.replaceSubrange(count..., with: gathered)
    }

    var json: JSON {
        .array(
            entries.map {
                [
                    $0.kind.rawValue: .string($0.path), "returned": .int($0.returned), "total": .int($0.total),
                ]
            }
        )
    }

    /// `40 of 1200 items of profile.columns; 1500 of 9000 characters of details.description`.
    var words: Inline {
        let parts: [Inline] = entries.prefix(Self.mostNamed).map { entry in
            let unit: Inline = entry.kind == .list ? "items" : "characters"
            return "\(entry.returned) of \(entry.total) \(unit) of \(code: Self.short(entry.path))"
        }
        let more = entries.count - parts.count
        let rest: Inline = more > 0 ? ", and \(more) more" : ""
        return "\(parts.joined(separator: ", "))\(rest)"
    }

    private static let mostNamed = 6

    /// Without the wrapping that every reply has.
    private static func short(_ path: String) -> String {
        path.hasPrefix("data.") ? String(path.dropFirst(5)) : path
    }

    /// An output schema with what is said of what is left out.
    package static func added(to schema: JSON) -> JSON {
        var schema = schema
        for (name, property) in Self.schema where schema["properties"]?[name] == nil {
            schema["properties"]?[name] = property
        }
        return schema
    }

    package static let schema: [(String, JSON)] = [
        ("complete", ["type": "boolean", "description": "Whether every list is whole."]),
        (
            "leftOut",
            [
                "type": "array",
                "description": "Lists and texts that were cut: how much is here, how much there is.",
                "items": [
                    "type": "object",
                    "properties": [
                        "list": ["type": "string"], "text": ["type": "string"], "returned": ["type": "integer"],
                        "total": ["type": "integer"],
                    ],
                    "required": ["returned", "total"],
                ],
            ]
        ),
        ("more", ["type": "string", "description": "How to get what was left out."]),
    ]
}
