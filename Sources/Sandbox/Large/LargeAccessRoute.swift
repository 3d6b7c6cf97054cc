import HTTP
import JSON

/// `GET access-explorer` of the large catalog: rights in `snowflake_prod` by roles that hold other roles.
enum LargeAccessRoute {
    static func access(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let direction = call.text("queryDirection") else {
            return .refusal(.badRequest, "queryDirection is required")
        }
        guard call.text("operation") == "source_system_access" else {
            return LargeCatalogAccess.permissions(call, direction, catalog)
        }
        guard call.text("sourceSystem")?.equals("snowflake") ?? false else {
            let message = "\(call.text("sourceSystem") ?? "This system") is not supported for native DAM. "
            return .json(
                [
                    "ok": false, "code": "mcp.source.system.unsupported",
                    "message": .string(message + "Continue with operation=catalog_access"),
                ],
                status: .badRequest
            )
        }
        switch direction {
        case "browse": return browse(call, catalog)
        case "user_to_objects": return ofUsers(call, catalog)
        case "object_to_users": return onObjects(call, catalog)
        default: return members(call, direction)
        }
    }

    private static func browse(_ call: SandboxCall, _ catalog: LargeCatalog) -> HTTPResponse {
        let kinds: [String: SampleAsset.Kind] = ["schema": .oeschema, "table": .oetable, "column": .oecolumn]
        guard let level = call.text("objectType"), let kind = kinds[level] else {
            return .refusal(.badRequest, "objectType must be schema, table or column")
        }
        let above = call.text("objectPath")?.lowercased()
        let objects = catalog.all(kind).filter { asset in
            LargeRights.isInSource(asset, catalog)
                && above.map { path in
                    catalog.parent(of: asset).map { AccessExplorerRoute.ends(catalog.path(of: $0), path) } ?? false
                } ?? true
        }
        return .json([
            "ok": true,
            "data": [
                "objects": .array(
                    objects.map {
                        [
                            "objectName": .string($0.name), "objectType": .string(level),
                            "objectPath": .string(catalog.path(of: $0)),
                        ]
                    }
                )
            ],
        ])
    }

    private static func ofUsers(_ call: SandboxCall, _ catalog: LargeCatalog) -> HTTPResponse {
        let users = call.query.filter { $0.name == "username" }.map { $0.value }
        if let stranger = users.first(where: { LargeRights.user($0) == nil }) { return unknown(stranger) }
        let scope = Scope(call)
        let grants = users.compactMap { LargeRights.user($0) }.flatMap { user in
            LargeRights.roles(of: user).flatMap { role in
                LargeRights.tables(of: role, in: catalog)
                    .filter { scope.isEverything || scope.holds($0, catalog) }
                    .map { grant(user, role, $0, catalog) }
            }
        }
        return reply(with: grants)
    }

    /// Which tables a request is about: one that is named, or those of a schema when what lies below it counts.
    private struct Scope {
        private let id: Int?
        private let names: [String]
        let isSchema: Bool
        private let isDeep: Bool

        init(_ call: SandboxCall) {
            id = call.number("objectId")
            names = call.query.filter { ["objectPath", "objectName", "fullyQualifiedName"].contains($0.name) }
                .map { $0.value }
            isSchema = call.text("objectType")?.lowercased() == "schema"
            isDeep = call.text("scopeMode") == "descendants"
        }

        var isEverything: Bool { id == nil && names.isEmpty }

        func holds(_ table: LargeAsset, _ catalog: LargeCatalog) -> Bool {
            guard !isSchema || isDeep, let object = isSchema ? catalog.schema(of: table) : table else { return false }
            let path = catalog.path(of: object)
            return object.id == id || names.contains { AccessExplorerRoute.ends(path, $0) }
        }
    }

    private static func unknown(_ user: String) -> HTTPResponse { .refusal(.notFound, "User not found: \(user)") }

    private static func onObjects(_ call: SandboxCall, _ catalog: LargeCatalog) -> HTTPResponse {
        let scope = Scope(call)
        let tables = catalog.all(.oetable).filter { LargeRights.isInSource($0, catalog) && scope.holds($0, catalog) }
        guard tables.count < 2 || scope.isSchema else {
            let candidates = tables.map { table -> JSON in
                ["objectPath": .string(catalog.path(of: table)), "objectLevel": "table", "connectionId": 1001]
            }
            return .json([
                "ok": true,
                "data": ["grants": [], "ambiguousMatch": 1, "matchCandidates": .array(candidates)],
            ])
        }
        let ids = Set(tables.map { $0.id })
        let grants = LargeRights.users.flatMap { user in
            LargeRights.roles(of: user.name).flatMap { role in
                LargeRights.tables(of: role, in: catalog).filter { ids.contains($0.id) }
                    .map { grant(user.name, role, $0, catalog) }
            }
        }
        return reply(with: grants)
    }

    private static func reply(with grants: [JSON]) -> HTTPResponse {
        .json([
            "ok": true, "message": "",
            "data": [
                "grants": .array(grants), "summary": ["totalGrants": .string(LargeMess.separated(grants.count))],
                "ambiguousMatch": "N", "matchCandidates": [],
                "advisoryMessage": grants.isEmpty ? "No permission available" : .null,
            ],
        ])
    }

    private static func grant(
        _ user: String,
        _ role: String,
        _ table: LargeAsset,
        _ catalog: LargeCatalog
    ) -> JSON {
        [
            "principal": .string(user), "objectLevel": "TABLE", "objectPath": .string(catalog.path(of: table)),
            "connectionId": "1001", "grantMechanism": "role", "contributingRole": .string(role),
            "contributingGroup": .null,
            "privileges": role == "LOADER" ? "SELECT, INSERT, DELETE" : .strings(LargeRights.privileges(of: [role])),
        ]
    }

    private static func members(_ call: SandboxCall, _ direction: String) -> HTTPResponse {
        let name = call.text("objectPath") ?? call.text("objectName") ?? call.text("username") ?? ""
        switch direction {
        case "user_to_roles":
            guard let user = LargeRights.user(name) else { return unknown(name) }
            return list("roles", LargeRights.users.first { $0.name == user }?.roles ?? [])
        case "role_to_users": return list("users", LargeRights.users.filter { $0.roles.contains(name) }.map { $0.name })
        case "role_to_parent_roles": return list("roles", LargeRights.parents[name].map { [$0] } ?? [])
        case "role_to_privileges": return list("privileges", LargeRights.privileges(of: [name]))
        case "user_to_privileges":
            guard let user = LargeRights.user(name) else { return unknown(name) }
            return list("privileges", LargeRights.privileges(of: LargeRights.roles(of: user)))
        case "privilege_to_roles":
            return list("roles", LargeRights.all.filter { LargeRights.allows([$0], name) })
        case "privilege_to_users":
            let users = LargeRights.users.map { $0.name }
            return list("users", users.filter { LargeRights.allows(LargeRights.roles(of: $0), name) })
        default: return list("members", [])
        }
    }

    private static func list(_ name: String, _ names: [String]) -> HTTPResponse {
        .json(["ok": true, "data": .members((name, .array(names.map { ["name": .string($0)] })))])
    }
}

/// Permissions in the catalog itself; one that is not given is null.
private enum LargeCatalogAccess {
    static func permissions(_ call: SandboxCall, _ direction: String, _ catalog: LargeCatalog) -> HTTPResponse {
        let name = (call.text("fullyQualifiedName") ?? call.text("objectName"))?.lowercased()
        let kinds =
            call.text("objectType").flatMap { SampleAsset.Kind(rawValue: $0) }.map { [$0] } ?? LargeCatalog.kinds
        let found = kinds.lazy.flatMap { catalog.all($0) }.first { asset in
            call.number("objectId").map { $0 == asset.id }
                ?? name.map { asset.folded == $0 || catalog.path(of: asset).lowercased() == $0 } ?? false
        }
        guard let asset = found else { return .refusal(.notFound, "No such object in the catalog") }
        var data: JSON = [
            "queryDirection": .string(direction), "objectId": .int(asset.id),
            "objectType": .string(asset.kind.rawValue), "navLink": .string(asset.kind.navLink(asset.id)),
        ]
        let people = LargeCatalog.Role.allCases.compactMap { role in
            catalog.person(role, of: asset).map { (role, $0) }
        }
        guard direction == "user_to_object" else {
            data["principals"] = .array(
                people.map {
                    ["name": .string($1.user), "type": "user", "metadataPermission": "MW", "dataPermission": "DPR"]
                }
                    + [["name": "OE_PUBLIC", "type": "role", "metadataPermission": "MR", "dataPermission": .null]]
            )
            return .json(["ok": true, "data": data])
        }
        let user = call.text("username") ?? ""
        guard LargePerson.all.contains(where: { $0.user == user }) else {
            return .refusal(.notFound, "User not found: \(user)")
        }
        let isKeeper = people.contains { $1.user == user }
        data["effectiveAccess"] = [
            "metadataPermission": isKeeper ? "MW" : "MR", "dataPermission": isKeeper ? "DPR" : .null,
        ]
        data["grantSources"] = [isKeeper ? "user" : "role"]
        data["contributingRoles"] = isKeeper ? nil : ["OE_PUBLIC"]
        return .json(["ok": true, "data": data])
    }
}
