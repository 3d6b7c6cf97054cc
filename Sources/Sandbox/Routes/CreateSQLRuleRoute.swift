import HTTP
import JSON

/// `POST dq-intelligence/create-sql-rule`: one rule of three queries, or of a stored one.
enum CreateSQLRuleRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, let name = body["ruleName"]?.string?.nonBlank,
            let function = body["recommendedFunction"]?.string?.nonBlank
        else { return .refusal(.badRequest, "ruleName and recommendedFunction is required") }
        let objects = [body] + (body["additionalObjects"]?.array ?? [])
        let assets = objects.compactMap { catalog.qualityAsset($0) }
        guard assets.count == objects.count else { return .refusal(.notFound, "One of the objects does not exist") }
        let code = body["codeObjectId"]?.int
        if let code, catalog.asset(code, type: "oequery") == nil {
            return .refusal(.notFound, "No code with codeObjectId \(code)")
        }
        guard code != nil || body["ruleQuery"]?.string?.nonBlank != nil else {
            return .refusal(.badRequest, "ruleQuery or codeObjectId is required")
        }
        let schemas = Set(assets.compactMap { catalog.ancestor(of: $0, .oeschema)?.id })
        if schemas.count > 1 {
            return .json([
                "ok": true,
                "data": ["status": "cross_schema_blocked", "message": "The objects lie in several schemas"],
            ])
        }
        let rule = catalog.quality.add(
            named: name,
            function: function,
            purpose: body["purpose"]?.string ?? "",
            codeObject: code,
            on: assets.map { $0.id }
        )
        return .json([
            "ok": true, "data": ["status": "created", "dqruleId": .int(rule.id), "ruleName": .string(rule.name)],
        ])
    }
}
