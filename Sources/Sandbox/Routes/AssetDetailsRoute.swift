import HTTP
import JSON

/// `GET asset-details`: one asset; tables and files with a profile, tables with their foreign keys.
enum AssetDetailsRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let id = call.number("objectId"), let type = call.text("objectType") else {
            return .refusal(.badRequest, "objectId and objectType are required")
        }
        guard let asset = catalog.asset(id, type: type), !asset.kind.isContainer else {
            return .refusal(.notFound, "No \(type) with objectId \(id)")
        }
        return .json(["ok": true, "data": data(of: asset, in: catalog)])
    }

    /// Flat for most types; in three parts for what has columns.
    private static func data(of asset: SampleAsset, in catalog: SampleCatalog) -> JSON {
        guard asset.kind == .oetable || asset.kind == .oefile else { return page(of: asset, in: catalog) }
        return .members(
            ("details", catalog.details(of: asset)),
            ("profile", profile(of: asset, in: catalog)),
            ("relationships", asset.kind == .oetable ? .array(relationships(of: asset, in: catalog)) : nil)
        )
    }

    /// A report or a query names the tables and files that it rests on.
    private static func page(of asset: SampleAsset, in catalog: SampleCatalog) -> JSON {
        var page = catalog.details(of: asset)
        guard asset.kind == .oechart || asset.kind == .oequery else { return page }
        let sources = catalog.flows.filter { $0.to == asset.id }.compactMap { catalog.assets[$0.from] }
        let tables = sources.filter { $0.kind == .oetable || $0.kind == .oefile }
        if !tables.isEmpty { page["sourceTables"] = .array(tables.map { catalog.reference(to: $0) }) }
        return page
    }

    static func profile(of asset: SampleAsset, in catalog: SampleCatalog) -> JSON {
        .members(
            ("rowCount", asset.json("rowCount")),
            ("columnCount", catalog.columnCount(of: asset).map { .int($0) }),
            ("columns", .array(catalog.children(of: asset).map { catalog.profile(of: $0) }))
        )
    }

    /// Foreign keys that leave this table, then those that lead to it.
    static func relationships(of table: SampleAsset, in catalog: SampleCatalog) -> [JSON] {
        let columns = catalog.all.filter { $0["ref"] != nil }
        let leaving = columns.filter { $0.parent == table.id }
        let arriving = columns.filter { $0["ref"]?.hasPrefix("\(table.id).") ?? false }
        return (leaving + arriving).compactMap { relationship($0, in: catalog) }
    }

    private static func relationship(_ column: SampleAsset, in catalog: SampleCatalog) -> JSON? {
        let reference = (column["ref"] ?? "").split(separator: ".", maxSplits: 1)
        guard reference.count == 2, let from = catalog.parent(of: column), let id = Int(reference[0]),
            let to = catalog.assets[id]
        else { return nil }
        return [
            "from": .string(from.name), "fromObjectId": .int(from.id), "fromColumn": .string(column.name),
            "to": .string(to.name), "toObjectId": .int(to.id), "toColumn": .string(String(reference[1])),
            "type": "FK",
        ]
    }
}
