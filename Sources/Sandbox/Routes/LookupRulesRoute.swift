import HTTP
import JSON
import Text

/// `GET lookup-dq-rules`: the rule of an id, or those whose name has a text in it.
enum LookupRulesRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        let id = call.number("objectId")
        let name = call.text("ruleName")
        guard (id == nil) != (name == nil) else {
            return .refusal(.badRequest, "Either objectId or ruleName is required")
        }
        let limit = min(max(call.number("limit") ?? 25, 1), 100)
        let rules = catalog.quality.rules.filter { rule in
            rule.id == id || name.map { rule.name.lowercased().holds($0.lowercased()) } ?? false
        }
        return .json(["ok": true, "data": .array(rules.prefix(limit).map { json(of: $0, call) })])
    }

    private static func json(of rule: SampleRule, _ call: SandboxCall) -> JSON {
        [
            "objectId": .int(rule.id), "objectType": "dqrule", "objectName": .string(rule.name),
            "purpose": .string(rule.purpose), "functionName": .string(rule.function),
            "associatedObjects": .int(rule.assets.count), "steward": .string(rule.steward),
            "redirectUrl": .string("\(call.base)/#nav/dqrule?id=\(rule.id)"),
        ]
    }
}
