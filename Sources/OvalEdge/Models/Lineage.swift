package import JSON

/// Where data comes from and where it goes: assets as nodes, flows of data as edges.
package struct Lineage: Model, Hashable {
    package enum Direction: String, CaseIterable, Sendable { case upstream, downstream }

    package struct Node: Hashable, Sendable {
        package let id: String
        package let asset: Asset
        package let hop: Int?
        package let direction: Direction?
    }

    package struct Edge: Hashable, Sendable {
        package let from: String
        package let to: String
        package let kind: String?
        package let json: JSON
    }

    package let rootID: String?
    package let nodes: [Node]
    package let edges: [Edge]
    /// How many hops the product reports to have followed, which may be fewer than it was asked for.
    package let depth: Int?
    /// How many assets and flows of the reply are left out, because they have no ids.
    package let unidentified: Int
    /// What holds nodes and edges, out of whatever the reply wraps it in.
    package let content: JSON
    package let json: JSON

    /// One without nodes, edges and root says nothing; one with empty lists says that there is no lineage.
    package static func isNothing(_ json: JSON) -> Bool {
        let content = json.payload.first(of: "lineage") ?? json.payload
        return content.object != nil && content.first(of: "nodes", "edges", "rootObjectId", "rootId") == nil
    }

    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        let content = payload.first(of: "lineage") ?? payload
        self.content = content
        depth = content["depth"]?.wholeNumber
        let sentNodes = try content.list("nodes") ?? []
        var nodes: [Node] = []
        nodes.reserveCapacity(sentNodes.count)
        for node in sentNodes {
            let asset = try Asset(node)
            guard let id = node.text("id", "objectId", "nodeId") else { continue }
            let direction = node.text("direction").flatMap { Direction(rawValue: $0.lowercased()) }
            nodes.append(Node(id: id, asset: asset, hop: node["hop"]?.wholeNumber, direction: direction))
        }
        self.nodes = nodes
        let sentEdges = try content.list("edges") ?? []
        edges = sentEdges.compactMap { edge in
            guard let from = edge.text("fromId", "from", "source"), let to = edge.text("toId", "to", "target") else {
                return nil
            }
            return Edge(from: from, to: to, kind: edge.text("lineageType", "type"), json: edge)
        }
        unidentified = sentNodes.count + sentEdges.count - nodes.count - edges.count
        rootID = content.text("rootObjectId", "rootId") ?? nodes.first { $0.hop == 0 }?.id
        self.json = json
    }
}
