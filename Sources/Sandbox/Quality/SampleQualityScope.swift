import JSON

/// What a request about data quality names: some objects, or all critical data elements, and how a check is chosen.
struct SampleQualityScope {
    let assets: [SampleAsset]
    private let body: JSON

    /// Objects that the catalog does not know are left out, as the product does.
    init(_ body: JSON, _ catalog: SampleCatalog) {
        let limit = min(max(body["limit"]?.int ?? 50, 1), 100)
        let found =
            body["discoverCdeColumns"] == true
            ? catalog.all.filter { $0.kind == .oecolumn && $0["criticalDataElement"] == "Yes" }
            : (body["objects"]?.array ?? []).compactMap { catalog.qualityAsset($0) }
        assets = Array(found.prefix(limit))
        self.body = body
    }

    /// Where the business rule of an asset was found, and what it says.
    func rule(of asset: SampleAsset, in catalog: SampleCatalog) -> (source: String, text: String?, message: String?) {
        if let field = body["descriptionCustomFieldName"]?.string {
            let values = asset.list("custom").map { $0.split(separator: "=", maxSplits: 1).map { String($0) } }
            let value = values.first { $0[0].equals(field) }?.last
            return ("customField", value, value == nil ? "There is no custom field \(field); nothing was read." : nil)
        }
        if let name = body["descriptionTermName"]?.string {
            let term = catalog.all.first { $0.kind == .glossary && $0.name.equals(name) }
            return ("term", term?["about"], term == nil ? "There is no term \(name); nothing was read." : nil)
        }
        return (asset["about"] == nil ? "none" : "catalog", asset["about"], nil)
    }

    func candidates(for asset: SampleAsset, in catalog: SampleCatalog) -> [SampleCheck.Candidate] {
        let texts = [rule(of: asset, in: catalog).text, body["supplementalCriteriaText"]?.string]
        return SampleCheck.candidates(
            for: asset,
            rule: texts.compactMap { $0 }.joined(separator: " "),
            preferring: body["preferredFunctionName"]?.string,
            excluding: (body["excludedFunctionNames"]?.array ?? []).compactMap { $0.string }
        )
    }
}

extension SampleCatalog {
    /// The object that `json` names, when a rule can check it.
    func qualityAsset(_ json: JSON) -> SampleAsset? {
        guard let id = json["objectId"]?.int, let type = json["objectType"]?.string else { return nil }
        let kind = type == "oefilecolumn" ? "filecolumn" : type
        guard ["oetable", "oecolumn", "oefile", "filecolumn"].contains(kind) else { return nil }
        return asset(id, type: kind)
    }

    /// `orders.order_id`, or the name alone of what has no table.
    func shortPath(of asset: SampleAsset) -> String {
        guard asset.kind == .oecolumn || asset.kind == .filecolumn, let table = parent(of: asset) else {
            return asset.name
        }
        return "\(table.name).\(asset.name)"
    }
}
