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
            `asset_lineage`. To compare assets, give up to ten as `objects`: a few lines of each, next to each other.

            Words: certification says how far an asset may be trusted; the data quality score runs from 0 to 100.
            """,
        view: .assetDetails
    )

    package var objectID: ObjectID?
    package let objectName: String?
    let objectType: ObjectType?
    let objects: [AssetReference]
    let firstRow: Int
    let detail: Detail

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id", "Id of the asset.")
        objectName = input.read("object_name", "Its name or full name, instead of the id.")
        objectType = input.read("object_type", "Kind of the asset, as the search returned it.")
        objects = input.read("objects", "Instead of one: assets to compare, at most 10.", default: [])
        firstRow = input.read("first_row", "Row to begin with in long lists.", in: .counting, default: 1)
        detail = input.readDetail()
        guard !input.isMistaken("objects") else { return }
        if objects.isEmpty {
            if objectType == nil, !input.isMistaken("object_type") {
                input.note("object_type", "is missing: Kind of the asset, as the search returned it.")
            }
            checkSubject(&input)
        } else {
            checkObjects(&input)
        }
    }

    /// Of one asset from its first row on, as a resource shows it.
    package init(_ id: Int, _ type: ObjectType, in detail: Detail) {
        (objectID, objectName, objectType, objects) = (ObjectID(number: id), nil, type, [])
        (firstRow, self.detail) = (1, detail)
    }

    private func checkObjects(_ input: inout Arguments) {
        if objects.count > Self.mostCompared { input.note("objects", "holds more than \(Self.mostCompared) assets.") }
        if objectID != nil || objectName != nil || objectType != nil {
            input.note("Give `objects`, or one asset by `object_id` and `object_type`, not both.")
        }
    }

    private static let mostCompared = 10

    package var assetType: ObjectType { objectType ?? .oetable }

    package var request: APIRequest<Envelope<AssetRecord>> { .assetDetails(id: id, type: assetType) }

    private static let brief = SizeLimits(items: 40, characters: 1500)

    package func render(_ details: AssetRecord, links: LinkBase) -> SizedAnswer {
        let links = (base: links, structured: Structured(links: links, detail == .full ? .whole : .once))
        return SizedAnswer(
            detail.limits(Self.brief),
            more: "`detail` `full` shows more.",
            beyond: "The whole of it is in OvalEdge, behind the link."
        ) { limits in
            let lengths = [details.columns.count, details.relationships.count]
            let rows = ListWindow(from: firstRow, of: lengths, in: limits)
            let shown = details.showing(rows.range)
            var text = Markdown()
            AssetReport(shown, rows, of: lengths, id: id, type: assetType, links: links.base, in: detail, limits).write(
                to: &text
            )
            if let advice = rows.advice { text.note("\n\(advice)") }
            let structured = links.structured.enriched(shown.json)
            return Answer(text, structured: rows.isWhole ? structured : Self.telling(rows, of: lengths, structured))
        }
    }

    /// Columns and relationships are read by the same numbers.
    private static func telling(_ rows: ListWindow, of lengths: [Int], _ json: JSON) -> JSON {
        var json = json
        json["rows"] = [
            "first": .int(rows.first), "last": .int(rows.range.upperBound), "columns": .int(lengths[0]),
            "relationships": .int(lengths[1]),
        ]
        return rows.adding(to: json)
    }

    private static let rowsSchema: JSON = [
        "type": "object",
        "description": "Which columns and relationships are here, by number; how many there are of each.",
        "properties": [
            "first": ["type": "integer"], "last": ["type": "integer"], "columns": ["type": "integer"],
            "relationships": ["type": "integer"],
        ],
    ]

    package static let outputSchema: JSON = Omissions.added(to: [
        "type": "object",
        "properties": [
            "ok": ["type": "boolean"],
            "rows": rowsSchema,
            "nextRow": ListWindow.nextSchema,
            "objects": [
                "type": "array", "items": ["type": "object"],
                "description": "Of compared assets: details, columnNames.",
            ],
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

extension AssetDetails {
    private static let briefComparison = SizeLimits(items: 60)

    /// Several assets next to each other, as long as one of them is there; of the others is said why they are not.
    package func comparison(from ovalEdge: OvalEdgeAPI) async throws -> SizedAnswer? {
        guard !objects.isEmpty else { return nil }
        var seen: Set<String> = []
        let wanted = objects.map { (id: $0.objectID.number, type: $0.objectType) }
            .filter { seen.insert("\($0.type.rawValue) \($0.id)").inserted }
        let found = try await ovalEdge.records(wanted)
        let records = found.compactMap { try? $0.get() }
        let missing = zip(wanted, found).compactMap { asset, outcome -> Missing? in
            guard case .failure(let error) = outcome else { return nil }
            return ("\(code: "\(asset.type.rawValue) \(asset.id)")", error)
        }
        guard !records.isEmpty else { return SizedAnswer(try Self.failure(missing)) }
        let links = ovalEdge.links
        let structured = Structured(links: links, detail == .full ? .whole : .once)
        return SizedAnswer(
            detail.limits(Self.briefComparison),
            more: "`detail` `full` shows more.",
            beyond: "Ask for one of them."
        ) { limits in
            var text = Markdown()
            ComparisonReport(records, of: wanted.count, links: links, in: limits).write(to: &text)
            for (name, error) in missing { text.note("\(name) is not among them: \(escaped: error.what)") }
            let objects = records.map { record -> JSON in
                .members(
                    ("details", structured.enriched(record.asset.json)),
                    ("columnNames", record.columns.isEmpty ? nil : Untrusted.cleaned(.strings(record.columnNames)))
                )
            }
            return Answer(text, structured: ["ok": true, "objects": .array(objects)])
        }
    }

    private typealias Missing = (name: Inline, error: OvalEdgeError)

    /// None of them came; what else than that they are not there stood in the way is the answer.
    private static func failure(_ missing: [Missing]) throws(OvalEdgeError) -> Answer {
        if let other = missing.first(where: { $0.error.kind != .notFound }) { throw other.error }
        let names = missing.map { $0.name.text }.joined(separator: ", ")
        return .failure(
            "The catalog does not have \(names), or this account cannot see it. Look the ids up with a search, or omit "
                + "them."
        )
    }
}
