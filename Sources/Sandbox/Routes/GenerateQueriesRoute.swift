import HTTP
import JSON

/// `POST dq-intelligence/generate-queries`: the queries of a rule for one object, or a better way.
enum GenerateQueriesRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, body["objectId"]?.int != nil, body["objectType"]?.string != nil else {
            return .refusal(.badRequest, "objectId and objectType are required")
        }
        guard let asset = catalog.qualityAsset(body) else {
            return .refusal(.notFound, "There is no such object, or none that a rule can check")
        }
        return .json(["ok": true, "data": data(for: asset, body["businessRule"]?.string?.nonBlank, catalog)])
    }

    private static func data(for asset: SampleAsset, _ rule: String?, _ catalog: SampleCatalog) -> JSON {
        if rule == nil, let code = SampleQuality.code.first(where: { $0.fits.contains(asset.id) }) {
            return reuse(of: code.id, for: asset, catalog)
        }
        guard let text = rule ?? asset["about"] else { return ["status": "function_not_identified"] }
        if let other = otherSchema(in: text, than: asset, catalog) {
            return [
                "status": "cross_schema_blocked",
                "message": "The rule needs the schema \(other) too; a rule stays in one schema",
            ]
        }
        let best = SampleCheck.candidates(for: asset, rule: text).first
        if let best, best.score > 0.9 {
            return [
                "status": "function_based", "recommendedFunction": .string(best.function),
                "recommendedWorkflow": "function_based",
            ]
        }
        return queries(for: asset, catalog)
    }

    private static func reuse(of code: Int, for asset: SampleAsset, _ catalog: SampleCatalog) -> JSON {
        let rule = catalog.quality.rules.first { $0.codeObject == code }
        let action =
            rule.map { $0.assets.contains(asset.id) ? "already_associated" : "associate_existing_dqr" }
            ?? "create_from_code"
        return [
            "status": "code_found", "recommendedFunction": "SQL Exact Value", "recommendedWorkflow": "custom_sql",
            "reuseExistingCode": true, "recommendedCodeObjectId": .int(code),
            "recommendedReuseAction": .string(action), "context": context(of: asset, catalog),
            "matchingCodeObjects": [
                .members(("codeObjectId", .int(code)), ("dqruleId", rule.map { .int($0.id) }))
            ],
        ]
    }

    /// The schema of a table that the rule names, when it is another one.
    private static func otherSchema(in rule: String, than asset: SampleAsset, _ catalog: SampleCatalog) -> String? {
        let own = catalog.ancestor(of: asset, .oeschema)
        let words = Set(rule.words)
        let tables = catalog.all.filter { $0.kind == .oetable && words.contains($0.name.lowercased()) }
        let schemas = tables.compactMap { catalog.ancestor(of: $0, .oeschema) }
        guard !schemas.contains(where: { $0.id == own?.id }) else { return nil }
        return schemas.first?.name
    }

    private static func queries(for asset: SampleAsset, _ catalog: SampleCatalog) -> JSON {
        let column = asset.kind == .oetable || asset.kind == .oefile ? "*" : asset.name
        let holder = column == "*" ? asset : catalog.parent(of: asset) ?? asset
        let table = [catalog.ancestor(of: asset, .oeschema)?.name, holder.name].compactMap { $0 }
            .joined(separator: ".")
        let fails = condition(for: asset)
        return [
            "status": "generated", "recommendedFunction": "SQL Exact Value", "recommendedWorkflow": "custom_sql",
            "ruleQuery": .string("SELECT COUNT(*) AS failed\nFROM \(table)\nWHERE \(fails)"),
            "statsQuery": .string("SELECT COUNT(*) AS total\nFROM \(table)"),
            "failedValuesQuery": .string("SELECT \(column)\nFROM \(table)\nWHERE \(fails)"),
            "context": context(of: asset, catalog), "reuseExistingCode": false, "matchingCodeObjects": [],
        ]
    }

    private static func condition(for asset: SampleAsset) -> String {
        let type = asset["dataType"] ?? ""
        if type.isEmpty { return "1 = 0" }
        if type.hasPrefix("NUMBER") || type.hasPrefix("FLOAT") || type.lowercased().hasSuffix("int") {
            return "\(asset.name) IS NULL OR \(asset.name) < 0"
        }
        if type.uppercased() == "DATE" { return "\(asset.name) IS NULL OR \(asset.name) > CURRENT_DATE" }
        return "\(asset.name) IS NULL OR TRIM(\(asset.name)) = ''"
    }

    private static func context(of asset: SampleAsset, _ catalog: SampleCatalog) -> JSON {
        .members(
            ("connectionId", catalog.ancestor(of: asset, .connection).map { .int($0.id) }),
            ("schemaId", catalog.ancestor(of: asset, .oeschema).map { .int($0.id) })
        )
    }
}
