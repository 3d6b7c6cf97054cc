package import JSON

/// What to look for among all assets, as the body of one search; what is empty is not sent.
package struct AssetSearch: Hashable, Sendable {
    package struct Sort: Hashable, Sendable {
        package var field: SortField
        package var direction: SortDirection

        package init(_ field: SortField, _ direction: SortDirection = .descending) {
            self.field = field
            self.direction = direction
        }
    }

    /// Where in the glossary: by id, by name, or both.
    package struct Placement: Hashable, Sendable {
        package var id: Int?
        package var name: String?

        package init(id: Int? = nil, name: String? = nil) {
            self.id = id
            self.name = name
        }
    }

    /// The most the product gives on one page without failing.
    package static let highestLimit = 50
    /// How far into a search it gives results; the index behind it has this limit where no one has changed it.
    package static let window = 10_000

    package var objectID: Int?
    package var objectType: ObjectType?
    package var name: String?
    package var includesParent = false
    package var includesChildren = false
    package var terms: [String] = []
    package var contextQuery: String?
    package var page = 1
    package var limit = 20
    package var sort: Sort?
    package var domain = Placement()
    package var category = Placement()
    package var subcategory = Placement()
    package var filters: [AssetFilter: JSON] = [:]

    package init() {}

    package var body: JSON {
        .members(
            ("objectId", objectID.map { .int($0) }),
            ("objectType", objectType.map { .string($0.rawValue) }),
            ("name", name.map { .string($0) }),
            ("includeParent", includesParent ? true : nil),
            ("includeChildren", includesChildren ? true : nil),
            ("search", search),
            ("glossaryPlacement", placement.nonEmpty),
            ("filters", filterMembers.nonEmpty)
        )
    }

    private var search: JSON {
        .members(
            ("searchTerms", terms.isEmpty ? nil : .strings(terms)),
            ("contextQuery", contextQuery.map { .string($0) }),
            ("page", .int(page)),
            ("limit", .int(limit)),
            ("sort", sort.map { ["field": .string($0.field.rawValue), "direction": .string($0.direction.rawValue)] })
        )
    }

    private var placement: JSON {
        .members(
            ("domainId", domain.id.map { .int($0) }),
            ("domainName", domain.name.map { .string($0) }),
            ("categoryId", category.id.map { .int($0) }),
            ("categoryName", category.name.map { .string($0) }),
            ("subcategoryId", subcategory.id.map { .int($0) }),
            ("subcategoryName", subcategory.name.map { .string($0) })
        )
    }

    /// In the order of the enumeration, so that equal searches are equal texts.
    private var filterMembers: JSON {
        let members = AssetFilter.allCases.compactMap { filter in
            filters[filter].map { JSONObject.Member(filter.rawValue, $0) }
        }
        return .object(JSONObject(members))
    }
}

extension JSON {
    fileprivate var nonEmpty: JSON? {
        guard object?.isEmpty == false else { return nil }
        return self
    }
}

/// By what search results can be ordered.
package enum SortField: String, CaseIterable, Sendable {
    case relevance, name, popularity, rating
    case qualityIndex = "dq_index"
    case curationScore = "curation_score"
    case rowCount = "row_count"
    case columnCount = "column_count"
    case nullDensity = "null_density"
    case density
    case createdDate = "created_date"
}

package enum SortDirection: String, CaseIterable, Sendable {
    case ascending = "asc"
    case descending = "desc"
}
