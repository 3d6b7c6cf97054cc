import JSON

/// One filter of a search: a name, and the values or the range that are let through.
struct ExplorerFilter {
    private enum Wanted {
        case anyOf([String])
        case numbers(least: Double?, most: Double?, exactly: Double?)
        case days(first: String?, last: String?)
    }

    private let name: String
    private let wanted: Wanted

    /// Nil for a name that the product does not document, and for a value without content; both change nothing.
    init?(_ name: String, _ value: JSON) {
        self.name = name
        if Self.ranges.contains(name) {
            let bounds = ["min", "max", "eq"].map { Self.number(value[$0]) }
            let exactly = bounds[2] ?? Self.number(value)
            guard exactly != nil || bounds.contains(where: { $0 != nil }) else { return nil }
            wanted = .numbers(least: bounds[0], most: bounds[1], exactly: exactly)
        } else if name == "createdDate" {
            let bounds = ["from", "to"].map { value[$0]?.string?.nonBlank.map { String($0.prefix(10)) } }
            guard bounds.contains(where: { $0 != nil }) else { return nil }
            wanted = .days(first: bounds[0], last: bounds[1])
        } else if Self.facets.contains(name) {
            let values = (value.array ?? [value]).compactMap { $0.string?.nonBlank }
            guard !values.isEmpty else { return nil }
            wanted = .anyOf(values)
        } else {
            return nil
        }
    }

    func fits(_ asset: SampleAsset, _ catalog: SampleCatalog) -> Bool {
        switch wanted {
        case .anyOf(let values):
            let own = Self.values(name, of: asset, catalog)
            return values.contains { value in own.contains { $0.equals(value) } }
        case .numbers(let least, let most, let exactly):
            let own = name == "columnCount" ? catalog.columnCount(of: asset).map { Double($0) } : asset.number(name)
            guard let own else { return false }
            return own >= least ?? own && own <= most ?? own && own == exactly ?? own
        case .days(let first, let last):
            guard let own = asset["createdDate"] else { return false }
            return own >= first ?? own && own <= last ?? own
        }
    }

    private static func number(_ value: JSON?) -> Double? { value?.double ?? value?.string.flatMap { Double($0) } }

    private static func values(_ name: String, of asset: SampleAsset, _ catalog: SampleCatalog) -> [String] {
        switch name {
        case "connectionName": [catalog.ancestor(of: asset, .connection)?.name].compactMap { $0 }
        case "serverType": [catalog.ancestor(of: asset, .connection)?["serverType"]].compactMap { $0 }
        case "schemaName": [catalog.ancestor(of: asset, .oeschema)?.name].compactMap { $0 }
        case "tableName": [catalog.ancestor(of: asset, .oetable)?.name].compactMap { $0 }
        case "folder": [catalog.ancestor(of: asset, .filefolder)?.name].compactMap { $0 }
        case "reportGroup": [catalog.ancestor(of: asset, .oedomain)?.name].compactMap { $0 }
        case "owner", "steward", "custodian": [catalog.role(name, of: asset)].compactMap { $0 }
        case "criticalDataElement": [asset[name] ?? "None"]
        // A custom field may be asked for by its name, its value or both.
        case "customFields":
            SampleField.all.flatMap { field in
                field.value(on: asset).map { ["\(field.name)=\($0)", field.name, $0] } ?? []
            }
        default: asset.list(name)
        }
    }

    private static let ranges: Set<String> = [
        "dqIndex", "popularity", "rating", "curationScore", "nullDensity", "density", "rowCount", "columnCount",
    ]

    private static let facets: Set<String> = [
        "connectionName", "serverType", "schemaName", "owner", "steward", "custodian", "tags", "terms", "customFields",
        "dataProducts", "classifications", "criticalDataElement", "tableName", "folder", "reportGroup", "apiGroup",
        "dataDomains", "governanceRole4", "governanceRole5", "governanceRole6", "tableType", "reportType",
        "reportLevel", "termStatus", "ticketStatus", "subscriptionMode", "criticality", "sensitivity",
        "deliveryAccessMode", "certification", "questionWalls",
    ]
}
