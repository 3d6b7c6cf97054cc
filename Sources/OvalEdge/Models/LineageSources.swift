import JSON

/// What an asset without flows of its own rests on, as far as its details name it.
package enum LineageSource: Hashable, Sendable {
    case known(id: Int, ObjectType, Asset)
    /// Only its name is given.
    case named(String, ObjectType)

    /// What sets it apart from others.
    fileprivate var name: String {
        switch self {
        case .known(let id, let type, _): "\(type.rawValue) \(id)"
        case .named(let name, let type): "\(type.rawValue) \(name)"
        }
    }
}

extension AssetRecord {
    /// The tables and files that a report, a query or a column rests on, or what it is a part of; each once.
    package func sources(of type: ObjectType) -> [LineageSource] {
        var found: [LineageSource] = []
        var seen: Set<String> = []
        let members = (asset.json.object?.members ?? []) + (json.payload.object?.members ?? [])
        for member in members {
            guard let kind = Self.kind(of: member.name) else { continue }
            let sources = (member.value.array ?? []).compactMap { Self.source($0, kind) }
            let single = member.value.object == nil ? nil : Self.source(member.value, kind)
            for source in sources + [single].compactMap({ $0 }) where seen.insert(source.name).inserted {
                found.append(source)
            }
        }
        return found.isEmpty ? [container(of: type)].compactMap { $0 } : found
    }

    /// The tables and files that it has to do with, without a word on how.
    package var related: [Asset] {
        let members = (asset.json.object?.members ?? []) + (json.payload.object?.members ?? [])
        let items = members.filter { Self.words(of: $0.name).contains("related") }.flatMap { $0.value.array ?? [] }
        let sources = items.compactMap { Self.source($0, .oetable) }
        var seen: Set<String> = []
        return sources.filter { seen.insert($0.name).inserted }.compactMap { source in
            if case .known(_, let type, let asset) = source, type != .oechart { asset } else { nil }
        }
    }

    /// Which kind a member names whose name says that the asset rests on it; nil for other members.
    private static func kind(of name: String) -> ObjectType? {
        let words = words(of: name)
        guard words.isDisjoint(with: others) else { return nil }
        if !words.isDisjoint(with: ["file", "files"]) { return .oefile }
        return words.isDisjoint(with: bases) ? nil : .oetable
    }

    private static let bases: Set<String> = [
        "table", "tables", "source", "sources", "dataset", "datasets", "depends", "dependencies", "upstream", "based",
        "base", "parent",
    ]
    /// What these name is something else, or no asset.
    private static let others: Set<String> = ["related", "target", "targets", "type", "count", "system", "downstream"]

    /// `source`, `tables` of `sourceTables` and of `source_tables`.
    private static func words(of name: String) -> Set<String> {
        var words = [""]
        for letter in name {
            if letter.isUppercase || !letter.isLetter { words.append("") }
            if letter.isLetter { words[words.count - 1] += letter.lowercased() }
        }
        return Set(words)
    }

    /// An object with an id that is a table or a file, or a name by itself.
    private static func source(_ json: JSON, _ kind: ObjectType) -> LineageSource? {
        guard json.object != nil else { return json.string == nil ? nil : json.plainText.map { .named($0, kind) } }
        guard let asset = try? Asset(json) else { return nil }
        let type = asset.type.map { LineageKinds.kind(of: $0) } ?? kind.title
        let found = [ObjectType.oetable, .oefile, .oechart].first { $0.title == type }
        guard let found, let id = (asset.id ?? json.text("tableId", "fileId")).flatMap({ Int($0) }) else { return nil }
        var whole = json
        whole["objectId"] = whole["objectId"] ?? .int(id)
        whole["objectType"] = .string(found.rawValue)
        return (try? Asset(whole)).map { .known(id: id, found, $0) }
    }

    /// The table of a column, the file of its column, the report of a report's column.
    private func container(of type: ObjectType) -> LineageSource? {
        let container: ObjectType
        switch type {
        case .oecolumn: container = .oetable
        case .filecolumn, .oefilecolumn: container = .oefile
        case .chartchild: container = .oechart
        default: return nil
        }
        let json = asset.json
        if let id = json.first(of: "tableId", "fileId", "reportId", "parentObjectId", "parentId")?.wholeNumber {
            let known: JSON = .members(
                ("objectId", .int(id)),
                ("objectType", .string(container.rawValue)),
                ("objectName", json.text("tableName", "fileName", "parentName").map { .string($0) })
            )
            return (try? Asset(known)).map { .known(id: id, container, $0) }
        }
        guard let path = asset.fullName, let dot = path.lastIndex(of: ".") else { return nil }
        return .named(String(path[..<dot]), container)
    }
}
