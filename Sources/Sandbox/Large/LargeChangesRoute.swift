import HTTP
import JSON

/// `POST metadata-changes-between-crawls` of the large catalog, which knows who changed what.
enum LargeChangesRoute {
    static func changes(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let body = call.body else { return .refusal(.badRequest, "The body must be a JSON object") }
        let name = body["connectionName"]?.string ?? "snowflake_prod"
        guard catalog.all(.connection).contains(where: { $0.name.equals(name) }) else {
            return .refusal(.notFound, "No connection named \(name)")
        }
        let crawls = name.equals("snowflake_prod") ? crawls(body) : []
        guard let last = crawls.last, let before = LargeChange.crawls.last(where: { $0.id < crawls.first?.id ?? 0 })
        else {
            return .json([
                "ok": true,
                "data": [
                    "contextHeader": ["connection": .string(name)], "rollup": ["totalChanges": "0"],
                    "fallback": ["show": "Y", "message": "There are no two crawls to compare."],
                ],
            ])
        }
        let changes = found(Set(crawls.map { $0.id }), body, in: catalog)
        var data = data(changes, call, catalog)
        data["analyzedFromTimestamp"] = .string(before.at)
        data["analyzedToTimestamp"] = .string(last.at)
        return .json(["ok": true, "data": data])
    }

    private static func crawls(_ body: JSON) -> ArraySlice<(id: Int, at: String)> {
        let all = LargeChange.crawls.dropFirst()
        if let first = body["fromCrawlId"]?.int {
            let last = body["toCrawlId"]?.int ?? .max
            return all.filter { $0.id > first && $0.id <= last }[...]
        }
        if let days = body["lastNDays"]?.int ?? body["lastNWeeks"]?.int.map({ min(max($0, 0), 1000) * 7 }) {
            return all.suffix(max(days + 6, 0) / 7)
        }
        let start = body["fromTimestamp"]?.string
        let end = body["toTimestamp"]?.string
        guard start != nil || end != nil else { return all.suffix(1) }
        return all.filter { $0.at >= start ?? "" && $0.at <= end ?? "9999" }[...]
    }

    private static func found(_ crawls: Set<Int>, _ body: JSON, in catalog: LargeCatalog) -> [LargeChange] {
        let schemas = (body["schemaNames"]?.array ?? []).compactMap { $0.string?.lowercased() }
        let tables = (body["tableNames"]?.array ?? []).compactMap { $0.string?.lowercased() }
        return LargeChange.all(in: catalog).filter { change in
            guard crawls.contains(change.crawl), let table = catalog[change.table] else { return false }
            return (schemas.isEmpty || schemas.contains(catalog.parent(of: table)?.folded ?? ""))
                && (tables.isEmpty || tables.contains(table.folded))
        }
    }

    private static func data(_ changes: [LargeChange], _ call: SandboxCall, _ catalog: LargeCatalog) -> JSON {
        var columns: [JSON] = []
        var tables: [JSON] = []
        var rows: [JSON] = []
        for change in changes {
            switch change.finding {
            case .rows(let delta):
                rows.append(
                    json(
                        of: change,
                        call,
                        catalog,
                        ("rowCountDelta", delta < 0 ? .string(LargeMess.separated(delta)) : .int(delta))
                    )
                )
            case .tableAdded: tables.append(json(of: change, call, catalog, ("changeType", "added")))
            case .tableRemoved: tables.append(json(of: change, call, catalog, ("changeType", "deleted")))
            case .columnAdded(let name):
                columns.append(json(of: change, call, catalog, ("columnName", .string(name)), ("changeType", "added")))
            case .columnRemoved(let name):
                columns.append(
                    json(of: change, call, catalog, ("columnName", .string(name)), ("changeType", "deleted"))
                )
            case .columnRetyped(let name, let from, let to):
                columns.append(
                    json(
                        of: change,
                        call,
                        catalog,
                        ("columnName", .string(name)),
                        ("changeType", "modified"),
                        ("previousDataType", .string(from)),
                        ("currentDataType", .string(to))
                    )
                )
            }
        }
        return [
            "contextHeader": ["connection": "snowflake_prod"], "rollup": rollup(changes),
            "columnChanges": .array(columns), "tableChanges": .array(tables), "rowCountChanges": .array(rows),
            "notableDeltas": .array(Array(rows.prefix(3))), "changeSummary": .string("\(changes.count) changes"),
            "fallback": ["show": "N"],
        ]
    }

    private static func json(
        of change: LargeChange,
        _ call: SandboxCall,
        _ catalog: LargeCatalog,
        _ members: (String, JSON)...
    ) -> JSON {
        let crawl = LargeChange.crawls.first { $0.id == change.crawl }?.at ?? ""
        var json: JSON = [
            "tableName": .string(catalog[change.table]?.name ?? ""),
            "redirectUrl": .string("\(call.base)/\(change.table.kind.navLink(change.table.id))"),
        ]
        for (name, value) in members { json[name] = value }
        json["changedBy"] = .string(change.person.user)
        json["changedOn"] = .string(crawl)
        return json
    }

    private static func rollup(_ changes: [LargeChange]) -> JSON {
        var counts: [String: Int] = [:]
        for change in changes {
            switch change.finding {
            case .rows: counts["rowCountChanges", default: 0] += 1
            case .tableAdded: counts["tablesAdded", default: 0] += 1
            case .tableRemoved: counts["tablesDeleted", default: 0] += 1
            case .columnAdded: counts["columnsAdded", default: 0] += 1
            case .columnRemoved: counts["columnsDeleted", default: 0] += 1
            case .columnRetyped: counts["columnsModified", default: 0] += 1
            }
        }
        counts["totalChanges"] = changes.count
        let names = [
            "columnsAdded", "columnsDeleted", "columnsModified", "rowCountChanges", "tablesAdded", "tablesDeleted",
            "totalChanges",
        ]
        return .object(
            JSONObject(names.compactMap { name in counts[name].map { .init(name, LargeMess.number($0, $0)) } })
        )
    }
}
