import HTTP
import JSON

/// `POST metadata-changes-between-crawls`: what crawls found to be other than before.
enum MetadataChangesRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body else { return .refusal(.badRequest, "The body must be a JSON object") }
        if body["lastNDays"] != nil && body["lastNWeeks"] != nil {
            return .refusal(.badRequest, "Give lastNDays or lastNWeeks, not both")
        }
        let name = body["connectionName"]?.string
        let connections = catalog.all.filter { $0.kind == .connection && (name?.equals($0.name) ?? true) }
        guard !connections.isEmpty else { return .refusal(.notFound, "No connection named \(name ?? "")") }
        let period = CrawlPeriod(body, in: catalog, connections: connections.map { $0.id })
        guard !period.crawls.isEmpty else { return .json(["ok": true, "data": nothing(connections)]) }
        let found = changes(found: period, body, in: catalog)
        return .json(["ok": true, "data": data(found, period, connections, call, catalog)])
    }

    private static func nothing(_ connections: [SampleAsset]) -> JSON {
        [
            "contextHeader": ["connection": .string(connections.map { $0.name }.joined(separator: ", "))],
            "rollup": ["totalChanges": 0],
            "fallback": ["show": true, "message": "No crawl was run in this period, so there is nothing to compare."],
        ]
    }

    private static func changes(
        found period: CrawlPeriod,
        _ body: JSON,
        in catalog: SampleCatalog
    ) -> [(SampleChange, table: String, schema: SampleAsset)] {
        let schemas = (body["schemaNames"]?.array ?? []).compactMap { $0.string?.lowercased() }
        let tables = (body["tableNames"]?.array ?? []).compactMap { $0.string?.lowercased() }
        let crawls = Set(period.crawls.map { $0.id })
        return catalog.changes.compactMap { change in
            guard crawls.contains(change.crawl), let asset = catalog.assets[change.asset],
                let schema = catalog.ancestor(of: asset, .oeschema)
            else { return nil }
            var table = asset.name
            if case .tableRemoved(let name) = change.finding { table = name }
            guard schemas.isEmpty || schemas.contains(schema.name.lowercased()),
                tables.isEmpty || tables.contains(table.lowercased())
            else { return nil }
            return (change, table, schema)
        }
    }

    private static func data(
        _ found: [(SampleChange, table: String, schema: SampleAsset)],
        _ period: CrawlPeriod,
        _ connections: [SampleAsset],
        _ call: SandboxCall,
        _ catalog: SampleCatalog
    ) -> JSON {
        var columns: [JSON] = []
        var tables: [JSON] = []
        var rows: [JSON] = []
        for (change, table, _) in found {
            switch change.finding {
            case .rows(let delta): rows.append(row(table, delta, catalog.assets[change.asset], call, catalog))
            case .tableAdded: tables.append(["tableName": .string(table), "changeType": "added"])
            case .tableRemoved: tables.append(["tableName": .string(table), "changeType": "deleted"])
            default: columns.append(column(table, change.finding))
            }
        }
        let schemas = Dictionary(found.map { ($0.schema.id, $0.schema) }) { first, _ in first }
        let schema = schemas.count == 1 ? schemas.first?.value : nil
        let link = schema.map { catalog.navLink(of: $0) }
        return .members(
            (
                "contextHeader",
                .members(
                    ("connection", .string(connections.map { $0.name }.joined(separator: ", "))),
                    ("catalogSchema", schema.map { .string($0.name) }),
                    ("schemaId", schema.map { .int($0.id) })
                )
            ),
            ("rollup", rollup(found.map { $0.0 }, schemas: schemas.count)),
            ("columnChanges", .array(columns)),
            ("tableChanges", .array(tables)),
            ("rowCountChanges", .array(rows)),
            ("notableDeltas", .array(rows.filter { abs($0["rowCountDelta"]?.int ?? 0) >= 1000 })),
            ("redirectUrl", link.map { .string("\(call.base)/\($0)") }),
            ("changeSummary", .string(found.count == 1 ? "1 change" : "\(found.count) changes")),
            ("analyzedFromTimestamp", period.from.map { .string($0) }),
            ("analyzedToTimestamp", period.to.map { .string($0) }),
            ("fallback", ["show": false])
        )
    }

    private static func row(
        _ table: String,
        _ delta: Int,
        _ asset: SampleAsset?,
        _ call: SandboxCall,
        _ catalog: SampleCatalog
    ) -> JSON {
        .members(
            ("tableName", .string(table)),
            ("rowCountDelta", .int(delta)),
            ("redirectUrl", asset.map { .string("\(call.base)/\(catalog.navLink(of: $0))") })
        )
    }

    private static func column(_ table: String, _ finding: SampleChange.Finding) -> JSON {
        func change(_ name: String, _ type: String) -> JSON {
            ["tableName": .string(table), "columnName": .string(name), "changeType": .string(type)]
        }
        switch finding {
        case .columnAdded(let name, let type): return change(name, "added").with("current", type)
        case .columnRemoved(let name, let type): return change(name, "deleted").with("previous", type)
        case .columnRetyped(let name, let from, let to):
            return change(name, "modified").with("previous", from).with("current", to)
        case .columnData(let name):
            var json = change(name, "modified")
            json["detail"] = "Data modified"
            return json
        case .rows, .tableAdded, .tableRemoved: return ["tableName": .string(table)]
        }
    }

    private static func rollup(_ changes: [SampleChange], schemas: Int) -> JSON {
        var counts: [String: Int] = [:]
        for change in changes {
            switch change.finding {
            case .rows: counts["rowCountChanges", default: 0] += 1
            case .tableAdded: counts["tablesAdded", default: 0] += 1
            case .tableRemoved: counts["tablesDeleted", default: 0] += 1
            case .columnAdded: counts["columnsAdded", default: 0] += 1
            case .columnRemoved: counts["columnsDeleted", default: 0] += 1
            case .columnData: counts["columnsModified", default: 0] += 1
            case .columnRetyped(_, let from, let to):
                counts["columnsModified", default: 0] += 1
                let isLength = from.prefix { $0 != "(" } == to.prefix { $0 != "(" }
                counts[isLength ? "lengthChanges" : "dataTypeChanges", default: 0] += 1
            }
        }
        counts["totalChanges"] = changes.count
        counts["schemasModified"] = schemas
        let names = [
            "totalChanges", "schemasAdded", "schemasModified", "schemasRemoved", "tablesAdded", "tablesDeleted",
            "tablesModified", "columnsAdded", "columnsDeleted", "columnsModified", "rowCountChanges",
            "dataTypeChanges", "lengthChanges",
        ]
        counts["tablesModified"] = Set(changes.filter { $0.isInsideTable }.map { $0.asset }).count
        return .object(JSONObject(names.map { JSONObject.Member($0, .int(counts[$0] ?? 0)) }))
    }
}

extension SampleChange {
    fileprivate var isInsideTable: Bool {
        switch finding {
        case .rows, .tableAdded, .tableRemoved: false
        default: true
        }
    }
}

extension JSON {
    /// `VARCHAR(20)` as the product returns it: type and length each under a name of its own.
    fileprivate func with(_ when: String, _ type: String) -> JSON {
        var json = self
        let parts = type.split(separator: "(", maxSplits: 1)
        json["\(when)DataType"] = .string(String(parts[0]))
        if parts.count == 2 { json["\(when)Length"] = .string(String(parts[1].dropLast())) }
        return json
    }
}

/// The crawls that a request is about, and the one before them.
private struct CrawlPeriod {
    let crawls: [SampleCrawl]
    let from: String?
    let to: String?

    init(_ body: JSON, in catalog: SampleCatalog, connections: [Int]) {
        let all = catalog.crawls.filter { connections.contains($0.connection) }.sorted { $0.at < $1.at }
        // The first crawl of a connection has none to be compared with.
        let comparable = all.filter { crawl in all.contains { $0.connection == crawl.connection && $0.at < crawl.at } }
        let today = all.last.map { CalendarDay($0.at) }
        let days = body["lastNDays"]?.int ?? body["lastNWeeks"]?.int.map { min(max($0, 0), 1000) * 7 }
        let start = body["fromTimestamp"]?.string
        let end = body["toTimestamp"]?.string
        if let first = body["fromCrawlId"]?.int ?? body["toCrawlId"]?.int.map({ max($0, 1) - 1 }) {
            let last = body["toCrawlId"]?.int ?? .max
            crawls = comparable.filter { $0.id > first && $0.id <= last }
        } else if let days, let today {
            crawls = comparable.filter { today.number - CalendarDay($0.at).number < days }
        } else if start != nil || end != nil {
            crawls = comparable.filter { crawl in
                (start.map { crawl.at >= $0 } ?? true) && (end.map { crawl.at <= $0 || crawl.at.hasPrefix($0) } ?? true)
            }
        } else {
            crawls = connections.compactMap { id in comparable.last { $0.connection == id } }
        }
        let earliest = crawls.map { $0.at }.min()
        from = crawls.first { $0.at == earliest }.flatMap { first in
            all.last { $0.connection == first.connection && $0.at < first.at }?.at
        }
        to = crawls.map { $0.at }.max()
    }
}

/// A day as a number, to subtract days from.
private struct CalendarDay {
    let number: Int

    /// Reads the beginning of `2026-06-01T02:30:00`.
    init(_ text: String) {
        let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else {
            number = 0
            return
        }
        // Years begin in March, so that the leap day is the last.
        let year = parts[1] > 2 ? parts[0] : parts[0] - 1
        let month = (parts[1] + 9) % 12
        number = year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + parts[2]
    }
}
