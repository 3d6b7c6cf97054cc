import HTTP
import JSON
import Text

/// `POST dq-intelligence/assess-cde` of the large catalog: no more than 100 objects at a time.
enum LargeAssessRoute {
    static func assess(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let body = call.body, body["discoverCdeColumns"] == true || body["objects"]?.array?.isEmpty == false
        else { return .refusal(.badRequest, "objects or discoverCdeColumns is required") }
        let limit = min(max(body["limit"]?.int ?? 50, 1), 100)
        let named = (body["objects"]?.array ?? []).compactMap {
            catalog.asset($0["objectId"]?.int, type: $0["objectType"]?.string)
        }
        let found =
            body["discoverCdeColumns"] == true ? catalog.all(.oecolumn).filter { catalog.isCritical($0) } : named
        let rows = found.prefix(limit).map { row(of: $0, call, catalog) }
        return .json(["ok": true, "data": ["assessedCount": .string(String(rows.count)), "rows": .array(rows)]])
    }

    private static func row(of asset: LargeAsset, _ call: SandboxCall, _ catalog: LargeCatalog) -> JSON {
        let rule = asset.index % 4
        let hasRule = catalog.hasRule(asset)
        let table = catalog.parent(of: asset)?.name ?? ""
        return [
            "objectId": .int(asset.id), "objectType": .string(asset.kind.rawValue),
            "tableColumnName": .string(asset.kind == .oecolumn ? "\(table).\(asset.name)" : asset.name),
            "descriptionSource": .string(catalog.description(of: asset) == nil ? "none" : "catalog"),
            "businessDescription": catalog.description(of: asset).map { .string($0) } ?? .null,
            "businessRule": .null, "recommendedFunction": .string(LargeRule.all[rule].function),
            "recommendedWorkflow": "function_based",
            "recommendedFunctionCandidates": [
                ["functionName": .string(LargeRule.all[rule].function), "score": "0.8", "matchReason": "profile"]
            ],
            "recommendedRule": .string(LargeRule.all[rule].name), "recommendedRuleId": .string("\(1001 + rule)"),
            "associatedToDqRule": hasRule.map { LargeMess.flag($0, asset.index / 31) } ?? .null,
            "existingRulesForFunction": [
                [
                    "dqruleId": .int(1001 + rule), "name": .string(LargeRule.all[rule].name),
                    "purpose": .string(LargeRule.all[rule].purpose),
                    "associatedToObject": hasRule.map { LargeMess.flag($0, asset.index / 31 + 1) } ?? .null,
                ]
            ],
            "objectRedirectUrl": .string("\(call.base)/\(asset.kind.navLink(asset.id))"),
            "dqRuleRedirectUrl": .string("\(call.base)/#nav/dqrule?id=\(1001 + rule)"),
        ]
    }
}

/// `GET lookup-dq-rules` of the large catalog.
enum LargeRulesRoute {
    static func rules(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        let found = LargeRule.all.enumerated().filter { number, rule in
            call.number("objectId").map { $0 == number + 1001 }
                ?? call.text("ruleName").map { rule.name.lowercased().holds($0.lowercased()) } ?? false
        }
        return .json([
            "ok": true,
            "data": .array(
                found.map { number, rule in
                    [
                        "objectId": .string("\(number + 1001)"), "objectType": "dqrule",
                        "objectName": .string(rule.name), "purpose": .string(rule.purpose),
                        "functionName": .string(rule.function), "associatedObjects": "1,040",
                        "steward": number % 2 == 0 ? "Priya Nair" : "N/A",
                        "redirectUrl": .string("\(call.base)/#nav/dqrule?id=\(number + 1001)"),
                    ]
                }
            ),
        ])
    }
}

/// A rule of the large catalog.
struct LargeRule {
    let name: String
    let function: String
    let purpose: String

    static let all = [
        LargeRule(
            name: "Value is filled",
            function: "Non-Null Validation",
            purpose: "Nothing that is needed is left out."
        ),
        LargeRule(name: "Value is unique", function: "Unique Value Validation", purpose: "Nothing is counted twice."),
        LargeRule(name: "Value lies in its range", function: "Range Check", purpose: "No amount is out of bounds."),
        LargeRule(name: "Value is on the list", function: "Value List Check", purpose: "Only agreed codes are used."),
    ]
}
