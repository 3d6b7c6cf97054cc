/// Which kind of access is asked for.
package enum AccessOperation: String, CaseIterable, Sendable {
    case catalog = "catalog_access"
    case source = "source_system_access"
}

/// From what to what a question about access goes.
package enum AccessDirection: String, CaseIterable, Sendable {
    case userToObject = "user_to_object"
    case objectToPrincipals = "object_to_principals"
    case userToObjects = "user_to_objects"
    case objectToUsers = "object_to_users"
    case browse
    case roleToUsers = "role_to_users"
    case groupToUsers = "group_to_users"
    case userToRoles = "user_to_roles"
    case userToGroups = "user_to_groups"
    case groupToRoles = "group_to_roles"
    case roleToGroups = "role_to_groups"
    case roleToParentRoles = "role_to_parent_roles"
    case roleToPrivileges = "role_to_privileges"
    case groupToPrivileges = "group_to_privileges"
    case userToPrivileges = "user_to_privileges"
    case privilegeToRoles = "privilege_to_roles"
    case privilegeToGroups = "privilege_to_groups"
    case privilegeToUsers = "privilege_to_users"
    case privilegeToPrincipals = "privilege_to_principals"

    package var operation: AccessOperation {
        self == .userToObject || self == .objectToPrincipals ? .catalog : .source
    }

    /// Between users, roles, groups and privileges, without an object.
    package var isMembership: Bool {
        switch self {
        case .userToObject, .objectToPrincipals, .userToObjects, .objectToUsers, .browse: false
        default: true
        }
    }

    package var concernsGroups: Bool { rawValue.split(separator: "_").contains { $0.hasPrefix("group") } }

    /// What a membership question starts from: `user`, `role`, `group` or `privilege`.
    package var start: String { rawValue.split(separator: "_").first.map { String($0) } ?? "" }
}

/// On what a right in a source system is held.
package enum AccessLevel: String, CaseIterable, Sendable {
    case database, schema, table, column, project, report

    /// Takes the catalog's names for the same things.
    package init?(_ name: String) {
        switch name.lowercased() {
        case "oedatabase": self = .database
        case "oeschema": self = .schema
        case "oetable": self = .table
        case "oecolumn": self = .column
        case "oedomain": self = .project
        case "oechart", "chartchild": self = .report
        case let name: self.init(rawValue: name)
        }
    }

    package var objectType: ObjectType? {
        switch self {
        case .database: nil
        case .schema: .oeschema
        case .table: .oetable
        case .column: .oecolumn
        case .project: .oedomain
        case .report: .oechart
        }
    }

    /// How many names a path to it has; nil where it has no fixed depth.
    package var depth: Int? {
        switch self {
        case .database: 1
        case .schema: 2
        case .table: 3
        case .column: 4
        case .project, .report: nil
        }
    }
}

/// A question about access, in the product's words; what is nil, empty or false is not sent.
package struct AccessQuery: Hashable, Sendable {
    package var direction: AccessDirection
    package var users: [String] = []
    package var objectID: Int?
    package var objectType: String?
    package var fullName: String?
    package var names: [String] = []
    package var paths: [String] = []
    package var sourceSystem: String?
    package var connectionID: Int?
    package var includesColumns = false
    package var reachesDescendants = false
    package var resolvesAllMatches = false

    package init(_ direction: AccessDirection) { self.direction = direction }

    var parameters: [(String, String?)] {
        let start: [(String, String?)] = [
            ("operation", direction.operation.rawValue), ("sourceSystem", sourceSystem),
            ("queryDirection", direction.rawValue),
        ]
        let object: [(String, String?)] = [
            ("objectId", objectID.map { String($0) }), ("objectType", objectType), ("fullyQualifiedName", fullName),
        ]
        let named: [(String, String?)] =
            paths.isEmpty ? names.map { ("objectName", $0) } : paths.map { ("objectPath", $0) }
        let more: [(String, String?)] = [
            ("includeColumns", includesColumns ? "true" : nil), ("connectionId", connectionID.map { String($0) }),
            ("resolveAllMatches", resolvesAllMatches ? "true" : nil),
            ("scopeMode", reachesDescendants ? "descendants" : nil),
        ]
        return start + users.map { ("username", $0) } + object + named + more
    }
}

extension APIRequest {
    package static func access(_ query: AccessQuery) -> Self where Reply == Envelope<Access> {
        .asking(.access(query))
    }
}

extension OvalEdgeError {
    /// The connector has no rights that OvalEdge could read; the catalog's own permissions may still answer.
    ///
    /// A hint that contradicts the connection has another code, and is a mistake to be fixed.
    package var saysSourceIsUnsupported: Bool {
        guard status == 400 || status == nil, code != "mcp.source.system.hint.mismatch" else { return false }
        return code == "mcp.source.system.unsupported" || cause == .sourceNotSupported
    }
}
