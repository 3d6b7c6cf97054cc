import HTTP
import JSON

/// `GET asset-details` of the large catalog; five tables are answered with next to nothing.
enum LargeDetailsRoute {
    static func details(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let asset = catalog.asset(call.number("objectId"), type: call.text("objectType")),
            !asset.kind.isContainer
        else { return .refusal(.notFound, "No such object") }
        if asset.kind == .oetable, let nothing = nothing(for: asset.id) { return nothing }
        return .json(["ok": true, "data": data(of: asset, in: catalog)])
    }

    private static func nothing(for id: Int) -> HTTPResponse? {
        switch id {
        case 1031: HTTPResponse(.ok)
        case 1032: .json(["ok": true, "data": .null])
        case 1033: .json(["ok": false, "message": "The object is locked by a running crawl"])
        case 1034: .json(["ok": true, "data": ["details": .null, "profile": .null]])
        case 1035: .json(["ok": true, "data": []])
        default: nil
        }
    }

    private static func data(of asset: LargeAsset, in catalog: LargeCatalog) -> JSON {
        guard asset.kind == .oetable || asset.kind == .oefile else { return catalog.details(of: asset) }
        return .members(
            ("details", catalog.details(of: asset)),
            (
                "profile",
                asset.kind == .oetable
                    ? ["columns": .array(catalog.columns(of: asset).map { catalog.profile(of: $0) })] : .null
            ),
            ("relationships", asset.kind == .oetable ? .array(relationships(of: asset, in: catalog)) : nil)
        )
    }

    /// Every `customer_id` in a schema named `SALES` leads to `dim_customer_master`.
    private static func relationships(of table: LargeAsset, in catalog: LargeCatalog) -> [JSON] {
        let leaving = catalog.columns(of: table).filter { $0.name == "customer_id" }
        let arriving = table.id == 1200 ? catalog.all(.oecolumn).filter { $0.name == "customer_id" } : []
        return (leaving + arriving).compactMap { column in
            guard let from = catalog.parent(of: column), catalog.schema(of: from)?.name == "SALES" else { return nil }
            return [
                "from": .string(from.name), "fromObjectId": .int(from.id), "fromColumn": "customer_id",
                "to": "dim_customer_master", "toObjectId": 1200, "toColumn": "id", "type": "FK",
            ]
        }
    }
}
