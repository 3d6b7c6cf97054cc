import JSON

/// The lists of one page without what they say twice: pages repeat rows, and a term may stand in two lists.
struct DistinctAssets {
    static let terms = "glossaryTerms"
    static let tags = "tags"

    /// Each asset once, at its first place, with what the others add to it.
    let json: JSON
    /// How many rows were sent, where one that stands in two lists is one.
    let sent: Int

    init(_ json: JSON) throws(JSONMismatch) {
        var lists: [(name: String, rows: [JSON])] = [("items", try Self.items(of: json))]
        for name in [Self.terms, Self.tags] { lists.append((name, try Self.section(name, of: json))) }
        var places: [AssetKey: (list: Int, row: Int)] = [:]
        var distinct = [[JSON]](repeating: [], count: lists.count)
        var changed: Set<Int> = []
        var others = 0
        for (index, list) in lists.enumerated() {
            for row in list.rows {
                let key = Asset.key(of: row, as: Self.kind(of: list.name))
                guard let key, let place = places[key] else {
                    if let key { places[key] = (index, distinct[index].count) }
                    distinct[index].append(row)
                    continue
                }
                distinct[place.list][place.row] = distinct[place.list][place.row].adding(row)
                if place.list != index { others += 1 }
                changed.formUnion([place.list, index])
            }
        }
        sent = lists.reduce(0) { $0 + $1.rows.count } - others
        var result = json
        for index in changed { result = result.replacing(lists[index].name, by: distinct[index]) }
        self.json = result
    }

    static func kind(of list: String) -> ObjectType? {
        switch list {
        case terms: .glossary
        case tags: .oetag
        default: nil
        }
    }

    /// Takes `data.items`, `items`, and a bare list.
    static func items(of json: JSON) throws(JSONMismatch) -> [JSON] {
        if let items = try json.payload.list("items") { return items }
        return try json.list("items") ?? []
    }

    static func section(_ name: String, of json: JSON) throws(JSONMismatch) -> [JSON] {
        try (json.payload[name] == nil ? json : json.payload).listed(name)
    }
}

extension JSON {
    /// With the members of `other` that this one does not have.
    fileprivate func adding(_ other: JSON) -> JSON {
        guard var object, let members = other.object?.members else { return self }
        for member in members where object[member.name]?.isNull ?? true { object[member.name] = member.value }
        return .object(object)
    }

    /// With other rows in one of the lists of a page, wherever that stands.
    fileprivate func replacing(_ name: String, by rows: [JSON]) -> JSON {
        var json = self
        for wrapping in ["data", "_json"] where !(json[wrapping]?.isNull ?? true) {
            if json[wrapping]?.array != nil, name == "items" {
                json[wrapping] = .array(rows)
                return json
            }
            guard json[wrapping]?[name] != nil else { continue }
            json[wrapping]?[name] = .array(rows)
            return json
        }
        if json[name] != nil { json[name] = .array(rows) }
        return json
    }
}
