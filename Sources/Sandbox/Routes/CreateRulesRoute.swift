import HTTP
import JSON

/// `POST dq-intelligence/create-rules`: rules of the functions that suit some objects.
enum CreateRulesRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, body["discoverCdeColumns"] == true || body["objects"]?.array?.isEmpty == false
        else { return .refusal(.badRequest, "objects or discoverCdeColumns is required") }
        let scope = SampleQualityScope(body, catalog)
        var rows: [JSON] = []
        for asset in scope.assets { rows.append(row(for: asset, scope, body, &catalog)) }
        return .json([
            "ok": true,
            "data": [
                "createdCount": count("created", rows), "associatedCount": count("associated", rows),
                "skippedCount": count("skipped", rows),
                "failedCount": .int(rows.count { ($0["dqruleId"] ?? .null).isNull }), "rows": .array(rows),
            ],
        ])
    }

    private static func row(
        for asset: SampleAsset,
        _ scope: SampleQualityScope,
        _ body: JSON,
        _ catalog: inout SampleCatalog
    ) -> JSON {
        guard let best = scope.candidates(for: asset, in: catalog).first else {
            return json(asset, "function_not_identified", nil)
        }
        let existing = catalog.quality.rules(making: best.function)
        if body["skipDuplicateFunctionOnObject"] != false,
            let same = existing.first(where: { $0.assets.contains(asset.id) })
        {
            return json(asset, "skipped", same, "The object has a rule of this function")
        }
        if body["preferExistingRule"] != false, let rule = existing.first {
            return json(asset, catalog.quality.tie(asset.id, to: rule.id) ? "associated" : "skipped", rule)
        }
        let made = catalog.quality.add(
            named: "\(catalog.shortPath(of: asset)) \(best.function)",
            function: best.function,
            purpose: body["supplementalCriteriaText"]?.string ?? "Made for \(catalog.shortPath(of: asset)).",
            on: [asset.id]
        )
        return json(asset, "created", made)
    }

    private static func json(
        _ asset: SampleAsset,
        _ status: String,
        _ rule: SampleRule?,
        _ message: String? = nil
    ) -> JSON {
        .members(
            ("objectId", .int(asset.id)),
            ("objectType", .string(asset.kind.rawValue)),
            ("status", .string(status)),
            ("ruleName", rule.map { .string($0.name) }),
            ("dqruleId", rule.map { .int($0.id) }),
            ("objectAssociated", .bool(rule != nil)),
            ("criteriaSource", rule.map { _ in "function_default" } ?? "unresolved"),
            ("criteriaMessage", status == "created" ? "defaults used" : nil),
            ("message", message.map { .string($0) })
        )
    }

    private static func count(_ status: String, _ rows: [JSON]) -> JSON {
        .int(rows.count { $0["status"]?.string == status })
    }
}
