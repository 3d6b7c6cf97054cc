import JSON
import OvalEdge
import Rendering

extension MetadataChanges {
    /// The reply for programs: links that lead into the product, no text made for people; of each list these rows.
    func structured(_ lists: ChangeLists, _ rows: ListWindow, links: LinkBase, topic: ChangeTopic) -> JSON {
        let structured = JSON.members(
            ("totalChanges", .int(total)),
            ("complete", .bool(!comparesNothing)),
            ("message", json.messageBesideData.map { .string(Untrusted.cleaned($0)) }),
            ("largestGrowth", Self.rows(rows.of(lists.growth), links)),
            ("largestLosses", Self.rows(rows.of(lists.losses), links)),
            ("data", Structured(links: links).enriched(linked(data(lists, rows, topic), links)))
        )
        return rows.adding(to: structured)
    }

    private func data(_ lists: ChangeLists, _ rows: ListWindow, _ topic: ChangeTopic) -> JSON {
        var data = json.payload
        data["formattedResponse"] = nil
        let shown = lists.shown(in: rows)
        if data["columnChanges"]?.array != nil { data["columnChanges"] = .array(shown.columns.map { $0.json }) }
        if data["tableChanges"]?.array != nil { data["tableChanges"] = .array(shown.tables.map { $0.json }) }
        for name in ["tableSummaries", "rowCountChanges", "notableDeltas"] {
            guard let items = data[name]?.array else { continue }
            let isWanted = topic.showsRows || name == "tableSummaries"
            data[name] = .array(isWanted ? Array(rows.of(items)) : [])
        }
        return data
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

    private static func rows(_ deltas: ArraySlice<RowDelta>, _ links: LinkBase) -> JSON? {
        guard !deltas.isEmpty else { return nil }
        return .array(
            deltas.map { delta in
                .members(
                    ("tableName", .string(Untrusted.cleaned(delta.table))),
                    ("rowCountDelta", .int(delta.rows)),
                    ("redirectUrl", delta.link.map { .string(links.url($0)) }),
                    ("changedBy", delta.authorship.who.map { .string(Untrusted.cleaned($0)) }),
                    ("changedOn", delta.authorship.when.map { .string(Untrusted.cleaned($0)) })
                )
            }
        )
    }
}
