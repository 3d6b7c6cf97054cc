package import JSON
import OvalEdge
import Rendering

extension AssetLineage {
    /// What the text shows and no more, so that both hold the same.
    func structured(_ lineage: Lineage, _ selection: LineageSelection, links: LinkBase) -> JSON {
        var json = graph(lineage, links: links, nodes: selection.shows, edges: selection.shows)
        var summary = summary(of: selection.walk, lineage)
        summary["total"] = .int(selection.total)
        summary["returned"] = .int(selection.returned)
        summary["filteredOut"] = .int(selection.filteredOut)
        summary["cut"] = .int(selection.cut)
        json["summary"] = summary
        json["complete"] = .bool(selection.cut == 0 && lineage.unidentified == 0)
        return json
    }

    func structured(_ lineage: Lineage, _ path: LineagePath, links: LinkBase) -> JSON {
        let (nodes, flows) = (path.nodes, path.flows)
        var json = graph(
            lineage,
            links: links,
            nodes: { nodes.contains($0) },
            edges: { flows.contains([$0.from, $0.to]) }
        )
        json["summary"] = summary(of: path.walk, lineage)
        json["paths"] = .array(
            path.ways.map { ways in
                .members(
                    ("direction", .string(ways.direction.rawValue)),
                    ("hops", .int(ways.hops)),
                    ("count", .int(ways.count)),
                    ("complete", .bool(ways.count == ways.shown.count)),
                    ("ways", .array(ways.shown.map { .strings($0) }))
                )
            }
        )
        return json
    }

    private func graph(
        _ lineage: Lineage,
        links: LinkBase,
        nodes isShown: (Lineage.Node) -> Bool,
        edges isFlowing: (Lineage.Edge) -> Bool
    ) -> JSON {
        var content = lineage.content
        content["nodes"] = .array(lineage.nodes.filter(isShown).map { $0.asset.json })
        content["edges"] = .array(lineage.edges.filter(isFlowing).map { $0.json })
        content["message"] = lineage.json.messageBesideData.map { .string($0) }
        return Structured(links: links, .once).enriched(content)
    }

    private func summary(of walk: LineageWalk, _ lineage: Lineage) -> JSON {
        var summary: JSON = [
            "upstream": .int(walk.count(of: .upstream)), "downstream": .int(walk.count(of: .downstream)),
            "upstreamByHop": .array(walk.upstream.map { .int($0.count) }),
            "downstreamByHop": .array(walk.downstream.map { .int($0.count) }),
            "depth": .int(depth),
            "hasCycle": .bool(walk.hasCycle),
        ]
        if lineage.unidentified > 0 { summary["unidentified"] = .int(lineage.unidentified) }
        return summary
    }

    package static let outputSchema: JSON = [
        "type": "object",
        "properties": [
            "summary": [
                "type": "object",
                "description": "Counts of all there is; total = returned + filteredOut + cut.",
                "properties": [
                    "upstream": ["type": "integer"],
                    "downstream": ["type": "integer"],
                    "upstreamByHop": ["type": "array", "items": ["type": "integer"]],
                    "downstreamByHop": ["type": "array", "items": ["type": "integer"]],
                    "depth": ["type": "integer"],
                    "hasCycle": ["type": "boolean"],
                    "total": ["type": "integer"],
                    "returned": ["type": "integer"],
                    "filteredOut": ["type": "integer"],
                    "cut": ["type": "integer"],
                    "unidentified": ["type": "integer", "description": "Assets and flows without ids, left out."],
                ],
            ],
            "complete": ["type": "boolean", "description": "Whether all asked for is here."],
            "message": ["type": "string", "description": "What OvalEdge says beside it."],
            "nodes": ["type": "array", "description": "The assets shown.", "items": ["type": "object"]],
            "edges": ["type": "array", "description": "Flows between them.", "items": ["type": "object"]],
            "paths": ["type": "array", "description": "The ways to path_to.", "items": ["type": "object"]],
        ],
        "required": ["summary"],
    ]
}
