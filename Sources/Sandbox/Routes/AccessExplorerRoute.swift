import HTTP
import JSON

/// `GET access-explorer`: permissions in the catalog, or rights in the one source system that reports its own.
enum AccessExplorerRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let direction = call.text("queryDirection") else {
            return .refusal(.badRequest, "queryDirection is required")
        }
        switch call.text("operation") {
        case "catalog_access": return CatalogAccess.answer(call, direction, catalog)
        case "source_system_access": return sourceAnswer(call, direction, catalog)
        default: return .refusal(.badRequest, "operation must be catalog_access or source_system_access")
        }
    }

    private static func sourceAnswer(_ call: SandboxCall, _ direction: String, _ catalog: SampleCatalog) -> HTTPResponse
    {
        guard let system = call.text("sourceSystem") else {
            return .refusal(.badRequest, "sourceSystem is required")
        }
        let connection = call.number("connectionId")
        if let connection, let type = catalog.assets[connection]?["serverType"], !type.equals(system) {
            return refusal("mcp.source.system.hint.mismatch", "Connection \(connection) is \(type), not \(system)")
        }
        guard system.equals("snowflake"), connection.map({ $0 == SampleRights.connection }) ?? true else {
            return refusal(
                "mcp.source.system.unsupported",
                "\(system) is not supported for native DAM. Continue with operation=catalog_access"
            )
        }
        switch direction {
        case "browse": return browse(call, catalog)
        case "user_to_objects", "object_to_users": return rights(call, direction, catalog)
        default: return .json(["ok": true, "data": members(call, direction)])
        }
    }

    private static func refusal(_ code: String, _ message: String) -> HTTPResponse {
        .json(["ok": false, "code": .string(code), "message": .string(message)], status: .badRequest)
    }

    private static func browse(_ call: SandboxCall, _ catalog: SampleCatalog) -> HTTPResponse {
        let kinds: [String: SampleAsset.Kind] = ["schema": .oeschema, "table": .oetable, "column": .oecolumn]
        guard let level = call.text("objectType"), let kind = kinds[level] else {
            return .refusal(.badRequest, "objectType must be schema, table or column")
        }
        let above = call.text("objectPath")
        let found = catalog.all.filter { asset in
            asset.kind == kind && catalog.ancestor(of: asset, .connection)?.id == SampleRights.connection
                && (above.map { path in catalog.parent(of: asset).map { ends(catalog.path(of: $0), path) } ?? false }
                    ?? true)
        }
        let objects = found.map { asset -> JSON in
            [
                "objectName": .string(asset.name), "objectType": .string(level),
                "objectPath": .string(catalog.path(of: asset)),
            ]
        }
        return .json(["ok": true, "data": ["objects": .array(objects)]])
    }

    /// Everything of a user, or everything on an object and on what it lies in.
    private static func rights(_ call: SandboxCall, _ direction: String, _ catalog: SampleCatalog) -> HTTPResponse {
        let users = call.query.filter { $0.name == "username" }.map { $0.value }
        let paths = call.query.filter { $0.name == "objectPath" }.map { $0.value }
        let objects = catalog.all.filter { asset in
            asset.id == call.number("objectId") || paths.contains { ends(catalog.path(of: asset), $0) }
        }
        let ids = Set(objects.flatMap { catalog.lineage(of: $0) }.map { $0.id })
        let isAboutUsers = direction == "user_to_objects"
        if !isAboutUsers && objects.isEmpty { return .json(["ok": true, "data": nothing("No such object is known")]) }
        let rights = SampleRights.all.filter { right in
            guard isAboutUsers else { return ids.contains(right.asset) }
            let holders = [right.holder] + SampleRights.users(of: right.holder)
            return (paths.isEmpty || ids.contains(right.asset))
                && holders.contains { holder in users.contains { $0.equals(holder) } }
        }
        let found = rights.flatMap { grants(of: $0, for: isAboutUsers ? users : nil, catalog) }
        guard !found.isEmpty else { return .json(["ok": true, "data": nothing("No permission available")]) }
        return .json(["ok": true, "message": "", "data": ["grants": .array(found), "ambiguousMatch": false]])
    }

    private static func nothing(_ advice: String) -> JSON {
        ["grants": [], "ambiguousMatch": false, "matchCandidates": [], "advisoryMessage": .string(advice)]
    }

    /// One for each member of the role, or one for the person who holds it alone.
    private static func grants(of right: SampleRight, for users: [String]?, _ catalog: SampleCatalog) -> [JSON] {
        guard let asset = catalog.assets[right.asset] else { return [] }
        let members = SampleRights.users(of: right.holder)
        let holders = members.isEmpty ? [right.holder] : members
        let wanted = holders.filter { holder in users.map { $0.contains { $0.equals(holder) } } ?? true }
        return wanted.map { holder in
            .members(
                ("principal", .string(holder)),
                ("objectLevel", .string(asset.kind == .oeschema ? "schema" : "table")),
                ("objectPath", .string(catalog.path(of: asset))),
                ("connectionId", .int(SampleRights.connection)),
                ("grantMechanism", .string(members.isEmpty ? "direct" : "role")),
                ("contributingRole", members.isEmpty ? nil : .string(right.holder)),
                ("privileges", .strings(right.privileges))
            )
        }
    }

    private static func members(_ call: SandboxCall, _ direction: String) -> JSON {
        let name = call.text("objectPath") ?? call.text("objectName") ?? ""
        let holders = SampleRights.all.filter { $0.privileges.contains { $0.equals(name) } }.map { $0.holder }
        switch direction {
        case "role_to_users": return list("users", SampleRights.users(of: name))
        case "user_to_roles": return list("roles", SampleRights.roles(of: call.text("username") ?? ""))
        case "role_to_privileges":
            return list("privileges", SampleRights.all.filter { $0.holder.equals(name) }.flatMap { $0.privileges })
        case "privilege_to_roles": return list("roles", holders.filter { !SampleRights.users(of: $0).isEmpty })
        case "privilege_to_principals": return list("principals", holders)
        default: return list("members", [])
        }
    }

    private static func list(_ name: String, _ names: [String]) -> JSON {
        var seen: Set<String> = []
        return .members((name, .array(names.filter { seen.insert($0).inserted }.map { ["name": .string($0)] })))
    }

    /// Whether a path ends with another one, whatever the case.
    static func ends(_ path: String, _ end: String) -> Bool {
        let parts = path.lowercased().split(separator: ".")
        let wanted = end.lowercased().split(separator: ".")
        return !wanted.isEmpty && parts.suffix(wanted.count) == wanted[...]
    }
}

/// Permissions in the catalog: owner, steward and custodian may write, analysts may read.
private enum CatalogAccess {
    static func answer(_ call: SandboxCall, _ direction: String, _ catalog: SampleCatalog) -> HTTPResponse {
        let name = call.text("fullyQualifiedName") ?? call.text("objectName")
        let type = call.text("objectType")
        let found = catalog.all.filter { asset in
            !asset.kind.isContainer && (type.map { $0 == asset.kind.rawValue } ?? true)
                && (call.number("objectId").map { $0 == asset.id }
                    ?? name.map { AccessExplorerRoute.ends(catalog.path(of: asset), $0) } ?? false)
        }
        guard let asset = found.first else { return .refusal(.notFound, "No such object in the catalog") }
        var data: JSON = [
            "queryDirection": .string(direction), "objectId": .int(asset.id),
            "objectType": .string(asset.kind.rawValue), "navLink": .string(catalog.navLink(of: asset)),
        ]
        if asset.kind == .oestory, let zone = catalog.parent(of: asset) {
            data["inheritedFrom"] = ["objectName": .string(zone.name), "objectType": .string(zone.kind.rawValue)]
        }
        let principals = principals(of: asset, catalog)
        guard direction == "user_to_object" else {
            data["principals"] = .array(principals)
            return .json(["ok": true, "data": data])
        }
        let user = call.text("username") ?? ""
        let own = principals.filter { $0["name"]?.string?.equals(user) == true }.first
        data["effectiveAccess"] = [
            "metadataPermission": own?["metadataPermission"] ?? "MR", "dataPermission": own == nil ? "DPR" : "DW",
        ]
        data["grantSources"] = [own == nil ? "role" : "user"]
        data["contributingRoles"] = own == nil ? ["OE_ANALYST"] : []
        return .json(["ok": true, "data": data])
    }

    private static func principals(of asset: SampleAsset, _ catalog: SampleCatalog) -> [JSON] {
        let people: [JSON] = ["owner", "steward", "custodian"].compactMap { role in
            catalog.role(role, of: asset).map { name in
                ["name": .string(name), "type": "user", "metadataPermission": "MW", "through": .string(role)]
            }
        }
        return people + [["name": "OE_ANALYST", "type": "role", "metadataPermission": "MR", "through": "role"]]
    }
}
