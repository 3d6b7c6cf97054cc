package import JSON

/// The steps down the glossary; the raw value is the name on the wire.
package enum GlossaryLevel: String, CaseIterable, Sendable {
    case domain = "oeglobaldomain"
    case category, subcategory
}

/// A domain, category or subcategory, under which terms stand.
package struct GlossaryPlace: Hashable, Sendable {
    package let id: Int
    package let name: String
}

/// Some places on one level.
package struct GlossaryPlaces: Model, Hashable {
    package let places: [GlossaryPlace]

    package static let isList = true

    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        guard payload.object != nil || payload.array != nil else {
            throw JSONMismatch(path: "data", expected: "an object", found: payload.kind)
        }
        let list = try payload.list("domains", "Category", "SubCategory") ?? []
        places = list.compactMap { item in
            guard let id = item.first(of: "globaldomainid", "categoryId", "subCategoryId")?.wholeNumber,
                let name = item.text("domain", "categoryName", "subCategoryName")
            else { return nil }
            return GlossaryPlace(id: id, name: name)
        }
    }
}
