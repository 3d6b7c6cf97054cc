import HTTP
import JSON

/// `POST dq-intelligence/associate-rule-objects`: an existing rule for further objects.
enum AssociateRuleRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, let id = body["dqruleId"]?.int, let objects = body["objects"]?.array,
            !objects.isEmpty
        else { return .refusal(.badRequest, "dqruleId and objects are required") }
        guard catalog.quality.rule(id) != nil else { return .refusal(.notFound, "No rule with dqruleId \(id)") }
        var rows: [JSON] = []
        for object in objects {
            let asset = catalog.qualityAsset(object)
            let isNew = asset.map { catalog.quality.tie($0.id, to: id) } ?? false
            let status = isNew ? "associated" : asset == nil ? "failed" : "skipped"
            rows.append(
                .members(
                    ("objectId", object["objectId"]),
                    ("objectType", object["objectType"]),
                    ("status", .string(status)),
                    ("message", asset == nil ? "There is no such object" : isNew ? nil : "It has the rule already")
                )
            )
        }
        func count(_ status: String) -> JSON { .int(rows.count { $0["status"]?.string == status }) }
        return .json([
            "ok": true,
            "data": [
                "dqruleId": .int(id), "statusMessage": "done", "associatedCount": count("associated"),
                "skippedCount": count("skipped"), "failedCount": count("failed"), "rows": .array(rows),
            ],
        ])
    }
}
