/// Who may do what in `snowflake_prod`: a role has the rights of the one above it as well.
enum LargeRights {
    static let all = ["ANALYST", "READER", "PUBLIC", "LOADER", "AUDITOR"]
    static let parents = ["ANALYST": "READER", "READER": "PUBLIC", "AUDITOR": "PUBLIC"]
    static let users: [(name: String, roles: [String])] = [
        ("jsmith", ["ANALYST"]), ("jsmith2", ["AUDITOR"]), ("mgarcia", ["READER"]), ("pnair", ["ANALYST", "LOADER"]),
        ("svc_night", ["LOADER"]), ("tokafor", []),
    ]

    /// What roles may do with their tables.
    static func privileges(of roles: [String]) -> [String] {
        roles.contains("LOADER") ? ["SELECT", "INSERT", "DELETE"] : roles.isEmpty ? [] : ["SELECT"]
    }

    static func allows(_ roles: [String], _ privilege: String) -> Bool {
        privileges(of: roles).contains { $0.equals(privilege) }
    }

    /// The sign-in name, whatever its case.
    static func user(_ name: String) -> String? { users.first { $0.name.equals(name) }?.name }

    /// Those of a user with those above them, each once.
    static func roles(of user: String) -> [String] {
        var roles: [String] = []
        for start in users.first(where: { $0.name == user })?.roles ?? [] {
            var next: String? = start
            while let role = next, !roles.contains(role) {
                roles.append(role)
                next = parents[role]
            }
        }
        return roles
    }

    /// The first ten schemas are those of `snowflake_prod`.
    static func isInSource(_ asset: LargeAsset, _ catalog: LargeCatalog) -> Bool {
        let schema = asset.kind == .oeschema ? asset.key : catalog.schema(of: asset)?.key
        return schema.map { $0.id < LargeCatalog.firstID + 10 } ?? false
    }

    /// 60, 334, 2, 45 and 12 of the tables of the connection.
    static func tables(of role: String, in catalog: LargeCatalog) -> ArraySlice<LargeAsset> {
        let tables = catalog.all(.oetable).filter { isInSource($0, catalog) }
        switch role {
        case "ANALYST": return tables[0..<60]
        case "READER": return tables[60..<394]
        case "PUBLIC": return tables[394..<396]
        case "LOADER": return tables[396..<441]
        case "AUDITOR": return tables[441..<453]
        default: return []
        }
    }
}
