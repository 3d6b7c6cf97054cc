package import JSON
package import MCP
package import OvalEdge
package import Rendering

package struct AssetDetails: OneAssetTool {
    package static let definition = ToolDefinition(
        name: "asset_details",
        title: "View asset details",
        effect: .reads,
        searchHint: "describe one table, column or report: owner, columns, profile, certification",
        summary:
            "Show everything the OvalEdge catalog holds about one asset: people, descriptions, profile, relationships.",
        guidance: """
            Use it when an asset is known by type and id, as `asset_explorer` returns them, or by a name that only it \
            has. Tables and files bring a profile of their columns (how many values are missing, distinct and \
            so on), tables also their relationships to other tables. Where data comes from and goes to is in \
            `asset_lineage`.

            Words: certification says how far an asset may be trusted; the data quality score runs from 0 to 100.
            """,
        view: .assetDetails
    )

    package var objectID: ObjectID?
    package let objectName: String?
    let objectType: ObjectType
    let firstRow: Int
    let detail: Detail

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id", "Id of the asset.")
        objectName = input.read("object_name", "Its name or full name, instead of the id.")
        objectType = input.read("object_type", "Kind of the asset, as the search returned it.")
        firstRow = input.read("first_row", "Row to begin with in long lists.", in: .counting, default: 1)
        detail = input.readDetail()
        checkSubject(&input)
    }

    package var assetType: ObjectType { objectType }

    package var request: APIRequest<Envelope<AssetRecord>> { .assetDetails(id: id, type: objectType) }

    private static let brief = SizeLimits(items: 40, characters: 1500)

    package func render(_ details: AssetRecord, links: LinkBase) -> SizedAnswer {
        let links = (base: links, structured: Structured(links: links, detail == .full ? .whole : .once))
        return SizedAnswer(
            detail.limits(Self.brief),
            more: "`detail` `full` shows more.",
            beyond: "The whole of it is in OvalEdge, behind the link."
        ) { limits in
            let rows = RowWindow(from: firstRow, of: details, in: limits)
            let shown = details.showing(rows.range)
            var text = Markdown()
            AssetReport(shown, rows, id: id, type: objectType, links: links.base, in: detail, limits).write(to: &text)
            if let advice = rows.advice { text.line("\n\(advice)") }
            return Answer(text.text, structured: rows.adding(to: links.structured.enriched(shown.json)))
        }
    }

    package static let outputSchema: JSON = Omissions.added(to: [
        "type": "object",
        "properties": [
            "ok": ["type": "boolean"],
            "rows": RowWindow.rowsSchema,
            "nextRow": RowWindow.nextSchema,
            "data": [
                "type": "object",
                "description": "The asset itself, or details, profile and relationships.",
                "properties": [
                    "details": ["type": "object", "description": "What the catalog says of the asset."],
                    "profile": ["description": "What is known of its content; columns where there are some."],
                    "relationships": ["description": "How it is tied to other tables."],
                    "redirectUrl": ["type": "string", "description": "A link for people."],
                ],
            ],
        ],
    ])
}
