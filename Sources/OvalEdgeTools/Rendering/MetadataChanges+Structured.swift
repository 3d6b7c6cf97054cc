import JSON
import OvalEdge

extension MetadataChanges {
    /// How many of each list go on; what breaks most goes first.
    private static let limits = [
        ("columnChanges", 40), ("tableChanges", 60), ("rowCountChanges", 30), ("notableDeltas", 40),
        ("tableSummaries", 60),
    ]

    private static let mostRowChanges = 6

    /// The reply for programs: lists within their limits, links that lead into the product, no text made for people.
    func structured(links: LinkBase) -> JSON {
        var data = json.payload
        data["formattedResponse"] = nil
        if data["columnChanges"]?.array != nil { data["columnChanges"] = .array(columns.map { $0.json }) }
        var leftOut: [JSON] = []
        for (name, limit) in Self.limits {
            guard let items = data[name]?.array, items.count > limit else { continue }
            data[name] = .array(Array(items.prefix(limit)))
            leftOut.append(["list": .string(name), "returned": .int(limit), "total": .int(items.count)])
        }
        return .members(
            ("totalChanges", .int(total)),
            ("complete", .bool(leftOut.isEmpty)),
            ("leftOut", leftOut.isEmpty ? nil : .array(leftOut)),
            ("largestGrowth", Self.rows(growth)),
            ("largestLosses", Self.rows(losses)),
            ("data", Structured(links: links).enriched(linked(data, links)))
        )
    }

    /// Every page under its first name; addresses that do not lead into the product are dropped.
    private func linked(_ data: JSON, _ links: LinkBase) -> JSON {
        var data = data
        for page in Page.allCases {
            for name in page.names { data[name] = nil }
            if let link = link(to: page) { data[page.names[0]] = .string(links.url(link)) }
        }
        data["dataAvailability"]?["compareSchemaRedirectUrl"] = nil
        for list in ["notableDeltas", "rowCountChanges"] {
            guard let items = data[list]?.array else { continue }
            data[list] = .array(
                items.map { item in
                    var item = item
                    let link = item["redirectUrl"]?.string.flatMap { NavLink($0) }
                    item["redirectUrl"] = link.map { .string(links.url($0)) }
                    return item
                }
            )
        }
        return data
    }

    private static func rows(_ deltas: [RowDelta]) -> JSON? {
        guard !deltas.isEmpty else { return nil }
        return .array(
            deltas.prefix(mostRowChanges).map {
                ["tableName": .string(Untrusted.cleaned($0.table)), "rowCountDelta": .int($0.rows)]
            }
        )
    }
}
