package import MCP
package import OvalEdge
package import Rendering

package struct AssetLineage: OneAssetTool {
    package static let definition = ToolDefinition(
        name: "asset_lineage",
        title: "Trace data lineage",
        effect: .reads,
        searchHint: "lineage upstream downstream impact, what feeds a table, where a number comes from",
        summary: "Trace where the data of a table or file comes from and where it goes, hop by hop.",
        guidance: """
            Use it for "what feeds this", "what breaks if this changes", "where does this number come from", and with \
            path_to for "how does this get there". It takes the type of a table or file and its id, as `asset_explorer` \
            returns them, or a name that only it has; other kinds have no lineage of their own, so ask for the table a column or report is based on. \
            Upstream is where data comes from, downstream where it goes; a hop is one step from asset to asset. Begin \
            with the usual depth and raise it only when the answer says that the way goes on.
            """,
        view: .assetLineage
    )

    package var objectID: ObjectID?
    package let objectName: String?
    let objectType: LineageType
    let depth: Int
    let direction: LineageDirection
    let onlyTypes: [AssetKind]
    let limitPerHop: Int
    let pathTo: ObjectID?
    let pathToType: AssetKind?

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id", "Id of the table or file.")
        objectName = input.read("object_name", "Its name or full name, instead of the id.")
        objectType = input.read("object_type", "oetable for a table, oefile for a file.")
        depth = input.read("depth", "How many hops to follow each way.", in: 0...Int(Int32.max), default: 2)
        direction = input.read("direction", "Which way to look.", default: .both)
        onlyTypes = input.read("only_types", "Show only these kinds, such as table or oechart.", default: [])
        limitPerHop = input.read("limit_per_hop", "How many assets of a hop to show.", in: 1...500, default: 20)
        pathTo = input.read("path_to", "Id of another asset: show only the shortest ways to or from it.")
        pathToType = input.read("path_to_type", "Kind of that asset, should another kind have the same id.")
        checkSubject(&input)
        if pathTo != nil, !onlyTypes.isEmpty {
            input.note("only_types", "does not go with `path_to`: a way leads through assets of every kind.")
        }
        if pathTo == nil, pathToType != nil { input.note("path_to_type", "needs `path_to`.") }
        if let pathTo, pathTo == objectID, pathToType == nil {
            input.note("path_to", "is where the way begins; give the id of another asset, or `path_to_type`.")
        }
    }

    package var assetType: ObjectType { objectType.objectType }

    package var request: APIRequest<Envelope<Lineage>> {
        .assetLineage(id: id, type: objectType.objectType, depth: depth)
    }

    package func render(_ lineage: Lineage, links: LinkBase) -> SizedAnswer {
        let walk = LineageWalk(lineage, around: id, type: objectType.objectType)
        let start = LineageStart(type: objectType.objectType, id: id, asked: depth, reply: lineage)
        if let pathTo {
            let path = LineagePath(walk, direction: direction, to: pathTo.number, pathToType)
            var text = Markdown()
            LineagePathReport(path, from: start).write(to: &text)
            return SizedAnswer(Answer(text.text, structured: structured(lineage, path, links: links)))
        }
        return SizedAnswer(more: "Narrow with `direction` or `only_types`.") { limits in
            let selection = LineageSelection(
                walk,
                direction: direction,
                kinds: onlyTypes,
                limitPerHop: limitPerHop,
                in: limits
            )
            var text = Markdown()
            LineageReport(selection, from: start, links: links).write(to: &text)
            return Answer(text.text, structured: structured(lineage, selection, links: links))
        }
    }
}
