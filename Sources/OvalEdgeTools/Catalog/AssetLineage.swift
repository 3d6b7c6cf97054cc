package import JSON
package import MCP
package import OvalEdge

package struct AssetLineage: OneRequestTool {
    package static let definition = ToolDefinition(
        name: "asset_lineage",
        title: "Trace data lineage",
        effect: .reads,
        summary: "Trace where the data of a table or file comes from and where it goes, hop by hop.",
        guidance: """
            Use it for "what feeds this", "what breaks if this changes" and "where does this number come from". It takes \
            the id and type of a table or file, as `asset_explorer` returns them; other kinds have no lineage of their \
            own, so ask for the table a column or report rests on. Upstream is where data comes from, downstream where it \
            goes; a hop is one step from asset to asset. Begin with the usual depth and raise it only when the answer \
            says that the way goes on.
            """
    )

    let objectID: ObjectID
    let objectType: LineageType
    let depth: Int

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id", "Id of the table or file.")
        objectType = input.read("object_type", "oetable for a table, oefile for a file.")
        depth = input.read("depth", "How many hops to follow each way.", in: 0...Int.max, default: 2)
    }

    package var request: APIRequest<Envelope<Lineage>> {
        .assetLineage(id: objectID.number, type: objectType.objectType, depth: depth)
    }

    package func render(_ lineage: Lineage, links: LinkBase) -> Draft {
        let walk = LineageWalk(lineage, around: objectID.number)
        var text = Markdown()
        LineageReport(walk, type: objectType.objectType, id: objectID.number, depth: depth, links: links)
            .write(to: &text)
        var structured = Structured(links: links).enriched(lineage.json)
        structured["summary"] = [
            "upstream": .int(walk.count(of: .upstream)), "downstream": .int(walk.count(of: .downstream)),
            "upstreamByHop": .array(walk.upstream.map { .int($0.count) }),
            "downstreamByHop": .array(walk.downstream.map { .int($0.count) }),
            "depth": .int(depth),
            "hasCycle": .bool(walk.hasCycle),
        ]
        return Draft(Answer(text.text, structured: structured))
    }

    package static let outputSchema: JSON = [
        "type": "object",
        "properties": [
            "summary": [
                "type": "object",
                "properties": [
                    "upstream": ["type": "integer", "description": "How many assets the data comes from."],
                    "downstream": ["type": "integer", "description": "How many assets the data goes to."],
                    "upstreamByHop": ["type": "array", "items": ["type": "integer"]],
                    "downstreamByHop": ["type": "array", "items": ["type": "integer"]],
                    "depth": ["type": "integer"],
                    "hasCycle": ["type": "boolean"],
                ],
            ],
            "rootObjectId": ["description": "The asset that was asked for."],
            "nodes": ["type": "array", "description": "Assets.", "items": ["type": "object"]],
            "edges": ["type": "array", "description": "Flows of data from one asset to another."],
            "data": ["type": "object", "description": "The same, where OvalEdge wraps its answer."],
        ],
        "required": ["summary"],
    ]
}
