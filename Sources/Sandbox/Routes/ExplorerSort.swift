import JSON

/// The order of a search's hits.
struct ExplorerSort {
    typealias Hit = (asset: SampleAsset, score: Int)

    private enum Value {
        case number(Double)
        case text(String)
    }

    private let field: String
    private let isAscending: Bool

    init(_ sort: JSON?) throws(ExplorerSearch.Mistake) {
        field = sort?["field"]?.string?.lowercased() ?? "relevance"
        isAscending = sort?["direction"]?.string?.lowercased() == "asc"
        guard field == "relevance" || field == "name" || Self.facts[field] != nil else {
            throw ExplorerSearch.Mistake(message: "Unknown sort field \(field)")
        }
    }

    /// What has no value is last, in either direction.
    func sorted(_ hits: [Hit], in catalog: SampleCatalog) -> [SampleAsset] {
        if field == "relevance" {
            return hits.sorted { isAscending ? Self.isBetter($1, $0) : Self.isBetter($0, $1) }.map { $0.asset }
        }
        let valued = hits.map { (hit: $0, value: value(of: $0.asset, catalog)) }
        return valued.sorted { Self.precedes($0.value, $1.value, isAscending) }.map { $0.hit.asset }
    }

    private static func isBetter(_ a: Hit, _ b: Hit) -> Bool {
        (a.score, a.asset.number("popularity") ?? -1) > (b.score, b.asset.number("popularity") ?? -1)
    }

    private func value(of asset: SampleAsset, _ catalog: SampleCatalog) -> Value? {
        switch field {
        case "name": .text(asset.name.lowercased())
        case "created_date": asset["createdDate"].map { .text($0) }
        case "column_count": catalog.columnCount(of: asset).map { .number(Double($0)) }
        default: asset.number(Self.facts[field] ?? field).map { .number($0) }
        }
    }

    private static func precedes(_ a: Value?, _ b: Value?, _ isAscending: Bool) -> Bool {
        switch (a, b) {
        case (.number(let a)?, .number(let b)?): isAscending ? a < b : a > b
        case (.text(let a)?, .text(let b)?): isAscending ? a < b : a > b
        case (.some, nil): true
        default: false
        }
    }

    private static let facts = [
        "popularity": "popularity", "rating": "rating", "dq_index": "dqIndex", "curation_score": "curationScore",
        "row_count": "rowCount", "column_count": "columnCount", "null_density": "nullDensity", "density": "density",
        "created_date": "createdDate",
    ]
}
