package import JSON

/// Where data comes from and where it goes: assets as nodes, flows of data as edges.
package struct Lineage: Model, Hashable {
    package enum Direction: String, CaseIterable, Sendable { case upstream, downstream }

    /// Which asset is meant.
    ///
    /// OvalEdge counts each kind apart, so that an id alone does not say it.
    package struct Key: Hashable, Sendable {
        package let id: String
        /// In one word, whichever a reply has for the kind; nil where it has none.
        package let kind: String?

        package init(_ id: String, kind: String? = nil) {
            self.id = id
            self.kind = kind
        }
    }

    package struct Node: Hashable, Sendable {
        package let key: Key
        package let asset: Asset
        package let hop: Int?
        package let direction: Direction?

        package var id: String { key.id }
    }

    /// One end of a flow: which asset, and its kind as the reply writes it.
    package struct End: Hashable, Sendable {
        package let key: Key
        package let type: String?

        package var id: String { key.id }
    }

    package struct Edge: Hashable, Sendable {
        package let from: End
        package let to: End
        package let kind: String?
        package let json: JSON
    }

    package let rootID: String?
    package internal(set) var nodes: [Node]
    package internal(set) var edges: [Edge]
    /// How many hops the product reports to have followed, which may be fewer than it was asked for.
    package internal(set) var depth: Int?
    /// How many assets and flows of the reply are left out, because they have no ids.
    package internal(set) var unidentified: Int
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
        var kinds = LineageKinds()
        let sentNodes = try content.list("nodes") ?? []
        var nodes: [Node] = []
        nodes.reserveCapacity(sentNodes.count)
        for node in sentNodes {
            let asset = try Asset(node)
            guard let id = node.text("id", "objectId", "nodeId") else { continue }
            let direction = node.text("direction").flatMap { Direction(rawValue: $0.lowercased()) }
            let key = Key(id, kind: kinds.kind(asset.type))
            nodes.append(Node(key: key, asset: asset, hop: node["hop"]?.wholeNumber, direction: direction))
        }
        self.nodes = nodes
        let sentEdges = try content.list("edges") ?? []
        edges = sentEdges.compactMap { Edge($0, &kinds) }
        unidentified = sentNodes.count + sentEdges.count - nodes.count - edges.count
        rootID = content.text("rootObjectId", "rootId") ?? nodes.first { $0.hop == 0 }?.id
        self.json = json
    }
}

extension Lineage.Edge {
    /// Nil where an end has no id.
    fileprivate init?(_ json: JSON, _ kinds: inout LineageKinds) {
        guard let from = Self.end(json, ["fromId", "from", "source"], Self.sourceTypes, &kinds),
            let to = Self.end(json, ["toId", "to", "target"], Self.targetTypes, &kinds)
        else { return nil }
        self.init(from: from, to: to, kind: json.text("lineageType", "type"), json: json)
    }

    private static let sourceTypes = [
        "fromObjectType", "fromType", "sourceObjectType", "sourceType", "from_object_type", "source_type", "fromKind",
    ]
    private static let targetTypes = [
        "toObjectType", "toType", "targetObjectType", "targetType", "to_object_type", "target_type", "toKind",
    ]

    /// An end is an id and, in a member of its own, its kind; or an object that has both.
    private static func end(
        _ json: JSON,
        _ names: [String],
        _ types: [String],
        _ kinds: inout LineageKinds
    ) -> Lineage.End? {
        guard let value = json.first(of: names) else { return nil }
        let isObject = value.object != nil
        guard let id = isObject ? value.text("id", "objectId", "nodeId") : value.plainText else { return nil }
        let type = isObject ? value.text("objectType", "type") : json.first(of: types)?.plainText
        return Lineage.End(key: Lineage.Key(id, kind: kinds.kind(type)), type: type)
    }
}
