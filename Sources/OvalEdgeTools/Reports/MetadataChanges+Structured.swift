import JSON
import OvalEdge
import Rendering

extension MetadataChanges {
    private static let mostRowChanges = 6

    /// The reply for programs: links that lead into the product, no text made for people.
    func structured(links: LinkBase, topic: ChangeTopic) -> JSON {
        var data = json.payload
        data["formattedResponse"] = nil
        if data["columnChanges"]?.array != nil { data["columnChanges"] = .array(ordered(by: topic).map { $0.json }) }
        return .members(
            ("totalChanges", .int(total)),
            ("complete", true),
            ("message", json.messageBesideData.map { .string(Untrusted.cleaned($0)) }),
            ("largestGrowth", Self.rows(growth)),
            ("largestLosses", Self.rows(losses)),
            ("data", Structured(links: links).enriched(linked(data, links)))
        )
    }

    /// What is asked for first, because the end of a long list is left out.
    private func ordered(by topic: ChangeTopic) -> [ColumnChange] {
        columns.filter { topic.kinds.contains($0.kind) } + columns.filter { !topic.kinds.contains($0.kind) }
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
