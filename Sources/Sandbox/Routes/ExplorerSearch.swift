import JSON
import Text

/// What a search asks for, read from its body.
struct ExplorerSearch {
    struct Mistake: Error {
        let message: String
    }

    let page: Int
    let limit: Int
    let includesParent: Bool
    let includesChildren: Bool
    private let objectType: String?
    private let objectID: Int?
    private let name: String?
    private let terms: [String]
    private let topic: [String]
    private let placement: JSON?
    private let filters: [ExplorerFilter]
    private let sort: ExplorerSort

    init(_ body: JSON) throws(Mistake) {
        let search = body["search"]
        page = max(search?["page"]?.int ?? 1, 1)
        limit = min(max(search?["limit"]?.int ?? 20, 1), 50)
        includesParent = body["includeParent"]?.bool ?? false
        includesChildren = body["includeChildren"]?.bool ?? false
        objectType = body["objectType"]?.string?.nonBlank
        if let objectType, !Self.knows(objectType) {
            throw Mistake(message: "Unknown objectType \(objectType)")
        }
        objectID = body["objectId"]?.int
        name = body["name"]?.string?.nonBlank
        terms = (search?["searchTerms"]?.array ?? []).compactMap { $0.string?.nonBlank?.lowercased() }
        topic = search?["contextQuery"]?.string?.topicWords ?? []
        placement = body["glossaryPlacement"]
        filters = (body["filters"]?.object?.members ?? []).compactMap { ExplorerFilter($0.name, $0.value) }
        sort = try ExplorerSort(search?["sort"])
    }

    /// Everything that fits, in the order asked for.
    func hits(in catalog: SampleCatalog) -> [SampleAsset] {
        let found = catalog.all.compactMap { asset in
            fits(asset, catalog) ? score(asset, catalog).map { (asset: asset, score: $0) } : nil
        }
        return sort.sorted(found, in: catalog)
    }

    func page(of hits: [SampleAsset]) -> [SampleAsset] {
        Array(hits.dropFirst(min(page - 1, hits.count) * limit).prefix(limit))
    }

    private func fits(_ asset: SampleAsset, _ catalog: SampleCatalog) -> Bool {
        !asset.kind.isContainer
            && (objectType == nil || objectType == asset.kind.rawValue)
            && (objectID == nil || objectID == asset.id)
            && (name.map { $0.equals(asset.name) || $0.equals(catalog.path(of: asset)) } ?? true)
            && (placement.map { isPlaced(asset, $0, catalog) } ?? true)
            && filters.allSatisfy { $0.fits(asset, catalog) }
    }

    private func isPlaced(_ asset: SampleAsset, _ placement: JSON, _ catalog: SampleCatalog) -> Bool {
        let places: [(String, SampleAsset.Kind)] = [
            ("domain", .oeglobaldomain), ("category", .category), ("subcategory", .subcategory),
        ]
        return asset.kind == .glossary
            && places.allSatisfy { word, kind in
                let place = catalog.ancestor(of: asset, kind)
                let hasID = placement["\(word)Id"]?.int.map { $0 == place?.id } ?? true
                let hasName = placement["\(word)Name"]?.string.map { $0.equals(place?.name ?? "") } ?? true
                return hasID && hasName
            }
    }

    /// How well the words fit; nil when one of the terms occurs nowhere, or nothing of the question does.
    private func score(_ asset: SampleAsset, _ catalog: SampleCatalog) -> Int? {
        if terms.isEmpty && topic.isEmpty { return 0 }
        let texts = ExplorerTexts(
            name: asset.name.lowercased(),
            path: catalog.path(of: asset).lowercased(),
            about: (asset["about"] ?? "").lowercased()
        )
        var total = 0
        for term in terms {
            guard let score = texts.score(term) else { return nil }
            total += score
        }
        let topicScore = topic.compactMap { texts.score($0) }.reduce(0, +)
        return terms.isEmpty && topicScore == 0 ? nil : total * 10 + topicScore
    }

    static func knows(_ objectType: String) -> Bool { objectTypes.contains(objectType) }

    private static let objectTypes: Set<String> = [
        "businessglossary", "chartchild", "code", "dp_domain", "dp_product", "filecolumn", "glossary", "mastertag",
        "oeapi", "oeapicolumn", "oechart", "oecode", "oecolumn", "oedomain", "oefile", "oefilecolumn",
        "oeglobaldomain", "oequery", "oeschema", "oestory", "oetable", "oetag", "storyzone",
    ]
}

/// Where a word may be found, all in lower case: a hit in the name weighs most.
private struct ExplorerTexts {
    let name: String
    let path: String
    let about: String

    func score(_ term: String) -> Int? {
        if name == term { return 100 }
        if name.hasPrefix(term) { return 70 }
        if name.holds(term) { return 50 }
        if path.holds(term) { return 20 }
        if about.holds(term) { return 10 }
        let words = term.split { $0.isWhitespace }.map { String($0) }
        guard words.count > 1 else { return nil }
        let scores = words.compactMap { score($0) }
        return scores.count == words.count ? scores.min() : nil
    }
}
