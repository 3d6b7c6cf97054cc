import HTTP
import JSON

/// `POST dq-intelligence/assess-cde`: which rules objects have, and which check suits them.
enum AssessQualityRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, body["discoverCdeColumns"] == true || body["objects"]?.array?.isEmpty == false
        else { return .refusal(.badRequest, "objects or discoverCdeColumns is required") }
        let scope = SampleQualityScope(body, catalog)
        let rows = scope.assets.map { row(of: $0, scope, catalog, base: call.base) }
        return .json(["ok": true, "data": ["assessedCount": .int(rows.count), "rows": .array(rows)]])
    }

    private static func row(
        of asset: SampleAsset,
        _ scope: SampleQualityScope,
        _ catalog: SampleCatalog,
        base: String
    ) -> JSON {
        let (source, text, message) = scope.rule(of: asset, in: catalog)
        let candidates = scope.candidates(for: asset, in: catalog)
        let existing = candidates.first.map { catalog.quality.rules(making: $0.function) } ?? []
        let best = existing.first { $0.assets.contains(asset.id) } ?? existing.first
        return .members(
            ("objectId", .int(asset.id)),
            ("objectType", .string(asset.kind.rawValue)),
            ("tableColumnName", .string(catalog.shortPath(of: asset))),
            ("descriptionSource", .string(source)),
            ("businessDescription", asset["about"].map { .string($0) }),
            ("businessRule", text.map { .string($0) }),
            ("descriptionMessage", message.map { .string($0) }),
            ("recommendedFunction", .string(candidates.first?.function ?? "Not Identified")),
            ("recommendedWorkflow", candidates.isEmpty ? "custom_sql" : "function_based"),
            ("recommendedFunctionCandidates", .array(candidates.map { json(of: $0) })),
            ("recommendedRule", .string(best?.name ?? "Not Available")),
            ("recommendedRuleId", best.map { .int($0.id) }),
            ("associatedToDqRule", .bool(!catalog.quality.rules(of: asset.id).isEmpty)),
            ("existingRulesForFunction", .array(existing.map { json(of: $0, on: asset) })),
            ("objectRedirectUrl", .string("\(base)/\(catalog.navLink(of: asset))")),
            ("dqRuleRedirectUrl", best.map { .string("\(base)/#nav/dqrule?id=\($0.id)") })
        )
    }

    private static func json(of candidate: SampleCheck.Candidate) -> JSON {
        [
            "functionName": .string(candidate.function), "score": .double(candidate.score),
            "matchReason": .string(candidate.reason),
        ]
    }

    private static func json(of rule: SampleRule, on asset: SampleAsset) -> JSON {
        [
            "dqruleId": .int(rule.id), "name": .string(rule.name), "purpose": .string(rule.purpose),
            "associatedToObject": .bool(rule.assets.contains(asset.id)), "successOperator": "=",
            "successValue1": "100",
        ]
    }
}
