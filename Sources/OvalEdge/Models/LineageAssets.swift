/// The assets of a lineage, each with a number and with what the reply says of its place.
///
/// The start has the number 0. An asset is its kind and id; what only flows name is there, too.
struct LineageAssets {
    struct Entry {
        let key: Lineage.Key
        /// The kind in the words of the reply.
        let type: String?
        let node: Lineage.Node?
        var upstream = Place.unknown
        var downstream = Place.unknown

        subscript(_ side: Lineage.Direction) -> Place {
            get { side == .upstream ? upstream : downstream }
            set { if side == .upstream { upstream = newValue } else { downstream = newValue } }
        }

        var isPlaced: Bool { upstream != .unknown || downstream != .unknown }
    }

    /// What a reply says of an asset on one side of the start.
    enum Place: Hashable {
        case unknown
        /// On this side, and not how far.
        case somewhere
        case hop(Int)

        var hop: Int? { if case .hop(let hop) = self { hop } else { nil } }
    }

    let rootID: String
    private(set) var entries: [Entry] = []
    private var byKey: [Lineage.Key: Int] = [:]
    private var byID: [String: [Int]] = [:]

    /// `id` and `type` say where to begin when the reply does not.
    init(_ lineage: Lineage, around id: Int, _ type: ObjectType?) {
        let named = lineage.rootID.map { rootID in lineage.nodes.filter { $0.id == rootID } } ?? []
        let asked = lineage.nodes.filter { $0.asset.id == String(id) }
        let root = Self.root(among: named, type) ?? Self.root(among: asked, type)
        rootID = root?.id ?? (lineage.nodes.isEmpty ? lineage.rootID : nil) ?? String(id)
        let key = root?.key ?? Lineage.Key(rootID, kind: type?.title)
        enter(
            Entry(
                key: key,
                type: root?.asset.type ?? type?.rawValue,
                node: root,
                upstream: .hop(0),
                downstream: .hop(0)
            )
        )
        for node in lineage.nodes where node.key != key { enter(node, atMost: lineage.nodes.count) }
    }

    /// A node of another kind that has the id of the start is not the start.
    private static func root(among nodes: [Lineage.Node], _ type: ObjectType?) -> Lineage.Node? {
        nodes.first { $0.key.kind == type?.title && type != nil }
            ?? nodes.first { $0.hop == 0 }
            ?? nodes.first { type == nil || !LineageKinds.isKnown($0.key.kind ?? "") }
    }

    /// The first that is said of an asset on a side counts; a hop beyond the number of assets makes no sense.
    private mutating func enter(_ node: Lineage.Node, atMost count: Int) {
        let number = byKey[node.key] ?? enter(Entry(key: node.key, type: node.asset.type, node: node))
        guard let side = node.direction, entries[number][side] == .unknown else { return }
        let hop = node.hop.flatMap { (1...max(1, count)).contains($0) ? $0 : nil }
        entries[number][side] = hop.map { .hop($0) } ?? .somewhere
    }

    @discardableResult
    private mutating func enter(_ entry: Entry) -> Int {
        let number = entries.count
        entries.append(entry)
        byKey[entry.key] = number
        byID[entry.key.id, default: []].append(number)
        return number
    }

    /// Which assets an end of a flow may be: several where several kinds share its id and the flow does not say which.
    mutating func candidates(_ end: Lineage.End) -> [Int] {
        if let number = byKey[end.key], end.key.kind != nil { return [number] }
        let all = byID[end.id] ?? []
        guard let kind = end.key.kind else { return all.isEmpty ? [adding(end)] : all }
        let unnamed = all.filter { !LineageKinds.isKnown(entries[$0].key.kind ?? "") }
        if !unnamed.isEmpty { return unnamed }
        return all.isEmpty || LineageKinds.isKnown(kind) ? [adding(end)] : all
    }

    private mutating func adding(_ end: Lineage.End) -> Int {
        byKey[end.key] ?? enter(Entry(key: end.key, type: end.type, node: nil))
    }
}
