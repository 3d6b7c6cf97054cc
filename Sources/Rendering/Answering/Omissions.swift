package import JSON

/// What an answer leaves out, list by list and text by text; said in words and in JSON alike.
package struct Omissions: Hashable, Sendable {
    package enum Kind: String, Sendable { case list, text }

    package struct Entry: Hashable, Sendable {
        package let kind: Kind
        /// Where it stood, as `data.items[].tags`.
        package let path: String
        /// Items of a list, characters of a text; of all that stood there together.
        package fileprivate(set) var returned: Int
        package fileprivate(set) var total: Int
    }

    /// The first places of which something was left out.
    package private(set) var entries: [Entry] = []
    package private(set) var hasList = false
    /// How many places there are beyond ``entries``.
    private var others: Set<Place> = []
    private var indices: [Place: Int] = [:]

    private struct Place: Hashable {
        let kind: Kind
        let path: String
    }

    /// More are counted and not named, because a reply may have as many as it likes.
    private static let mostEntries = 100

    package var isEmpty: Bool { entries.isEmpty }

    /// All that are at the same place in the items of a list make one entry.
    ///
    /// `path` has the names of members on the way, and `[]` for an item.
    mutating func add(_ kind: Kind, at path: [String], _ returned: Int, of total: Int) {
        if kind == .list { hasList = true }
        let place = Place(kind: kind, path: Self.text(path))
        if let index = indices[place] {
            entries[index].returned += returned
            entries[index].total += total
        } else if entries.count < Self.mostEntries {
            indices[place] = entries.count
            entries.append(Entry(kind: kind, path: place.path, returned: returned, total: total))
        } else {
            others.insert(place)
        }
    }

    private static func text(_ path: [String]) -> String {
        var text = ""
        for name in path {
            if !text.isEmpty && name != "[]" { text += "." }
            text += name
        }
        return text
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
        let more = entries.count + others.count - parts.count
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
        ("complete", ["type": "boolean"]),
        (
            "leftOut",
            [
                "type": "array",
                "description": "Lists and texts that were cut.",
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
    ]
}
