import MCP
import OvalEdge
import OvalEdgeTools

extension Guide {
    /// Kinds of assets, and every way to narrow and order a search.
    static let assetTypes = Guide(
        stem: "asset_types",
        title: "Asset types and filters",
        description: "The kinds of assets, and how a search is narrowed and ordered.",
        priority: 0.5
    ) {
        [
            Section("Kinds of assets") { _ in types },
            Section("Which tool takes which kind", takes),
            Section("Narrowing a search", about: [.assetExplorer]) { _ in filters },
            Section("Ordering the results", about: [.assetExplorer]) { _ in sorting },
            Section("What is missing, and how much there is", about: [.assetExplorer]) { _ in surveys },
            Section("Reading an asset by its address") { _ in
                """
                \(templateTable)

                Through its address an asset comes as `asset_details` writes it: as readable text, without JSON.
                """
            },
        ]
    }

    private static var types: String {
        """
        An asset is identified by its id and its type together; ids of different types may be equal. Type names are \
        lowercase, exactly as here:

        \(table(["Type", "What it is"], ObjectType.allCases.map { ["`\($0.rawValue)`", $0.title] }))

        Some kinds have two names, because parts of OvalEdge were written at different times. Pass on the type that a \
        search returned; when in doubt leave it out and search everything.
        """
    }

    private static let takes = """
        - `asset_explorer` searches all of them, one kind, or one asset by id.
        - `asset_details` takes every type.
        - `asset_lineage` follows `oetable` and `oefile`; for a report, a query or a column what these rest on.
        """

    private static var filters: String {
        let rare = AssetFilter.allCases.filter { !SearchFilters.ownArguments.contains($0) }
        let ranges = rare.filter { $0.kind == .numbers }
        let words = rare.filter { $0.kind == .texts || $0.kind == .text }
        return """
            The usual filters are arguments of `asset_explorer` itself (`connection_name`, `owner`, `tags` …). The rarer \
            ones go into its argument `filters`, as one object:

            - Words, one or a list: \(codes(words.map { $0.rawValue }))
            - Numbers, as `{"min": 4}`, `{"max": 9}`, `{"min": 4, "max": 9}` or `{"eq": 5}`: \
            \(codes(ranges.map { $0.rawValue }))
            - Days, as `{"from": "2026-01-01", "to": "2026-01-31"}`, or with one end only: `createdDate`

            An example: `{"tableType": ["VIEW"], "rating": {"min": 4}, "createdDate": {"from": "2026-01-01"}}`. An \
            unknown key is refused, and the nearest known one is named.

            `dp_domain` and `dp_product` are data product domains and data products; what belongs to a product is found \
            with `data_products`.
            """
    }

    private static var sorting: String {
        """
        `sort` is `{"field": …, "direction": "asc" or "desc"}`; without a direction the largest come first. Fields: \
        \(codes(SortField.allCases.map { $0.rawValue })).

        Sort when filters alone make the list ("the most popular tables that Ann owns"). When words or a question \
        should rank the hits, omit `sort`, which overrides the ranking.
        """
    }

    private static var surveys: String {
        """
        `missing` keeps only assets that lack one of these: \(codes(AssetGap.allCases.map { $0.rawValue })). `count_by` \
        gives only numbers, by \(codes(AssetGrouping.allCases.map { $0.rawValue })). Both read all pages of the search, \
        up to 10,000 assets from either end, and say how many were read; narrow the search where that is not all. Both go \
        together: how many tables of each schema have no steward. `first_row` goes on in the list.

        `fields` shows the members that are named of each asset, such as `rowCount` or `createdDate`, and nothing else.
        """
    }

    static var templateTable: String {
        let rows = CatalogTemplate.allCases.map { $0.template }.map { ["`\($0.uri.text)`", $0.description ?? ""] }
        return table(["Address", "What it shows"], rows)
    }
}
