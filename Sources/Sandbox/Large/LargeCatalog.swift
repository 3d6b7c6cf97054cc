/// A catalog of 20,000 assets, as large and untidy as catalogs become; made from a seed when it is first asked.
///
/// Ids begin again for every kind. Columns lie in the order of their tables.
struct LargeCatalog: Sendable {
    static let firstID = 1001

    private var assets: [SampleAsset.Kind: [LargeAsset]] = [:]
    /// For each table the place of its first column, and the end of all.
    private var columnStarts = [0]
    /// What was written since it was made.
    private(set) var written: [LargeKey: [String: String]] = [:]
    let flows = LargeFlows()
    /// The last search, for its other pages.
    var lastSearch: LargeSearch.Found?

    init() {
        addContainers()
        addTables()
        addKeepers()
        addWords()
    }

    /// The kinds that a search finds.
    static let kinds: [SampleAsset.Kind] = [
        .oetable, .oechart, .oefile, .oequery, .glossary, .oetag, .oestory, .oeschema, .oedomain, .oeglobaldomain,
        .storyzone, .chartchild, .oecolumn,
    ]

    func all(_ kind: SampleAsset.Kind) -> [LargeAsset] { assets[kind] ?? [] }

    subscript(_ key: LargeKey) -> LargeAsset? {
        guard let all = assets[key.kind], all.indices.contains(key.id - Self.firstID) else { return nil }
        return all[key.id - Self.firstID]
    }

    func asset(_ kind: SampleAsset.Kind, _ id: Int) -> LargeAsset? { self[LargeKey(kind, id)] }

    /// The object of a request, when there is one.
    func asset(_ id: Int?, type: String?) -> LargeAsset? {
        guard let id, let kind = type.flatMap({ SampleAsset.Kind(rawValue: $0) }) else { return nil }
        return asset(kind, id)
    }

    func parent(of asset: LargeAsset) -> LargeAsset? { asset.parent.flatMap { self[$0] } }

    func columns(of table: LargeAsset) -> ArraySlice<LargeAsset> {
        guard table.kind == .oetable else { return [] }
        return all(.oecolumn)[columnStarts[table.index]..<columnStarts[table.index + 1]]
    }

    func columnCount(of table: LargeAsset) -> Int {
        table.kind == .oetable ? columnStarts[table.index + 1] - columnStarts[table.index] : 0
    }

    func children(of asset: LargeAsset) -> [LargeAsset] {
        switch asset.kind {
        case .oetable: Array(columns(of: asset))
        case .oeschema: all(.oetable).filter { $0.parent == asset.key }
        case .oetag: all(.oetag).filter { $0.parent == asset.key }
        case .oedomain: all(.oechart).filter { $0.parent == asset.key }
        case .oeglobaldomain, .category: all(.glossary).filter { $0.parent == asset.key }
        case .storyzone: all(.oestory).filter { $0.parent == asset.key }
        default: []
        }
    }

    /// The asset, what it hangs in, what that hangs in, and so on.
    func ancestry(of asset: LargeAsset) -> [LargeAsset] {
        var chain = [asset]
        while let last = chain.last, let parent = parent(of: last) { chain.append(parent) }
        return chain
    }

    func path(of asset: LargeAsset) -> String {
        ancestry(of: asset).reversed().map { $0.name }.joined(separator: ".")
    }

    mutating func write(_ fact: String, _ value: String, to key: LargeKey) {
        written[key, default: [:]][fact] = value
        lastSearch = nil
    }

    @discardableResult
    mutating func add(_ kind: SampleAsset.Kind, _ name: String, in parent: LargeKey? = nil) -> LargeKey {
        let key = LargeKey(kind, Self.firstID + (assets[kind]?.count ?? 0))
        assets[kind, default: []].append(LargeAsset(key, name, in: parent))
        lastSearch = nil
        return key
    }
}

extension LargeCatalog {
    private mutating func addContainers() {
        for connection in LargeNames.connections { add(.connection, connection.name) }
        for connection in 0..<4 {
            for schema in LargeNames.schemas { add(.oeschema, schema, in: LargeKey(.connection, 1001 + connection)) }
        }
        for group in 1...20 { add(.oedomain, "Report group \(group)", in: LargeKey(.connection, 1006)) }
        for zone in LargeNames.zones { add(.storyzone, zone) }
        for domain in LargeNames.domains {
            let place = add(.oeglobaldomain, domain)
            for category in LargeNames.categories { add(.category, category, in: place) }
        }
    }

    private mutating func addTables() {
        for index in 0..<2351 {
            let key = LargeKey(.oetable, Self.firstID + index)
            let special = LargeNames.tables[key.id]
            let schema = LargeKey(.oeschema, Self.firstID + (special?.schema ?? index % 40))
            add(.oetable, special?.name ?? Self.tableName(key), in: schema)
            addColumns(of: key, count: key.id == 1007 ? 900 : [5, 5, 6, 6, 8][index % 5])
        }
    }

    private static func tableName(_ key: LargeKey) -> String {
        let number = LargeAsset.roll(key, .name, below: 1950)
        return [
            LargeNames.stages[number % 10], LargeNames.entities[number / 10 % 15], LargeNames.suffixes[number / 150],
        ].joined(separator: "_")
    }

    private mutating func addColumns(of table: LargeKey, count: Int) {
        let start = LargeAsset.roll(table, .columns, below: 40)
        for position in 0..<count {
            let name =
                count == 900
                ? "metric_\(1001 + position)" : position == 0 ? "id" : LargeNames.columns[(start + position * 7) % 40]
            add(.oecolumn, name, in: table)
        }
        columnStarts.append(columnStarts[columnStarts.count - 1] + count)
    }

    /// Files, queries, and reports with their charts.
    private mutating func addKeepers() {
        for index in 0..<400 {
            let entity = LargeNames.entities[index % 15]
            add(.oefile, "\(entity)_\(202_401 + index / 15).parquet", in: LargeKey(.connection, 1005))
        }
        for index in 0..<300 {
            let entity = LargeNames.entities[index % 15]
            add(.oequery, "load_\(entity)_\(101 + index / 15)", in: LargeKey(.connection, 1001))
        }
        for index in 0..<900 {
            let name = "\(LargeNames.topics[index % 12]) \(LargeNames.forms[index / 12 % 5]) \(101 + index / 60)"
            add(.oechart, name, in: LargeKey(.oedomain, 1001 + index % 20))
        }
        for index in 0..<366 { add(.chartchild, "Chart \(index + 1)", in: LargeKey(.oechart, 1001 + index)) }
    }

    /// Glossary terms, tags and stories.
    private mutating func addWords() {
        for index in 0..<400 {
            let domain = index % 8
            let name =
                (40..<43).contains(index)
                ? "Active Customer"
                : "\(LargeNames.topics[index % 12]) \(LargeNames.suffixes[index % 13]) term \(101 + index / 12)"
            add(.glossary, name, in: LargeKey(.category, 1001 + domain * 3 + index / 8 % 3))
        }
        addTags()
        for story in LargeStory.all { add(.oestory, story.title, in: LargeKey(.storyzone, 1001 + story.zone)) }
    }

    /// Six at the top, three below each of them, two below each of those.
    private mutating func addTags() {
        let tops = ["Personal", "Financial", "Regulated", "Lifecycle", "Quality", "Region"].map { add(.oetag, $0) }
        for (top, key) in zip(LargeTag.names, tops) {
            for branch in top {
                let parent = add(.oetag, branch, in: key)
                for level in ["high", "low"] { add(.oetag, "\(branch) \(level)", in: parent) }
            }
        }
    }
}

/// The tags below those at the top.
enum LargeTag {
    static let names = [
        ["Contact", "Identity", "Health"], ["Salary", "Banking", "Tax"], ["GDPR", "SOX", "Retention"],
        ["Deprecated", "Planned", "Frozen"], ["Checked", "Doubtful", "Estimated"], ["EMEA", "APAC", "AMER"],
    ]
}
