package import JSON
import Text

/// One page of search results, with the glossary terms and tags found with them.
package struct AssetPage: Model, Hashable {
    package let items: [Asset]
    package let glossaryTerms: [Asset]
    package let tags: [CatalogTag]
    /// All that was found, whatever its kind.
    package let assets: [Asset]
    /// How many match in all; nil when the product does not return it.
    package let total: Int?
    /// How many rows OvalEdge sent, repeated ones among them.
    package let sent: Int
    /// How many there may be on a page, where the product returns that.
    package let limit: Int?
    package let json: JSON

    package static let isList = true

    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        guard payload.array != nil || payload.object != nil else {
            throw JSONMismatch(path: "data", expected: "an object", found: payload.kind)
        }
        let distinct = try DistinctAssets(json)
        let json = distinct.json
        items = try DistinctAssets.items(of: json).map { item throws(JSONMismatch) in try Asset(item) }
        glossaryTerms = try DistinctAssets.section(DistinctAssets.terms, of: json)
            .map { term throws(JSONMismatch) in try Asset(term) }
        tags = try DistinctAssets.section(DistinctAssets.tags, of: json)
            .map { tag throws(JSONMismatch) in try CatalogTag(tag) }
        assets = items + glossaryTerms + tags.map { $0.asset }
        sent = distinct.sent
        limit = payload.first(of: "limit")?.wholeNumber.flatMap { $0 > 0 ? $0 : nil }
        let counts = ["total", "totalCount", "totalHits", "totalItems"]
        total = (payload.first(of: counts) ?? json.first(of: counts))?.wholeNumber
        self.json = json
    }

    /// What identifies each of them.
    package var keys: Set<AssetKey> {
        Set(
            items.compactMap { $0.key } + glossaryTerms.compactMap { $0.key(as: .glossary) }
                + tags.compactMap { $0.asset.key(as: .oetag) }
        )
    }
}

/// A tag and its place among the tags.
package struct CatalogTag: Model, Hashable {
    package let asset: Asset
    package let parent: Asset?
    package let children: [Asset]
    package let masterID: String?
    package let isMaster: Bool

    package init(_ json: JSON) throws(JSONMismatch) {
        asset = try Asset(json)
        if let parent = json["parentTag"], parent.object != nil {
            self.parent = try Asset(parent)
        } else {
            parent = nil
        }
        children = try (json.list("childTags") ?? []).map { child throws(JSONMismatch) in try Asset(child) }
        let details = json["tagDetails"]?.listed ?? []
        masterID =
            json.text("masterTagId", "superParentTagId", "rootTagId")
            ?? details.firstNonNil { $0.text("masterTagId") }
        isMaster =
            [json["isRootTag"], json["isMasterTag"]].contains { $0?.flag == true } || json["objectType"] == "mastertag"
            || details.contains { $0["isRootTag"]?.flag == true }
    }

    /// The product's own link when it names the kind of object, else one made from what is known.
    package var link: NavLink? {
        if let link = asset.link, link.namesObjectType { return link }
        return asset.id.map { NavLink.tag($0, master: masterID, isMaster: isMaster) } ?? asset.link
    }
}
