import HTTP
import JSON

/// `POST asset-explorer` of the large catalog, with totals and pages as an index of several parts gives them.
enum LargeExplorerRoute {
    /// The index shows no more than its first 10,000 hits, and counts no further.
    private static let window = 10_000

    static func search(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let body = call.body else { return .refusal(.badRequest, "The body must be a JSON object") }
        let search: LargeSearch
        do { search = try LargeSearch(body) } catch { return .refusal(.badRequest, error.message) }
        let end = search.page.multipliedReportingOverflow(by: search.limit)
        guard !end.overflow, end.partialValue <= window else {
            return .refusal(
                .internalServerError,
                "Result window is too large, from + size must be less than or equal to: [\(window)] but was "
                    + "[\(end.partialValue)]."
            )
        }
        return .json(["ok": true, "data": data(search, found(by: search, &catalog), catalog)])
    }

    /// Some are counted, and hidden from who asks.
    private static func found(by search: LargeSearch, _ catalog: inout LargeCatalog) -> LargeSearch.Found {
        if let last = catalog.lastSearch, last.question == search.question { return last }
        let hits = search.hits(in: catalog)
        let found = LargeSearch.Found(
            question: search.question,
            rows: hits.filter { !catalog.isHidden($0) },
            count: hits.count
        )
        catalog.lastSearch = found
        return found
    }

    private static func data(_ search: LargeSearch, _ found: LargeSearch.Found, _ catalog: LargeCatalog) -> JSON {
        let page = page(of: search, found.rows)
        let terms = page.filter { $0.kind == .glossary }
        let tags = page.filter { $0.kind == .oetag }
        return .members(
            ("page", .int(search.page)),
            ("limit", .int(search.limit)),
            ("total", total(of: search, found.count)),
            ("items", .array(page.filter { $0.kind != .oetag }.map { item($0, search, catalog) })),
            // Terms are among the items, too.
            ("glossaryTerms", terms.isEmpty ? nil : .array(terms.map { catalog.summary(of: $0) })),
            ("tags", tags.isEmpty ? nil : .array(tags.map { item($0, search, catalog) }))
        )
    }

    /// Pages of files begin two rows early.
    private static func page(of search: LargeSearch, _ rows: [LargeAsset]) -> ArraySlice<LargeAsset> {
        let step = search.kind == .oefile && search.limit > 4 ? search.limit - 2 : search.limit
        return rows.dropFirst((search.page - 1) * step).prefix(search.limit)
    }

    /// Of stories only what was read so far is counted, of terms nothing.
    private static func total(of search: LargeSearch, _ count: Int) -> JSON? {
        switch search.kind {
        case .glossary: nil
        case .oestory: .int(min(search.page * search.limit, count))
        default: .int(min(count, window))
        }
    }

    private static func item(_ asset: LargeAsset, _ search: LargeSearch, _ catalog: LargeCatalog) -> JSON {
        var item = catalog.summary(of: asset)
        let isTag = asset.kind == .oetag
        if search.includesParent, let parent = catalog.parent(of: asset) {
            item[isTag ? "parentTag" : "parent"] = catalog.reference(to: parent)
        }
        if search.includesChildren {
            let children = catalog.children(of: asset).map { catalog.reference(to: $0) }
            if !children.isEmpty { item[isTag ? "childTags" : "children"] = .array(children) }
        }
        return item
    }
}
