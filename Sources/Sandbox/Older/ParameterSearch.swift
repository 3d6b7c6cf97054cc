import HTTP
import JSON

/// The search asked by parameters in the address, as it was before it became a body.
enum ParameterSearchRoute {
    private static let texts = ["connectionName", "schemaName", "owner", "steward", "custodian", "serverType"]
    private static let lists = [
        "tags", "terms", "customFields", "dataProducts", "classifications", "criticalDataElement",
    ]

    /// `GET asset-explorer`: answers as the body's search does.
    static func explorer(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        var body = body(of: call, subcategory: "subcategory")
        body["objectId"] = call.number("objectId").map { .int($0) }
        body["name"] = call.text("name").map { .string($0) }
        body["includeParent"] = .bool(call.text("includeParent") == "true")
        body["includeChildren"] = .bool(call.text("includeChildren") == "true")
        return AssetExplorerRoute.search(by: body, catalog)
    }

    /// `GET search-catalog`: all hits of a page in one list at the top, terms and tags among them, and no count.
    static func catalog(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        let search: ExplorerSearch
        do { search = try ExplorerSearch(body(of: call, subcategory: "subCategory")) } catch {
            return .refusal(.badRequest, error.message)
        }
        let page = search.page(of: search.hits(in: catalog))
        return .json(["ok": true, "items": .array(page.map { catalog.summary(of: $0) })])
    }

    private static func body(of call: SandboxCall, subcategory word: String) -> JSON {
        let names = texts + lists
        let filters = names.compactMap { name in call.text(name).map { JSONObject.Member(name, value(name, $0)) } }
        let words = [("domain", "domain"), ("category", "category"), ("subcategory", word)]
        let placement = words.flatMap { member, word in
            [
                call.number("\(word)Id").map { JSONObject.Member("\(member)Id", .int($0)) },
                call.text("\(word)Name").map { JSONObject.Member("\(member)Name", .string($0)) },
            ].compactMap { $0 }
        }
        return .members(
            ("objectType", call.text("objectType").map { .string($0) }),
            ("glossaryPlacement", placement.isEmpty ? nil : .object(JSONObject(placement))),
            ("filters", .object(JSONObject(filters))),
            (
                "search",
                .members(
                    ("searchTerms", call.text("searchTerms").flatMap { list($0) }),
                    ("contextQuery", call.text("contextQuery").map { .string($0) }),
                    ("page", call.number("page").map { .int($0) }),
                    ("limit", call.number("limit").map { .int($0) })
                )
            )
        )
    }

    private static func value(_ name: String, _ text: String) -> JSON {
        lists.contains(name) ? list(text) ?? [] : .string(text)
    }

    private static func list(_ text: String) -> JSON? { try? JSON(parsing: Array(text.utf8)) }
}

/// `GET glossary-terms` and `GET tags`: by id, or by name.
enum LookupRoute {
    static func terms(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        lookup(call, .glossary, "termName", in: catalog) { catalog.summary(of: $0) }
    }

    static func tags(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        lookup(call, .oetag, "tagName", in: catalog) { AssetExplorerRoute.tag($0, catalog) }
    }

    /// One as an object, several as a list.
    private static func lookup(
        _ call: SandboxCall,
        _ kind: SampleAsset.Kind,
        _ name: String,
        in catalog: SampleCatalog,
        _ json: (SampleAsset) -> JSON
    ) -> HTTPResponse {
        let (id, wanted) = (call.number("objectId"), call.text(name))
        guard (id == nil) != (wanted == nil) else { return .refusal(.badRequest, "objectId or \(name) is required") }
        let found = catalog.all.filter { asset in
            asset.kind == kind && (id.map { $0 == asset.id } ?? asset.name.equals(wanted ?? ""))
        }.prefix(min(max(call.number("limit") ?? 20, 1), 100))
        guard let first = found.first else { return .refusal(.notFound, "Nothing of that name or id") }
        return .json(["ok": true, "data": found.count == 1 ? json(first) : .array(found.map(json))])
    }
}
