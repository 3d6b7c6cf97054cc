import HTTP
import JSON

/// `POST update-asset-descriptions`: some descriptions of one asset.
enum UpdateDescriptionsRoute {
    private static let facts = [
        "businessDescription": "about", "technicalDescription": "technical", "detailedDescription": "detailed",
        "domainDescription": "about", "tagDescription": "about", "masterTagDescription": "about",
    ]

    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, let id = body["target"]?["objectId"]?.int,
            let type = body["target"]?["objectType"]?.string
        else { return .refusal(.badRequest, "target.objectId and target.objectType are required") }
        let kind = type == "oefilecolumn" ? "filecolumn" : type
        guard let asset = catalog.asset(id, type: kind) else {
            return .refusal(.notFound, "No \(type) with objectId \(id)")
        }
        let texts = texts(in: body["descriptions"])
        guard !texts.isEmpty else { return .refusal(.badRequest, "descriptions is empty") }
        if body["options"]?["dryRun"] != true {
            for (name, text) in texts { if let fact = facts[name] { catalog.set(fact, to: text, of: id) } }
        }
        return .json(reply(to: texts.map { $0.0 }, asset, call, catalog))
    }

    private static func texts(in descriptions: JSON?) -> [(String, String)] {
        var texts = (descriptions?.object?.members ?? []).compactMap { member in
            facts[member.name] == nil ? nil : member.value.string.map { (member.name, $0) }
        }
        if let field = descriptions?["descriptionField"]?.string, facts[field] != nil,
            let text = descriptions?["description"]?.string
        {
            texts.append((field, text))
        }
        return texts
    }

    private static func reply(
        to names: [String],
        _ asset: SampleAsset,
        _ call: SandboxCall,
        _ catalog: SampleCatalog
    ) -> JSON {
        [
            "status": "success",
            "target": [
                "objectId": .int(asset.id), "objectType": .string(asset.kind.rawValue),
                "redirectUrl": .string("\(call.base)/\(catalog.navLink(of: asset))"),
            ],
            "requestedFields": .strings(names),
            "updatedFields": .strings(names),
            "blockedFields": [],
            "blockedReasons": [],
            "audit": ["source": "OE-MCP"],
        ]
    }
}
