package import JSON
import OvalEdge
import Rendering

extension AssetLineage {
    /// What the text shows and no more, so that both hold the same.
    func structured(_ trace: LineageTrace, _ selection: LineageSelection, _ links: LinkBase, isLean: Bool) -> JSON {
        let graph = LineageData(trace, isLean: isLean)
        var json = graph.json(nodes: { selection.shows($0) }, flows: { selection.shows($0) }, links)
        var summary = summary(of: trace)
        let rows = selection.rows
        summary["total"] = .int(rows.total)
        summary["returned"] = .int(selection.returned)
        summary["filteredOut"] = .int(rows.filteredOut)
        summary["cut"] = .int(selection.cut)
        json["summary"] = summary
        json["nextRow"] = selection.next.map { .int($0) }
        json["complete"] = .bool(selection.isWhole && trace.lineage.unidentified == 0 && trace.isToTheEnd)
        return json
    }

    func structured(_ trace: LineageTrace, _ path: LineagePath, links: LinkBase) -> JSON {
        let (keys, flows) = (path.keys, path.flows)
        var json = LineageData(trace).json(nodes: { keys.contains($0) }, flows: { flows.contains($0) }, links)
        json["summary"] = summary(of: trace)
        json["paths"] = .array(
            path.ways.map { ways in
                .members(
                    ("direction", .string(ways.direction.rawValue)),
                    ("hops", .int(ways.hops)),
                    ("count", .int(ways.count)),
                    ("complete", .bool(ways.count == ways.shown.count)),
                    ("ways", .array(ways.shown.map { way in .strings(way.map { trace.walk.reference(to: $0) }) }))
                )
            }
        )
        return json
    }

    func structured(
        _ trace: LineageTrace,
        _ rows: LineageRows,
        _ tally: LineageTally,
        _ window: ListWindow,
        _ links: LinkBase
    ) -> JSON {
        var json = LineageData(trace).json(nodes: { $0 == trace.walk.root.key }, flows: { _ in false }, links)
        var summary = summary(of: trace)
        summary["total"] = .int(rows.total)
        summary["filteredOut"] = .int(rows.filteredOut)
        json["summary"] = summary
        json["counts"] = .array(
            window.of(tally.entries).map { entry in
                .members(
                    ("name", entry.name.map { .string(Untrusted.cleaned($0)) }),
                    ("user", entry.user.map { .string(Untrusted.cleaned($0)) }),
                    ("count", .int(entry.count))
                )
            }
        )
        json["notFoundOut"] = tally.unknown > 0 ? .int(tally.unknown) : nil
        json["nextRow"] = window.next.map { .int($0) }
        json["complete"] = .bool(window.isWhole && tally.unknown == 0 && trace.isToTheEnd)
        return json
    }

    private func summary(of trace: LineageTrace) -> JSON {
        let walk = trace.walk
        var summary: JSON = [
            "upstream": .int(walk.count(of: .upstream)), "downstream": .int(walk.count(of: .downstream)),
            "upstreamByHop": .array(walk.upstream.map { .int($0.count) }),
            "downstreamByHop": .array(walk.downstream.map { .int($0.count) }),
            "depth": .int(reach),
            "hasCycle": .bool(walk.hasCycle),
        ]
        if trace.lineage.unidentified > 0 { summary["unidentified"] = .int(trace.lineage.unidentified) }
        if !walk.openIDs.isEmpty { summary["uncertainIds"] = .strings(walk.openIDs) }
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
                    "uncertainIds": [
                        "type": "array", "description": "Ids of several kinds whose flows are open.",
                        "items": ["type": "string"],
                    ],
                ],
            ],
            "complete": ["type": "boolean", "description": "Whether all asked for is here."],
            "nextRow": ListWindow.nextSchema,
            "message": ["type": "string", "description": "What OvalEdge says beside it."],
            "nodes": ["type": "array", "description": "The assets shown.", "items": ["type": "object"]],
            "edges": ["type": "array", "description": "Flows between them.", "items": ["type": "object"]],
            "paths": ["type": "array", "description": "The ways to path_to.", "items": ["type": "object"]],
            "counts": ["type": "array", "description": "How many of each.", "items": ["type": "object"]],
            "notFoundOut": ["type": "integer"],
        ],
        "required": ["summary"],
    ]
}

extension LineageWalk {
    /// `oetable 1`, or the id alone of what has no kind.
    func reference(to key: Lineage.Key) -> String { self[key]?.type.map { "\($0) \(key.id)" } ?? key.id }
}

extension LineageTrace {
    /// Whether no asset is known to be left from which the way may go on.
    var isToTheEnd: Bool {
        switch end {
        case .unasked: true
        case .nothing(let asked, let all): asked == all
        case .further(_, _, _, let left): left.isEmpty
        }
    }
}
