package import JSON
import OvalEdge
import Rendering
import Text

// The same for programs.
extension AssetExplorer {
    /// The page number is given once, next to the data.
    func structured(_ found: AssetPage, _ findings: Findings, links: LinkBase) -> JSON {
        var json = structured(found.json, found.assets, links: links)
        if findings.isByMeaning { json["byMeaning"] = true }
        if !findings.paths.isEmpty { json = mapped(json) { withPath($0, findings) } }
        guard detail == .brief else { return json }
        for name in ["page", "limit", "total"] { json["data"]?[name] = nil }
        guard fields.isEmpty else { return json }
        let kept = members.names(in: found.assets)
        let rows = found.assets.map { $0.json }
        let omitted = Extent.seldomWanted.filter { name in
            !kept.contains(name) && rows.contains { $0[name] != nil }
        }
        if !omitted.isEmpty { json["omitted"] = .strings(omitted) }
        return json
    }

    func structured(_ reply: JSON, _ assets: [Asset], links: LinkBase) -> JSON {
        let kept = members.names(in: assets)
        let extent = detail == .full ? Extent.whole : .essence
        let json = Structured(links: links, extent, keeping: kept).enriched(reply)
        return mapped(json) { self.row($0, kept) }
    }

    /// With each asset of each list as `change` makes it.
    private func mapped(_ json: JSON, _ change: (JSON) -> JSON) -> JSON {
        guard let object = json.object else { return json }
        return .object(
            JSONObject(
                object.members.map { member in
                    switch (member.name, member.value) {
                    case ("data", .object): .init(member.name, mapped(member.value, change))
                    case ("items", .array(let rows)), ("glossaryTerms", .array(let rows)), ("tags", .array(let rows)):
                        .init(member.name, .array(rows.map(change)))
                    default: member
                    }
                }
            )
        )
    }

    /// Only what was named, where anything was, and of what it holds the part that the text shows, in short.
    private func row(_ row: JSON, _ kept: Set<String>) -> JSON {
        guard let object = row.object else { return row }
        return .object(
            JSONObject(
                object.members.compactMap { member in
                    if let children = member.value.array, Asset.childNames.contains(member.name) {
                        return .init(member.name, .array(children.dropFirst(firstRow - 1).map { inShort($0) }))
                    }
                    let isWanted = fields.isEmpty || Self.always.contains(member.name) || kept.contains(member.name)
                    return isWanted ? member : nil
                }
            )
        )
    }

    /// With what it lies in, from the root on.
    private func withPath(_ row: JSON, _ findings: Findings) -> JSON {
        guard let key = (try? Asset(row))?.key, let path = findings.paths[key] else { return row }
        var row = row
        row["path"] = .array(path.map { Untrusted.cleaned(inShort($0.json)) })
        return row
    }

    private func inShort(_ child: JSON) -> JSON {
        guard detail == .brief, let object = child.object else { return child }
        return .object(JSONObject(object.members.filter { Self.identifying.contains($0.name) }))
    }

    private static let identifying: Set = [
        "objectId", "objectType", "objectName", "id", "type", "name", "tagId", "tagName", "hasChildren", "redirectUrl",
    ]
    private static let always: Set = [
        "objectId", "objectType", "objectName", "id", "type", "name", "fullyQualifiedName", "redirectUrl", "parent",
        "parentTag",
    ]

    package static let outputSchema: JSON = .object(
        JSONObject([
            JSONObject.Member("type", "object"),
            JSONObject.Member(
                "properties",
                .object(
                    JSONObject(
                        (PageOfResults.schema + Omissions.schema.dropFirst() + surveySchema)
                            .map { JSONObject.Member($0, $1) } + [
                                JSONObject.Member("omitted", omittedSchema),
                                JSONObject.Member("ok", ["type": "boolean"]),
                                JSONObject.Member("data", ["type": "object", "properties": ["items": itemsSchema]]),
                            ]
                    )
                )
            ),
            JSONObject.Member("required", ["returned", "page", "limit", "complete"]),
        ])
    )

    private static let surveySchema: [(String, JSON)] = [
        ("read", ["type": "integer", "description": "How many were read for missing and count_by."]),
        ("lacking", ["type": "object"]),
        ("counts", ["type": "array", "items": ["type": "object"]]),
        ("nextRow", ["type": "integer"]),
        ("byMeaning", ["type": "boolean", "description": "True: nothing is called so; these are near in meaning."]),
    ]

    private static let omittedSchema: JSON = [
        "type": "array",
        "description": "Fields that only detail full has.",
        "items": ["type": "string"],
    ]

    private static let itemsSchema: JSON = [
        "type": "array",
        "items": [
            "type": "object",
            "properties": [
                "objectId": ["description": "What other tools take as object_id."],
                "objectType": ["type": "string"],
                "redirectUrl": ["type": "string", "description": "A link for people."],
            ],
        ],
    ]
}
