/// One side of a lineage: how far each asset is from the start, and through which neighbours.
///
/// What a reply says of an asset's place holds; flows decide about the others, breadth first. On both sides is only what
/// the reply puts there, or what shares a cycle with the start.
struct LineageHops {
    /// From 1; empty ones between others are of assets that the reply does not show.
    private(set) var hops: [[Int]] = []
    private(set) var via: [[Int]]
    private var hopOf: [Int?]

    init(_ side: Lineage.Direction, _ assets: LineageAssets, _ graph: LineageGraph, _ cycles: LineageCycles) {
        let entries = assets.entries
        hopOf = entries.map { $0[side].hop }
        via = [[Int]](repeating: [], count: entries.count)
        for number in entries.indices.dropFirst() { if let hop = hopOf[number] { put(number, at: hop) } }
        let outward = graph.outward(side)
        var hop = 0
        while hop <= hops.count {
            for near in hop == 0 ? [0] : hops[hop - 1] {
                for far in outward[near] where hopOf[far] == nil {
                    let isFree = entries[far][side] == .somewhere || !entries[far].isPlaced
                    guard isFree || cycles.groups[far] == cycles.groups[0] else { continue }
                    hopOf[far] = hop + 1
                    put(far, at: hop + 1)
                }
            }
            hop += 1
        }
        for number in entries.indices where entries[number][side] == .somewhere && hopOf[number] == nil {
            hopOf[number] = 1
            put(number, at: 1)
        }
        connect(outward, inward: graph.inward(side))
    }

    private mutating func put(_ asset: Int, at hop: Int) {
        while hops.count < hop { hops.append([]) }
        hops[hop - 1].append(asset)
    }

    /// The neighbours one hop nearer; otherwise those that are nearer at all.
    private mutating func connect(_ outward: [[Int]], inward: [[Int]]) {
        for (index, near) in ([[0]] + hops).enumerated() {
            for asset in near {
                for far in outward[asset] where hopOf[far] == index + 1 { via[far].append(asset) }
            }
        }
        for asset in hops.joined() where via[asset].isEmpty {
            guard let hop = hopOf[asset] else { continue }
            via[asset] = inward[asset].filter { near in hopOf[near].map { $0 < hop } ?? false }
        }
    }
}
