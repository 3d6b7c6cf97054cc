/// The nodes of a lineage by their ids.
///
/// OvalEdge counts tables and files apart, so that two assets of different types may share an id. Flows name ids only
/// and are taken to mean the first of the two; the other one keeps what it says of itself.
struct LineageNodes {
    let rootID: String
    let root: Lineage.Node?
    private(set) var byID: [String: Lineage.Node] = [:]
    /// Nodes whose id another node of a different type has already.
    private(set) var twins: [Lineage.Node] = []

    /// `id` and `type` say where to begin when the reply does not.
    init(_ lineage: Lineage, around id: Int, _ type: ObjectType?) {
        let named = lineage.rootID.map { rootID in lineage.nodes.filter { $0.id == rootID } } ?? []
        let asked = lineage.nodes.filter { $0.asset.id == String(id) }
        let root = Self.root(among: named, type) ?? Self.root(among: asked, type)
        self.root = root
        rootID = root?.id ?? (lineage.nodes.isEmpty ? lineage.rootID : nil) ?? String(id)
        byID[rootID] = root
        for node in lineage.nodes {
            if let known = byID[node.id] {
                if known.asset.type != node.asset.type { twins.append(node) }
            } else {
                byID[node.id] = node
            }
        }
    }

    private static func root(among nodes: [Lineage.Node], _ type: ObjectType?) -> Lineage.Node? {
        nodes.first { $0.asset.objectType == type && type != nil } ?? nodes.first { $0.hop == 0 } ?? nodes.first
    }
}
