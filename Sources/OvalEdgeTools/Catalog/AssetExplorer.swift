import JSON
package import MCP
package import OvalEdge
import Rendering

package struct AssetExplorer: OneRequestTool {
    package static let definition = ToolDefinition(
        name: "asset_explorer",
        title: "Find data assets",
        effect: .reads,
        searchHint:
            "search find list tables columns files reports data assets in the OvalEdge data catalog, who owns them",
        summary: "Find tables, columns, files, reports, glossary terms, tags and other assets of the OvalEdge catalog.",
        guidance: """
            Begin here whenever the id of an asset is not known; what it returns as objectId and objectType is what \
            `asset_details` and `asset_lineage` take. Put the few specific words into search_terms and the whole question \
            into context_query. Filters match exactly: use them alone, with a sort, to list ("tables that Ann owns"), and \
            leave the sort out when words are to rank the results. Without object_type everything is searched; that is \
            the best first try. A glossary term or tag that is known by name: name with object_type glossary or oetag. Which \
            assets lack something is missing, how many there are of each count_by: both read all pages.

            Words: an owner is responsible for an asset, a steward for its meaning, a custodian for its technology; a critical \
            data element is one the organisation depends on. What stories and handbooks say is in `knowledge_search`.
            """,
        view: .assetExplorer
    )

    let searchTerms: [String]
    let contextQuery: String?
    let objectType: ObjectType?
    let name: String?
    let objectID: ObjectID?
    let connectionName: String?
    let schemaName: String?
    let serverType: ServerTypeName?
    let owner: String?
    let steward: String?
    let custodian: String?
    let tags: [String]?
    let terms: [String]?
    let customFields: [String]?
    let dataProducts: [String]?
    let classifications: [String]?
    let criticalDataElement: [String]?
    let domainID: ObjectID?
    let domainName: String?
    let categoryID: ObjectID?
    let categoryName: String?
    let subcategoryID: ObjectID?
    let subcategoryName: String?
    let filters: SearchFilters?
    let sort: SearchSort?
    let includeParent: Bool
    let includeChildren: Bool
    let missing: [AssetGap]
    let countBy: AssetGrouping?
    let fields: [String]
    let detail: Detail
    let page: Page
    let firstRow: Int

    package init(_ input: inout Arguments) {
        searchTerms = input.read("search_terms", "Words to look for in names and descriptions.", default: [])
        contextQuery = input.read("context_query", "The whole question, to rank by meaning.")
        objectType = input.read("object_type", "Only this kind: oechart is a report, oestory a data story.")
        name = input.read("name", "Exact name of one asset.")
        objectID = input.read("object_id", "Id of one asset, with its object_type.")
        connectionName = input.read("connection_name", "Only from this connection.")
        schemaName = input.read("schema_name", "Only in this schema.")
        serverType = input.read(
            "server_type",
            "Only from this connector, such as snowflake, redshift, oracle, tableau."
        )
        owner = input.read("owner", "Only what this person owns.")
        steward = input.read("steward", "Only what this person is steward of.")
        custodian = input.read("custodian", "Only what this person is custodian of.")
        tags = input.read("tags", "Only with these tags.")
        terms = input.read("terms", "Only with these glossary terms.")
        customFields = input.read("custom_fields", "Only with these custom field values.")
        dataProducts = input.read("data_products", "Only in these data products.")
        classifications = input.read("classifications", "Only with these classifications, such as PII.")
        criticalDataElement = input.read(
            "critical_data_element",
            "By the mark of a critical data element: Yes, No, None (no mark)."
        )
        domainID = input.read("domain_id", "Only terms of this glossary domain.")
        domainName = input.read("domain_name", "The same by name.")
        categoryID = input.read("category_id", "Only terms of this category.")
        categoryName = input.read("category_name", "The same by name.")
        subcategoryID = input.read("subcategory_id", "Only terms of this subcategory.")
        subcategoryName = input.read("subcategory_name", "The same by name.")
        filters = input.read("filters", SearchFilters.about)
        sort = input.read("sort", "Order of the results.")
        includeParent = input.read("include_parent", "Whether to show the path to each asset.", default: false)
        includeChildren = input.read("include_children", "Whether to show what each asset holds.", default: false)
        missing = input.read("missing", "Only assets that lack one of these; reads all pages.", default: [])
        countBy = input.read("count_by", "Only numbers, counted by this; reads all pages.")
        fields = input.read("fields", "Show these members of each asset, such as rowCount.", default: [])
        detail = input.readDetail()
        page = Page(&input, highest: AssetSearch.highestLimit)
        firstRow = input.read("first_row", "First child, missing asset or count to show.", in: .counting, default: 1)
        if isSurvey, page.page > 1 {
            input.note("page", "does not go with `missing` and `count_by`, which read all pages; go on by `first_row`.")
        }
    }

    /// Whether all that matches is read, instead of one page of it.
    var isSurvey: Bool { !missing.isEmpty || countBy != nil }

    package var request: APIRequest<Envelope<AssetPage>> { .assetExplorer(search) }

    var search: AssetSearch {
        var search = AssetSearch()
        search.objectID = objectID?.number
        search.objectType = objectType
        search.name = name
        search.includesParent = includeParent
        search.includesChildren = includeChildren
        search.terms = searchTerms
        search.contextQuery = contextQuery
        search.page = page.page
        search.limit = page.sentLimit
        search.sort = sort.map { AssetSearch.Sort($0.field, $0.direction) }
        search.domain = AssetSearch.Placement(id: domainID?.number, name: domainName)
        search.category = AssetSearch.Placement(id: categoryID?.number, name: categoryName)
        search.subcategory = AssetSearch.Placement(id: subcategoryID?.number, name: subcategoryName)
        search.filters = allFilters
        return search
    }

    /// An argument of its own wins over the same filter inside `filters`.
    var allFilters: [AssetFilter: JSON] {
        let texts: [(AssetFilter, String?)] = [
            (.connectionName, connectionName), (.serverType, serverType?.name), (.schemaName, schemaName),
            (.owner, owner), (.steward, steward), (.custodian, custodian),
        ]
        let lists: [(AssetFilter, [String]?)] = [
            (.tags, tags), (.terms, terms), (.customFields, customFields), (.dataProducts, dataProducts),
            (.classifications, classifications), (.criticalDataElement, criticalDataElement),
        ]
        var filters = filters?.values ?? [:]
        for (filter, text) in texts { if let text { filters[filter] = .string(text) } }
        for (filter, list) in lists { if let list, !list.isEmpty { filters[filter] = .strings(list) } }
        return filters
    }
}
