import JSON

/// One filter of a search of the large catalog.
struct LargeFilter {
    private enum Wanted {
        case anyOf([String])
        case numbers(least: Double?, most: Double?)
        case days(first: String?, last: String?)
    }

    private let name: String
    private let wanted: Wanted

    /// Nil for a filter that this catalog has no facts for, and for one without content; both change nothing.
    init?(_ name: String, _ value: JSON) {
        self.name = name
        if ["rowCount", "columnCount", "dqIndex", "popularity"].contains(name) {
            let bounds = ["min", "max", "eq"].map { value[$0]?.double }
            wanted = .numbers(least: bounds[2] ?? bounds[0], most: bounds[2] ?? bounds[1])
        } else if name == "createdDate" {
            let bounds = ["from", "to"].map { value[$0]?.string?.nonBlank.map { String($0.prefix(10)) } }
            wanted = .days(first: bounds[0], last: bounds[1])
        } else {
            let values = (value.array ?? [value]).compactMap { $0.string?.nonBlank?.lowercased() }
            guard !values.isEmpty else { return nil }
            wanted = .anyOf(values)
        }
    }

    func fits(_ asset: LargeAsset, _ catalog: LargeCatalog) -> Bool {
        switch wanted {
        case .anyOf(let values):
            return Self.values(name, of: asset, catalog).contains { values.contains($0.lowercased()) }
        case .numbers(let least, let most):
            guard let own = Self.number(name, of: asset, catalog).map({ Double($0) }) else { return false }
            return own >= least ?? own && own <= most ?? own
        case .days(let first, let last):
            guard let own = catalog.created(asset) else { return false }
            return own >= first ?? own && own <= last ?? own
        }
    }

    static func number(_ name: String, of asset: LargeAsset, _ catalog: LargeCatalog) -> Int? {
        switch name {
        case "rowCount": catalog.rows(of: asset)
        case "columnCount": asset.kind == .oetable ? catalog.columnCount(of: asset) : nil
        case "dqIndex": catalog.quality(of: asset)
        default: catalog.popularity(of: asset)
        }
    }

    private static func values(_ name: String, of asset: LargeAsset, _ catalog: LargeCatalog) -> [String] {
        switch name {
        case "connectionName": return [catalog.connection(of: asset)?.name].compactMap { $0 }
        case "serverType":
            return [catalog.connection(of: asset).map { LargeNames.connections[$0.index].server }].compactMap { $0 }
        case "schemaName": return [catalog.schema(of: asset)?.name].compactMap { $0 }
        case "tableName":
            return asset.kind == .oecolumn ? [catalog.parent(of: asset)?.name].compactMap { $0 } : [asset.name]
        case "reportGroup": return asset.kind == .oechart ? [catalog.parent(of: asset)?.name].compactMap { $0 } : []
        case "owner", "steward", "custodian":
            let person = LargeCatalog.Role(rawValue: name).flatMap { catalog.person($0, of: asset) }
            return person.map { [$0.name, $0.user] } ?? []
        case "tags": return catalog.tags(of: asset)
        case "certification": return [catalog.certification(of: asset)].compactMap { $0 }
        case "criticalDataElement": return [catalog.isCritical(asset) ? "Yes" : "None"]
        case "termStatus": return [catalog.status(of: asset)].compactMap { $0 }
        case "customFields":
            return catalog.customFields(of: asset).flatMap { ["\($0.name)=\($0.value)", $0.name, $0.value] }
        default: return []
        }
    }
}

/// The order of the hits of a search of the large catalog.
struct LargeOrder {
    private let field: String
    private let isAscending: Bool

    private static let numbers = [
        "popularity": "popularity", "dq_index": "dqIndex", "row_count": "rowCount", "column_count": "columnCount",
        "rating": "popularity", "curation_score": "popularity", "null_density": "popularity", "density": "popularity",
    ]

    init(_ sort: JSON?) throws(ExplorerSearch.Mistake) {
        field = sort?["field"]?.string?.lowercased() ?? "relevance"
        isAscending = sort?["direction"]?.string?.lowercased() == "asc"
        guard ["relevance", "name", "created_date"].contains(field) || Self.numbers[field] != nil else {
            throw ExplorerSearch.Mistake(message: "Unknown sort field \(field)")
        }
    }

    /// What has no value is last, in either direction; equals stay as they are.
    func sorted(_ hits: [(asset: LargeAsset, score: Int)], in catalog: LargeCatalog) -> [LargeAsset] {
        let assets = hits.map { $0.asset }
        switch field {
        case "relevance":
            let scores = hits.map { $0.score }
            guard scores.contains(where: { $0 != scores[0] }) else { return assets }
            return LargePlaces.sorted(assets.count) { scores[$0] > scores[$1] }.map { assets[$0] }
        case "name": return ordered(assets, by: assets.map { $0.folded })
        case "created_date": return ordered(assets, by: assets.map { catalog.created($0) })
        default:
            let name = Self.numbers[field] ?? field
            return ordered(assets, by: assets.map { LargeFilter.number(name, of: $0, catalog) })
        }
    }

    private func ordered<Value: Comparable>(_ assets: [LargeAsset], by values: [Value?]) -> [LargeAsset] {
        let places = LargePlaces.sorted(assets.count) { place, other in
            guard let value = values[place] else { return false }
            return values[other].map { isAscending ? value < $0 : value > $0 } ?? true
        }
        return places.map { assets[$0] }
    }
}
