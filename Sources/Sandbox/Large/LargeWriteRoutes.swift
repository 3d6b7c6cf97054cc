import HTTP
import JSON

/// Writes to the large catalog; what is written is seen by the next question.
enum LargeWriteRoutes {
    static func describe(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let target = target(call.body?["target"], catalog) else { return nothing }
        let descriptions = call.body?["descriptions"]
        let field = descriptions?["descriptionField"]?.string ?? descriptions?.object?.names.first ?? ""
        guard let text = descriptions?["description"]?.string ?? descriptions?[field]?.string else {
            return .refusal(.badRequest, "descriptions is empty")
        }
        if !isTrial(call) { catalog.write("businessDescription", text, to: target.key) }
        return .json([
            "status": "success", "target": json(of: target, call), "requestedFields": .strings([field]),
            "updatedFields": .strings([field]), "blockedFields": .null, "blockedReasons": .null,
        ])
    }

    static func assign(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let target = target(call.body?["target"], catalog) else { return nothing }
        let wanted = (call.body?["roleUpdates"]?.object?.members ?? []).map { ($0.name, $0.value.string ?? "") }
        for (role, user) in wanted {
            guard LargeCatalog.Role(rawValue: role) != nil else {
                return .refusal(.badRequest, "Governance role is not enabled: \(role)")
            }
            guard LargePerson.all.contains(where: { $0.user == user }) else {
                return .refusal(.badRequest, "There is no user \(user)")
            }
        }
        if !isTrial(call) { for (role, user) in wanted { catalog.write(role, user, to: target.key) } }
        return .json([
            "status": "success", "target": json(of: target, call), "updatedRoles": .strings(wanted.map { $0.0 }),
            "blockedRoles": .null,
        ])
    }

    static func mark(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let mark = call.body?["action"]?.string, ["Yes", "No", "None"].contains(mark) else {
            return .refusal(.badRequest, "action must be Yes, No or None")
        }
        let targets = (call.body?["targets"]?.array ?? []).compactMap { target($0, catalog) }
        guard !targets.isEmpty else { return .json(["ok": false, "message": "Some targets do not exist"]) }
        let results = targets.map { target -> JSON in
            let was = catalog.isCritical(target)
            var result = json(of: target, call)
            result["previousCde"] = LargeMess.mark(was, target.id)
            result["updatedCde"] = .string(mark)
            result["blocked"] = "N"
            result["noChange"] = LargeMess.flag(was == (mark == "Yes"), target.id)
            return result
        }
        if !isTrial(call) { for target in targets { catalog.write("criticalDataElement", mark, to: target.key) } }
        return .json(["ok": true, "data": ["status": "success", "results": .array(results)]])
    }

    static func field(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let asset = catalog.asset(call.number("objectId"), type: call.text("objectType")) else { return nothing }
        let name = call.text("fieldName") ?? ""
        let options = ["Region": ["EMEA", "APAC", "AMER"], "Retention": LargeCatalog.retention]
        guard let known = options.first(where: { $0.key.equals(name) }) else {
            return .json(["ok": true, "data": ["fields": .null]])
        }
        let value = catalog.customFields(of: asset).first { $0.name == known.key }?.value
        return .json([
            "ok": true,
            "data": [
                "fields": [
                    [
                        "fieldName": .string(known.key), "type": "code",
                        "allowMultiple": .string(known.key == "Region" ? "Y" : "N"),
                        "currentValue": value.map { .string($0) } ?? .null,
                        "options": .array(known.value.map { ["name": .string($0)] }),
                    ]
                ]
            ],
        ])
    }

    static func fill(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let target = target(call.body?["target"], catalog) else { return nothing }
        let updates = (call.body?["fieldUpdates"]?.array ?? []).compactMap { update in
            update["fieldName"]?.string.map { ($0, update["value"]?.string ?? "") }
        }
        if !isTrial(call) { for (name, value) in updates { catalog.write(name, value, to: target.key) } }
        let names: JSON = .strings(updates.map { $0.0 })
        return .json([
            "ok": true,
            "data": [
                "status": "success", "target": json(of: target, call), "requestedFields": names,
                "updatedFields": names, "blockedFields": [],
            ],
        ])
    }

    private static let nothing = HTTPResponse.refusal(.notFound, "No such object")

    private static func target(_ json: JSON?, _ catalog: LargeCatalog) -> LargeAsset? {
        catalog.asset(json?["objectId"]?.int, type: json?["objectType"]?.string)
    }

    private static func json(of asset: LargeAsset, _ call: SandboxCall) -> JSON {
        [
            "objectId": .int(asset.id), "objectType": .string(asset.kind.rawValue),
            "redirectUrl": .string("\(call.base)/\(asset.kind.navLink(asset.id))"),
        ]
    }

    private static func isTrial(_ call: SandboxCall) -> Bool { call.body?["options"]?["dryRun"] == true }
}
