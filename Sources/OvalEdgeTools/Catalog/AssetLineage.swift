package import MCP
package import OvalEdge
package import Rendering

package struct AssetLineage: OneAssetTool {
    package static let definition = ToolDefinition(
        name: "asset_lineage",
        title: "Trace data lineage",
        effect: .reads,
        searchHint: "lineage upstream downstream impact, what feeds a table, where a number comes from",
        summary: "Trace where the data of an asset comes from and where it goes, hop by hop.",
        guidance: """
            Use it for "what feeds this", "what breaks if this changes", "whom does that concern" (count_by), "from which \
            file does it come in the end" (until), and with path_to for "how does this get there". It takes type and id, \
            as `asset_explorer` returns them, or a name that only it has. OvalEdge follows tables and files: for a \
            report, query or column it takes those that it rests on, and says so. Upstream is where data comes from, \
            downstream where it goes; a hop is one step from asset to asset. Begin with the usual depth and raise it \
            only when the answer says that the way goes on.
            """,
        view: .assetLineage
    )

    package var objectID: ObjectID?
    package let objectName: String?
    let objectType: LineageType
    private let depth: Int?
    let direction: LineageDirection
    let onlyTypes: [AssetKind]
    let until: AssetKind?
    let countBy: LineageCount?
    let limitPerHop: Int
    let firstRow: Int
    let pathTo: ObjectID?
    let pathToType: AssetKind?

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id", "Id of the asset.")
        objectName = input.read("object_name", "Its name or full name, instead of the id.")
        objectType = input.read("object_type", "Kind of the asset.")
        depth = input.read("depth", "How many hops each way: 2, with until 20.", in: 0...Int(Int32.max))
        direction = input.read("direction", "Which way to look.", default: .both)
        onlyTypes = input.read("only_types", "Show only these kinds, such as table or oechart.", default: [])
        until = input.read("until", "Follow every way to its first asset of this kind.")
        countBy = input.read("count_by", "Count the assets instead of listing them.")
        limitPerHop = input.read("limit_per_hop", "How many assets of a hop to show.", in: 1...500, default: 20)
        firstRow = input.read("first_row", "Row to go on with, through all hops.", in: .counting, default: 1)
        pathTo = input.read("path_to", "Id of another asset: show only the shortest ways.")
        pathToType = input.read("path_to_type", "Kind of that asset.")
        checkSubject(&input)
        checkPath(&input)
        if until != nil, !onlyTypes.isEmpty {
            input.note("only_types", "does not go with `until`, which is a kind, too.")
        }
    }

    private func checkPath(_ input: inout Arguments) {
        guard let pathTo else {
            if pathToType != nil { input.note("path_to_type", "needs `path_to`.") }
            return
        }
        if !onlyTypes.isEmpty {
            input.note("only_types", "does not go with `path_to`: a way leads through assets of every kind.")
        }
        if until != nil { input.note("until", "does not go with `path_to`: a way ends at one asset.") }
        if countBy != nil { input.note("count_by", "does not go with `path_to`, which lists one way.") }
        if pathTo == objectID, pathToType.map({ $0.means(assetType) }) ?? true {
            input.note("path_to", "is where the way begins; give the id of another asset, or `path_to_type`.")
        }
    }

    private static let usualDepth = 2
    /// As deep as lineage is followed where only its end is asked for.
    private static let depthToEnd = 20

    /// How many hops are followed each way.
    var reach: Int { depth ?? (until == nil ? Self.usualDepth : Self.depthToEnd) }

    package var assetType: ObjectType { objectType.objectType }

    package var request: APIRequest<Envelope<Lineage>> { .assetLineage(id: id, type: assetType, depth: reach) }

    package func looked(upIn ovalEdge: OvalEdgeAPI, _ context: RequestContext) async throws -> SizedAnswer {
        var reader = LineageReader(self, ovalEdge, context.progress)
        switch try await reader.read() {
        case .found(let trace): return render(trace, links: ovalEdge.links)
        case .nothing(let failure): return SizedAnswer(failure)
        }
    }

    package func render(_ lineage: Lineage, links: LinkBase) -> SizedAnswer {
        render(LineageTrace(lineage, of: id, assetType), links: links)
    }

    private func render(_ trace: LineageTrace, links: LinkBase) -> SizedAnswer {
        let start = LineageStart(trace, asked: reach)
        if let pathTo {
            let path = LineagePath(trace.walk, direction: direction, to: pathTo.number, pathToType)
            var text = Markdown()
            LineagePathReport(path, from: start).write(to: &text)
            return SizedAnswer(Answer(text, structured: structured(trace, path, links: links)))
        }
        let rows = LineageRows(trace.walk, direction: direction, kinds: onlyTypes, until: until)
        if let countBy { return counted(rows, by: countBy, start, links) }
        return listed(rows, start, links)
    }

    private func listed(_ rows: LineageRows, _ start: LineageStart, _ links: LinkBase) -> SizedAnswer {
        let most = LineageSelection(rows, from: firstRow, limitPerHop: limitPerHop, in: .whole).shownRows
        return SizedAnswer(
            LineageSelection.limits(of: most),
            more: "Narrow with `direction` or `only_types`, or go on with `first_row`.",
            fewest: LineageSelection.fewest,
            hasLean: true
        ) { limits in
            let selection = LineageSelection(rows, from: firstRow, limitPerHop: limitPerHop, in: limits)
            var text = Markdown()
            LineageReport(selection, from: start, links: links).write(to: &text)
            if limits.isLean { text.note("The data beside this text leaves out links and places, to hold more rows.") }
            return Answer(text, structured: structured(start.trace, selection, links, isLean: limits.isLean))
        }
    }

    private func counted(
        _ rows: LineageRows,
        by count: LineageCount,
        _ start: LineageStart,
        _ links: LinkBase
    ) -> SizedAnswer {
        let tally = LineageTally(rows, by: count, owners: start.trace.owners)
        return SizedAnswer(more: "Go on with `first_row`.", fewest: LineageSelection.fewest) { limits in
            let window = ListWindow(from: firstRow, of: [tally.entries.count], in: limits)
            var text = Markdown()
            LineageTallyReport(tally, window, rows, from: start).write(to: &text)
            return Answer(text, structured: structured(start.trace, rows, tally, window, links))
        }
    }
}
