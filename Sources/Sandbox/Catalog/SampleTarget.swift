import JSON

/// What a write is aimed at, named as writes name it.
struct SampleTarget {
    let asset: SampleAsset
    private let type: String

    /// Writes know some kinds under another name than searches.
    private static let kinds = [
        "oefilecolumn": "filecolumn", "apiobject": "oeapi", "apicolumn": "oeapicolumn", "code": "oequery",
    ]

    /// Nil when the catalog has nothing of that id and type.
    init?(_ json: JSON?, in catalog: SampleCatalog) {
        guard let id = json?["objectId"]?.int, let type = json?["objectType"]?.string else { return nil }
        self.init(id, type: type, in: catalog)
    }

    init?(_ id: Int, type: String, in catalog: SampleCatalog) {
        guard let asset = catalog.asset(id, type: type) ?? catalog.asset(id, type: Self.kinds[type] ?? type) else {
            return nil
        }
        self.asset = asset
        self.type = type
    }

    func json(_ call: SandboxCall, _ catalog: SampleCatalog) -> JSON {
        [
            "objectId": .int(asset.id), "objectType": .string(type),
            "redirectUrl": .string("\(call.base)/\(catalog.navLink(of: asset))"),
        ]
    }
}
