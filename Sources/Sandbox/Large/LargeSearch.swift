import JSON
import Text

/// What a search of the large catalog asks for.
struct LargeSearch {
    /// All but the page, so that the next page of the same search need not search again.
    typealias Question = JSON

    struct Found {
        let question: Question
        let rows: [LargeAsset]
        /// With those that are not shown.
        let count: Int
    }

    let question: Question
    let page: Int
    let limit: Int
    let kind: SampleAsset.Kind?
    let includesParent: Bool
    let includesChildren: Bool
    private let id: Int?
    private let name: String?
    private let terms: [String]
    private let topic: [String]
    private let placement: JSON?
    private let filters: [LargeFilter]
    private let order: LargeOrder

    init(_ body: JSON) throws(ExplorerSearch.Mistake) {
        let search = body["search"]
        page = max(search?["page"]?.int ?? 1, 1)
        limit = min(max(search?["limit"]?.int ?? 20, 1), 50)
        includesParent = body["includeParent"]?.bool ?? false
        includesChildren = body["includeChildren"]?.bool ?? false
        let type = body["objectType"]?.string?.nonBlank
        kind = type.flatMap { SampleAsset.Kind(rawValue: $0) }
        if let type, kind == nil, !ExplorerSearch.knows(type) {
            throw ExplorerSearch.Mistake(message: "Unknown objectType \(type)")
        }
        id = body["objectId"]?.int
        name = body["name"]?.string?.nonBlank?.lowercased()
        terms = (search?["searchTerms"]?.array ?? []).compactMap { $0.string?.nonBlank?.lowercased() }
        topic = search?["contextQuery"]?.string?.topicWords ?? []
        placement = body["glossaryPlacement"]
        filters = (body["filters"]?.object?.members ?? []).compactMap { LargeFilter($0.name, $0.value) }
        order = try LargeOrder(search?["sort"])
        question = Self.withoutPage(body)
    }

    private static func withoutPage(_ body: JSON) -> Question {
        guard var search = body["search"] else { return body }
        var question = body
        search["page"] = nil
        search["limit"] = nil
        question["search"] = search
        return question
    }

    /// Everything that fits, in the order asked for.
    func hits(in catalog: LargeCatalog) -> [LargeAsset] {
        let meaning = topic.isEmpty ? nil : LargeMeaning(topic)
        let kinds = kind.map { [$0] } ?? LargeCatalog.kinds.filter { meaning == nil || $0 != .oecolumn }
        var found: [(asset: LargeAsset, score: Int)] = []
        for asset in kinds.flatMap({ catalog.all($0) }) where fits(asset, catalog) {
            guard let score = score(asset, catalog) else { continue }
            guard let meaning else {
                found.append((asset, score))
                continue
            }
            let closeness = meaning.closeness(of: asset)
            if closeness > 0 { found.append((asset, score * 100 + closeness)) }
        }
        return order.sorted(found, in: catalog)
    }

    private func fits(_ asset: LargeAsset, _ catalog: LargeCatalog) -> Bool {
        (id == nil || id == asset.id)
            && (name.map { $0 == asset.folded || $0.contains(".") && $0 == catalog.path(of: asset).lowercased() }
                ?? true)
            && (placement.map { isPlaced(asset, $0, catalog) } ?? true)
            && filters.allSatisfy { $0.fits(asset, catalog) }
    }

    private func isPlaced(_ asset: LargeAsset, _ placement: JSON, _ catalog: LargeCatalog) -> Bool {
        let places: [(String, SampleAsset.Kind)] = [("domain", .oeglobaldomain), ("category", .category)]
        let ancestry = catalog.ancestry(of: asset)
        return asset.kind == .glossary
            && places.allSatisfy { word, kind in
                let place = ancestry.first { $0.kind == kind }
                let hasID = placement["\(word)Id"]?.int.map { $0 == place?.id } ?? true
                return hasID && placement["\(word)Name"]?.string.map { $0.equals(place?.name ?? "") } ?? true
            }
    }

    /// How well the words fit; nil when one of them occurs nowhere.
    ///
    /// Descriptions of columns are not searched.
    private func score(_ asset: LargeAsset, _ catalog: LargeCatalog) -> Int? {
        var total = 0
        for term in terms {
            if asset.folded == term {
                total += 100
            } else if asset.folded.holds(term) {
                total += 50
            } else if asset.kind != .oecolumn, catalog.description(of: asset)?.lowercased().holds(term) ?? false {
                total += 10
            } else {
                return nil
            }
        }
        return total
    }
}

/// How close names come to words that may be misspelt: by the pairs of letters that they share.
struct LargeMeaning {
    private let words: [Set<UInt16>]

    init(_ words: [String]) { self.words = words.flatMap { $0.split(separator: "_") }.map { Self.pairs($0.utf8) } }

    /// From 0 to 100; nothing below six tenths counts.
    func closeness(of asset: LargeAsset) -> Int {
        if asset.folded.utf8.count > 200 { return 0 }
        let parts = asset.folded.utf8.split { $0 == 0x5F || $0 == 0x20 }.map { Self.pairs($0) }
        let best = words.map { word in parts.map { Self.likeness(word, $0) }.max() ?? 0 }
        guard best.allSatisfy({ $0 >= 60 }) else { return 0 }
        return best.reduce(0, +) / best.count - max(parts.count - words.count, 0)
    }

    private static func likeness(_ a: Set<UInt16>, _ b: Set<UInt16>) -> Int {
        200 * a.intersection(b).count / max(a.count + b.count, 1)
    }

    private static func pairs(_ word: some Sequence<UInt8>) -> Set<UInt16> {
        var last: UInt16 = 0
        var pairs: Set<UInt16> = []
        for letter in word {
            pairs.insert(last << 8 | UInt16(letter))
            last = UInt16(letter)
        }
        return pairs
    }
}
