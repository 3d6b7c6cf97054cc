import HTTP
import JSON

/// `GET domain-metadata`: the domains of the glossary, the categories of one, or the subcategories of a category.
enum GlossaryPlacesRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        let page = max(call.number("page") ?? 0, 0)
        let size = min(max(call.number("size") ?? 100, 1), 500)
        let places: [SampleAsset]
        switch call.text("searchOn") {
        case "oeglobaldomain": places = catalog.all.filter { $0.kind == .oeglobaldomain }
        case "category": places = children(of: call.number("domainId"), .category, catalog)
        case "subcategory": places = children(of: call.number("categoryId"), .subcategory, catalog)
        default: return .refusal(.badRequest, "searchOn must be oeglobaldomain, category or subcategory")
        }
        let shown = places.dropFirst(min(page, 1000) * size).prefix(size).map { json($0, catalog) }
        let name = ["category": "Category", "subcategory": "SubCategory"][call.text("searchOn") ?? ""] ?? "domains"
        return .json(["ok": true, "data": .members((name, .array(shown)))])
    }

    private static func children(of id: Int?, _ kind: SampleAsset.Kind, _ catalog: SampleCatalog) -> [SampleAsset] {
        id.flatMap { catalog.assets[$0] }.map { catalog.children(of: $0).filter { $0.kind == kind } } ?? []
    }

    private static func json(_ place: SampleAsset, _ catalog: SampleCatalog) -> JSON {
        let kinds = Set(catalog.children(of: place).map { $0.kind })
        switch place.kind {
        case .category:
            return [
                "categoryId": .int(place.id), "categoryName": .string(place.name),
                "isSubCategory": .bool(kinds.contains(.subcategory)),
            ]
        case .subcategory: return ["subCategoryId": .int(place.id), "subCategoryName": .string(place.name)]
        default:
            return [
                "globaldomainid": .int(place.id), "domain": .string(place.name),
                "isCategory": .bool(kinds.contains(.category)), "isTerm": .bool(kinds.contains(.glossary)),
            ]
        }
    }
}

/// `POST glossary-terms`: a new term in its place.
enum CreateTermRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, let name = body["termName"]?.string?.nonBlank,
            let about = body["description"]?.string?.nonBlank
        else { return .refusal(.badRequest, "termName and description are required") }
        let ids = ["domainId", "category1Id", "category2Id"].map { body[$0]?.int ?? 0 }
        let kinds: [SampleAsset.Kind] = [.oeglobaldomain, .category, .subcategory]
        let places = zip(ids, kinds).compactMap { id, kind in catalog.asset(id, type: kind.rawValue) }
        guard ids[0] != 0, places.count == ids.count(where: { $0 != 0 }),
            zip(places, places.dropFirst()).allSatisfy({ $0.id == $1.parent }), let place = places.last
        else { return .refusal(.badRequest, "domainId, category1Id and category2Id are no place in the glossary") }
        if catalog.children(of: place).contains(where: { $0.kind == .glossary && $0.name.equals(name) }) {
            return .refusal(.conflict, "\(place.name) has a term \(name) already")
        }
        var term = SampleAsset(id: catalog.nextID, kind: .glossary, name: name, parent: place.id)
        term.facts = ["about": about, "termStatus": body["publish"] == true ? "PUBLISHED" : "DRAFT"]
        term.facts["detailed"] = body["definition"]?.string
        catalog.add(term)
        return .json(["ok": true, "data": reply(term, domain: ids[0], catalog)])
    }

    private static func reply(_ term: SampleAsset, domain: Int, _ catalog: SampleCatalog) -> JSON {
        [
            "businessGlossaryId": .int(term.id), "termName": .string(term.name),
            "status": .string(term["termStatus"] ?? ""), "domainId": .int(domain),
            "navLink": .string(catalog.navLink(of: term)),
        ]
    }
}
