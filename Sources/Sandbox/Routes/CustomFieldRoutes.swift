import HTTP
import JSON

/// `GET custom-fields`: one field of an object, with its options and its value.
enum CustomFieldsRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let id = call.number("objectId"), let type = call.text("objectType"), let name = call.text("fieldName")
        else { return .refusal(.badRequest, "objectId, objectType and fieldName are required") }
        guard let target = SampleTarget(id, type: type, in: catalog) else {
            return .refusal(.notFound, "No \(type) with objectId \(id)")
        }
        let fields = SampleField.named(name).map { [json($0, on: target.asset)] } ?? []
        return .json(["ok": true, "data": ["fields": .array(fields)]])
    }

    private static func json(_ field: SampleField, on asset: SampleAsset) -> JSON {
        .members(
            ("fieldName", .string(field.name)),
            ("fieldKey", .string(field.key)),
            ("type", .string(field.type)),
            ("allowMultiple", .bool(field.allowsSeveral)),
            ("currentValue", field.value(on: asset).map { .string($0) }),
            ("options", .array(field.options.map { ["name": .string($0)] }))
        )
    }
}

/// `POST update-custom-field-values`: other values for some fields of one object.
enum UpdateCustomFieldsRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let target = SampleTarget(call.body?["target"], in: catalog) else {
            return .refusal(.notFound, "target.objectId and target.objectType lead to nothing")
        }
        let updates = call.body?["fieldUpdates"]?.array ?? []
        var wanted: [(field: SampleField, value: String)] = []
        for update in updates {
            let name = update["fieldKey"]?.string ?? update["fieldName"]?.string ?? ""
            guard let field = SampleField.named(name), let value = update["value"]?.string else {
                return .refusal(.badRequest, "Unknown custom field \(name), or no value for it")
            }
            wanted.append((field, value))
        }
        let options = call.body?["options"]
        let locked = wanted.filter { $0.field.isLocked }
        let holdsAll = options?["failOnBlockedField"] == true && !locked.isEmpty
        let free = holdsAll ? [] : wanted.filter { !$0.field.isLocked }
        if options?["dryRun"] != true {
            for (field, value) in free { catalog.set(field.fact, to: value, of: target.asset.id) }
        }
        let names = (wanted.map { $0.field.name }, free.map { $0.field.name }, locked.map { $0.field.name })
        return .json(["ok": true, "data": reply(target, names, call, catalog)])
    }

    private static func reply(
        _ target: SampleTarget,
        _ names: (requested: [String], updated: [String], blocked: [String]),
        _ call: SandboxCall,
        _ catalog: SampleCatalog
    ) -> JSON {
        let status = names.blocked.isEmpty ? "success" : names.updated.isEmpty ? "blocked" : "partial_success"
        return [
            "status": .string(status),
            "target": target.json(call, catalog),
            "requestedFields": .strings(names.requested),
            "updatedFields": .strings(names.updated),
            "blockedFields": .strings(names.blocked),
            "blockedReasons": .array(names.blocked.map { ["field": .string($0), "message": "The field is locked"] }),
            "audit": ["source": "OE-MCP"],
        ]
    }
}
