import JSON
import OvalEdge
import Rendering

/// Nodes and edges of a lineage for programs; each asset and each flow once, and each known by kind and id.
struct LineageData {
    private let trace: LineageTrace
    /// Without what says the same in each of hundreds of rows: links, places, and kinds that an id makes plain.
    private let isLean: Bool

    init(_ trace: LineageTrace, isLean: Bool = false) {
        self.trace = trace
        self.isLean = isLean
    }

    private struct Placed: Hashable {
        let key: Lineage.Key
        let direction: Lineage.Direction?
    }

    private struct Typed: Hashable {
        let flow: LineageWalk.Flow
        let kind: String?
    }

    func json(
        nodes isShown: (Lineage.Key) -> Bool,
        flows isFlowing: (LineageWalk.Flow) -> Bool,
        _ links: LinkBase
    ) -> JSON {
        let (lineage, walk) = (trace.lineage, trace.walk)
        var (nodes, edges): (Set<Placed>, Set<Typed>) = ([], [])
        var content = lineage.content
        if content.first(of: "rootObjectId", "rootId") == nil { content["rootObjectId"] = .string(walk.rootID) }
        content["rootObjectType"] = .string(trace.type.rawValue)
        content["nodes"] = .array(
            lineage.nodes.filter { node in
                isShown(node.key) && nodes.insert(Placed(key: node.key, direction: node.direction)).inserted
            }.map { json(of: $0) }
        )
        content["edges"] = .array(
            zip(lineage.edges, walk.flows).compactMap { edge, flow in
                guard let flow, isFlowing(flow), edges.insert(Typed(flow: flow, kind: edge.kind)).inserted else {
                    return nil
                }
                return json(of: edge, flow)
            }
        )
        content["message"] = lineage.json.messageBesideData.map { .string($0) }
        return Structured(links: links, .once).enriched(content)
    }

    private func json(of node: Lineage.Node) -> JSON {
        guard isLean, let object = node.asset.json.object else { return node.asset.json }
        return .object(JSONObject(object.members.filter { !Self.repeated.contains($0.name) }))
    }

    private static let repeated: Set<String> = [
        "navLink", "redirectUrl", "hyperlink", "fullyQualifiedName", "fullQualifiedName", "connectionName",
        "connection", "schemaName", "schema", "tableName", "connectionInfoId", "serverType",
    ]

    /// With the kinds of its ends where their ids are not enough.
    private func json(of edge: Lineage.Edge, _ flow: LineageWalk.Flow) -> JSON {
        let walk = trace.walk
        let isShared = walk.sharedIDs.contains(flow.from.id) || walk.sharedIDs.contains(flow.to.id)
        var json = edge.json
        if isLean, let object = json.object {
            json = .object(JSONObject(object.members.filter { Self.plain.contains($0.name) }))
        }
        if isShared {
            json["fromObjectType"] = walk[flow.from]?.type.map { .string($0) }
            json["toObjectType"] = walk[flow.to]?.type.map { .string($0) }
        }
        return json
    }

    private static let plain: Set<String> = ["fromId", "from", "source", "toId", "to", "target", "lineageType", "type"]
}
