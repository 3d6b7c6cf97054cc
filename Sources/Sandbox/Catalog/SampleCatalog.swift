/// The catalog of an invented shop, held in memory; each sandbox has a copy of its own.
struct SampleCatalog: Sendable {
    struct Flow: Sendable {
        let from: Int
        let to: Int
        let origin: String
    }

    /// A piece of the product's own documentation.
    struct DocChunk: Sendable {
        let url: String
        let text: String
    }

    private(set) var assets: [Int: SampleAsset] = [:]
    /// In the order of the text, which is the order of equals in a search.
    private(set) var order: [Int] = []
    private(set) var flows: [Flow] = []
    private(set) var docs: [DocChunk] = []
    private(set) var crawls: [SampleCrawl] = []
    private(set) var changes: [SampleChange] = []
    /// Whether new tags must be below one at the top.
    var securesTags = false
    var quality = SampleQuality.sample
    var desk = SampleDesk()
    private var childIDs: [Int: [Int]] = [:]

    /// Read when it is first needed.
    static let sample = SampleText(SampleText.all).catalog

    mutating func add(_ asset: SampleAsset) {
        assets[asset.id] = asset
        order.append(asset.id)
        if let parent = asset.parent { childIDs[parent, default: []].append(asset.id) }
    }

    mutating func add(_ flow: Flow) { flows.append(flow) }
    mutating func add(_ chunk: DocChunk) { docs.append(chunk) }
    mutating func add(_ crawl: SampleCrawl) { crawls.append(crawl) }
    mutating func add(_ change: SampleChange) { changes.append(change) }

    mutating func set(_ fact: String, to value: String, of id: Int) { assets[id]?.facts[fact] = value }

    /// For what is new.
    var nextID: Int { (assets.keys.max() ?? 0) + 1 }

    var all: [SampleAsset] { order.compactMap { assets[$0] } }

    /// The object `id` when it is of the type `type`.
    func asset(_ id: Int, type: String) -> SampleAsset? {
        assets[id].flatMap { $0.kind.rawValue == type ? $0 : nil }
    }

    func parent(of asset: SampleAsset) -> SampleAsset? { asset.parent.flatMap { assets[$0] } }

    func children(of asset: SampleAsset) -> [SampleAsset] { (childIDs[asset.id] ?? []).compactMap { assets[$0] } }

    /// The asset itself, what it hangs in, what that hangs in, and so on.
    func lineage(of asset: SampleAsset) -> [SampleAsset] {
        var result = [asset]
        while let last = result.last, let parent = parent(of: last) { result.append(parent) }
        return result
    }

    func ancestor(of asset: SampleAsset, _ kind: SampleAsset.Kind) -> SampleAsset? {
        lineage(of: asset).first { $0.kind == kind }
    }

    /// `connection.schema.table.column`, `domain.category.term` and the like.
    func path(of asset: SampleAsset) -> String {
        lineage(of: asset).reversed().map { $0.name }.joined(separator: ".")
    }

    /// Owner, steward and the like come from the nearest container that names one; `none` ends the search.
    func role(_ role: String, of asset: SampleAsset) -> String? {
        let named = lineage(of: asset).lazy.compactMap { $0[role] }.first
        return named == "none" ? nil : named
    }
}
