import JSON

/// A table while it is read, with what may still be added to it (TOML 1.0, "Table" and "Keys").
final class TOMLTable {
    enum Item {
        case value(JSON)
        case table(TOMLTable)
        case list([TOMLTable])
    }

    /// What made it, which decides who may add to it.
    enum Origin { case implied, header, dottedKey, inline }

    private(set) var items: [(name: String, item: Item)] = []
    private var places: [String: Int] = [:]
    var origin: Origin

    init(_ origin: Origin = .implied) { self.origin = origin }

    subscript(_ name: String) -> Item? {
        get { places[name].map { items[$0].item } }
        set {
            guard let newValue else { return }
            if let place = places[name] {
                items[place].item = newValue
            } else {
                places[name] = items.count
                items.append((name, newValue))
            }
        }
    }

    var json: JSON {
        .object(
            JSONObject(
                items.map { name, item in
                    switch item {
                    case .value(let value): .init(name, value)
                    case .table(let table): .init(name, table.json)
                    case .list(let tables): .init(name, .array(tables.map { $0.json }))
                    }
                }
            )
        )
    }

    /// The table that a header names; nil where it cannot stand here.
    func headed(_ path: [String], isList: Bool) -> TOMLTable? {
        guard let holder = above(path), let name = path.last else { return nil }
        let table = TOMLTable(.header)
        switch holder[name] {
        case nil: holder[name] = isList ? .list([table]) : .table(table)
        case .list(let tables)? where isList: holder[name] = .list(tables + [table])
        case .table(let known)? where !isList && known.origin == .implied:
            known.origin = .header
            return known
        default: return nil
        }
        return table
    }

    private func above(_ path: [String]) -> TOMLTable? {
        var holder = self
        for name in path.dropLast() {
            switch holder[name] {
            case nil:
                let next = TOMLTable()
                holder[name] = .table(next)
                holder = next
            case .table(let next)? where next.origin != .inline: holder = next
            case .list(let tables)?:
                guard let last = tables.last else { return nil }
                holder = last
            default: return nil
            }
        }
        return holder
    }

    /// Adds a pair; false where the key is taken, or stands in a table that is closed.
    func define(_ key: [String], _ item: Item) -> Bool {
        var holder = self
        for name in key.dropLast() {
            switch holder[name] {
            case nil:
                let next = TOMLTable(.dottedKey)
                holder[name] = .table(next)
                holder = next
            case .table(let next)? where next.origin == .dottedKey: holder = next
            default: return false
            }
        }
        guard let name = key.last, holder[name] == nil else { return false }
        holder[name] = item
        return true
    }
}
