import JSON

/// The search in its older variants.
extension AssetSearch {
    /// `GET asset-explorer`: all but the order and the rarer filters.
    func planByParameters() throws(OvalEdgeError) -> RequestPlan {
        try refuse(all: ["sort"])
        let more: [(String, String?)] = [
            ("objectId", objectID.map { String($0) }), ("name", name), ("includeParent", includesParent ? "true" : nil),
            ("includeChildren", includesChildren ? "true" : nil),
        ]
        return RequestPlan(.get("/api/v1/mcp/asset-explorer", try parameters(subcategory: "subcategory") + more))
    }

    /// `GET search-catalog`, or for one glossary term or tag the endpoint that looks these up.
    func classicPlan() throws(OvalEdgeError) -> RequestPlan {
        if (objectID == nil) != (name == nil) {
            switch objectType {
            case .glossary: return try lookupPlan("glossary-terms", "termName", as: "glossaryTerms")
            case .oetag: return try lookupPlan("tags", "tagName", as: "tags")
            default: break
            }
        }
        try refuse(all: ["sort", "object_id", "name", "include_parent", "include_children"])
        let request = APIRequest<JSON>.get("/api/v1/mcp/search-catalog", try parameters(subcategory: "subCategory"))
        return RequestPlan(RequestPlan.Part("items", request)) { outcomes in
            OlderAnswer.page(outcomes["items"]?.json ?? [:])
        }
    }

    /// By id or name, and nothing else that would narrow it.
    private func lookupPlan(_ path: String, _ word: String, as group: String) throws(OvalEdgeError) -> RequestPlan {
        try refuse(all: given.map { $0.name }.filter { $0 != "object_id" && $0 != "name" })
        let request = APIRequest<JSON>.get(
            "/api/v1/mcp/\(path)",
            [("objectId", objectID.map { String($0) }), (word, name), ("limit", String(limit))]
        )
        return RequestPlan(RequestPlan.Part(group, request), mayFindNothing: true) { outcomes in
            OlderAnswer.lookup(outcomes[group]?.json, as: group)
        }
    }

    /// Throws when one of these is asked for, or a filter that has no parameter.
    private func refuse(all names: [String]) throws(OvalEdgeError) {
        let refused = given.filter { $0.isRare || names.contains($0.name) }.map { $0.name }
        if !refused.isEmpty { throw .notExpressible(refused) }
    }

    /// What the search is narrowed or ordered by, under the names that callers use.
    private var given: [(name: String, isRare: Bool)] {
        let own: [(String, Bool)] = [
            ("sort", sort != nil), ("object_id", objectID != nil), ("name", name != nil),
            ("include_parent", includesParent), ("include_children", includesChildren),
            ("search_terms", !terms.isEmpty), ("context_query", contextQuery != nil), ("page", page != 1),
            ("domain", domain != Placement()), ("category", category != Placement()),
            ("subcategory", subcategory != Placement()),
        ]
        let narrowing = AssetFilter.allCases.filter { filters[$0] != nil }
        return own.filter { $0.1 }.map { ($0.0, false) } + narrowing.map { ("filters.\($0.rawValue)", !$0.isSayable) }
    }

    /// The parameters that both variants have, but for the spelling of one.
    private func parameters(subcategory word: String) throws(OvalEdgeError) -> [(String, String?)] {
        let start: [(String, String?)] = [
            ("page", String(page)), ("limit", String(limit)),
            ("searchTerms", terms.isEmpty ? nil : JSON.strings(terms).text), ("contextQuery", contextQuery),
            ("objectType", objectType?.rawValue),
        ]
        var facets: [(String, String?)] = []
        for filter in AssetFilter.allCases where filter.isSayable {
            guard let value = filters[filter] else { continue }
            facets.append((filter.rawValue, try filter.parameter(value)))
        }
        let places = [("domain", domain), ("category", category), (word, subcategory)]
        return start + facets
            + places.flatMap { word, place in
                [("\(word)Id", place.id.map { String($0) }), ("\(word)Name", place.name)]
            }
    }
}

extension AssetFilter {
    /// Whether the older variants have a parameter for it.
    fileprivate var isSayable: Bool { Self.sayable.contains(self) }

    private static let sayable: Set<AssetFilter> = [
        .connectionName, .serverType, .schemaName, .owner, .steward, .custodian, .tags, .terms, .customFields,
        .dataProducts, .classifications, .criticalDataElement,
    ]

    /// A list as JSON, or one text; several values do not go into one text.
    fileprivate func parameter(_ value: JSON) throws(OvalEdgeError) -> String? {
        let values = (value.array ?? [value]).compactMap { $0.plainText }
        guard kind == .text else { return values.isEmpty ? nil : JSON.strings(values).text }
        guard values.count <= 1 else { throw .notExpressible(["filters.\(rawValue) with several values"]) }
        return values.first
    }
}
