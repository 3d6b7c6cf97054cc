package import JSON
package import MCP
package import OvalEdge

/// The rarer ways to narrow a search, as one object under the product's own names.
package struct SearchFilters: ArgumentGroup {
    package static let example = #"{"tableType": ["VIEW"], "rating": {"min": 4}}"#

    /// These have arguments of their own, which is the better place to say them.
    package static let ownArguments: [AssetFilter] = [
        .connectionName, .serverType, .schemaName, .owner, .steward, .custodian, .tags, .terms, .customFields,
        .dataProducts, .classifications, .criticalDataElement,
    ]

    /// Open, because the names alone would take more room than all other arguments: they stand in the description.
    package static let schema: JSON = ["type": "object"]

    /// What the argument is, with the names that go into it.
    package static let about: String = {
        let rare = AssetFilter.allCases.filter { !ownArguments.contains($0) }
        let names: (AssetFilter.Kind) -> String = { kind in
            rare.filter { $0.kind == kind }.map { $0.rawValue }.joined(separator: ", ")
        }
        return
            "Rarer filters: lists of texts for \(names(.texts)); {min, max, eq} for \(names(.numbers)); {from, to} for "
            + "\(names(.dates))."
    }()

    package let values: [AssetFilter: JSON]

    package init(_ input: inout Arguments) {
        var values: [AssetFilter: JSON] = [:]
        for filter in AssetFilter.allCases where !Self.ownArguments.contains(filter) {
            values[filter] = Self.value(of: filter, in: &input)
        }
        for filter in Self.ownArguments {
            switch filter {
            case .serverType:
                let name: ServerTypeName? = input.readUnlisted(filter.rawValue)
                values[filter] = name.map { .string($0.name) }
            default:
                let facet: Facet? = input.readUnlisted(filter.rawValue)
                values[filter] = facet?.json
            }
        }
        self.values = values
    }

    private static func value(of filter: AssetFilter, in input: inout Arguments) -> JSON? {
        switch filter.kind {
        case .text, .texts:
            let facet: Facet? = input.read(filter.rawValue)
            return facet?.json
        case .numbers:
            let range: NumberRange? = input.read(filter.rawValue)
            return range?.json
        case .dates:
            let range: DateRange? = input.read(filter.rawValue)
            return range?.json
        }
    }
}

/// A text or a list of texts, sent as it was given.
private struct Facet: ArgumentValue {
    static var schema: JSON { [String].schema }
    static var placeholder: Facet { Facet(json: .array([])) }

    let json: JSON

    static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Facet? {
        if case .string = json, json.unquoted == json {
            return try String.read(json, as: name).map { Facet(json: .string($0)) }
        }
        return try [String].read(json, as: name).map { Facet(json: .strings($0)) }
    }
}

private struct NumberRange: ArgumentGroup {
    static let example = #"{"min": 4} or {"min": 2, "max": 4} or {"eq": 5}"#

    let min: Double?
    let max: Double?
    let eq: Double?

    init(_ input: inout Arguments) {
        min = input.read("min")
        max = input.read("max")
        eq = input.read("eq")
        if let min, let max, min > max { input.note("min", "must not be above `max`.") }
    }

    /// Nil when no bound is given.
    var json: JSON? {
        let bounds = [("min", min), ("max", max), ("eq", eq)].compactMap { name, bound in
            bound.map { JSONObject.Member(name, .double($0)) }
        }
        guard !bounds.isEmpty else { return nil }
        return .object(JSONObject(bounds))
    }
}

private struct DateRange: ArgumentGroup {
    static let example = #"{"from": "2026-01-01", "to": "2026-01-31"}"#

    let from: CalendarDate?
    let to: CalendarDate?

    init(_ input: inout Arguments) {
        from = input.read("from", "YYYY-MM-DD")
        to = input.read("to", "YYYY-MM-DD")
        if let from, let to, from.text > to.text { input.note("from", "must not be after `to`.") }
    }

    var json: JSON? {
        guard from != nil || to != nil else { return nil }
        return .members(("from", from.map { .string($0.text) }), ("to", to.map { .string($0.text) }))
    }
}

/// In which order search results come.
package struct SearchSort: ArgumentGroup {
    package static let example = #"{"field": "popularity", "direction": "desc"}"#

    package let field: SortField
    package let direction: SortDirection

    package init(_ input: inout Arguments) {
        field = input.read("field")
        direction = input.read("direction", default: .descending)
    }
}
