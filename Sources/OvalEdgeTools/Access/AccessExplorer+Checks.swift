import OvalEdge
import Text

/// What several arguments must satisfy together, each fault a sentence.
extension AccessExplorer {
    var problems: [String] {
        guard queryDirection.operation == operation else {
            return [
                """
                `query_direction` `\(queryDirection.rawValue)` belongs to `operation` \
                `\(queryDirection.operation.rawValue)`.
                """
            ]
        }
        return (operation == .catalog ? catalogProblems : sourceProblems) + shapeProblems
    }

    /// What can be counted, and what can be followed.
    private var shapeProblems: [String] {
        var problems: [String] = []
        if groupBy != nil, queryDirection != .userToObjects, queryDirection != .objectToUsers {
            problems.append("`group_by` goes with `query_direction` `user_to_objects` and `object_to_users` only.")
        }
        if includeParentRoles, ![.userToRoles, .groupToRoles, .roleToParentRoles].contains(queryDirection) {
            problems.append(
                """
                `include_parent_roles` goes with `query_direction` `user_to_roles`, `group_to_roles` and \
                `role_to_parent_roles` only.
                """
            )
        }
        return problems
    }

    /// Asks the person, where an object leads to people and it is not known which kind of access is meant.
    var missingIntent: String? {
        let needed: AccessIntent
        switch queryDirection {
        case .objectToUsers: needed = .native
        case .objectToPrincipals: needed = .catalog
        default: return nil
        }
        guard let given = accessIntentConfirmed else { return Self.choice }
        guard given != needed else { return nil }
        return """
            `access_intent_confirmed` `\(given.rawValue)` does not go with `operation` `\(operation.rawValue)`; nothing \
            was looked up. If that is what the person means, call again with `operation` `\(given.operation.rawValue)`.
            Code: `ACCESS_INTENT_REQUIRED`
            """
    }

    private static let choice = """
        "Who has access" can be meant in two ways, and nothing says which; nothing was looked up. Ask the person: \
        "1. the rights people have in the source system itself, or 2. the permissions they have in the catalog?"
        - 1: call with `operation` `source_system_access`, `query_direction` `object_to_users` and \
        `access_intent_confirmed` `native`
        - 2: call with `operation` `catalog_access`, `query_direction` `object_to_principals` and \
        `access_intent_confirmed` `catalog_acl`
        Code: `ACCESS_INTENT_REQUIRED`
        """

    private var catalogProblems: [String] {
        var problems: [String] = []
        if queryDirection == .userToObject && username.isEmpty {
            problems.append("`username` is needed: whose access.")
        }
        problems += single(username.count, "username") + single(objectName.count, "object_name")
        problems += single(objectType.count, "object_type")
        if let type = objectType.first, let problem = Self.problem(ofCatalogType: type) { problems.append(problem) }
        if objectID != nil && objectType.isEmpty { problems.append("`object_id` needs its `object_type`.") }
        if !objectPath.isEmpty {
            problems.append("`object_path` is for source_system_access; use `fully_qualified_name` here.")
        }
        let ways = [objectID != nil, fullyQualifiedName != nil, !objectName.isEmpty].count { $0 }
        if ways != 1 {
            problems.append("Give exactly one of `object_id`, `fully_qualified_name` and `object_name`.")
        }
        return problems
    }

    /// Connectors, zones and what else has permissions are more kinds than can be searched for.
    private static func problem(ofCatalogType type: String) -> String? {
        let known = ObjectType.allCases.map { $0.rawValue }
        if known.contains(type) || ObjectType.meant(by: type) != nil { return nil }
        if AccessLevel(rawValue: type.lowercased()) != nil || type.lowercased() == "all" {
            return "`object_type` cannot be `\(type)` here; use the catalog's own types, such as oetable."
        }
        return Suggestion.nearest(to: type, among: known).map {
            "`object_type` cannot be `\(type)` here; did you mean `\($0)`?"
        }
    }

    private var sourceProblems: [String] {
        var problems: [String] = []
        if system == nil { problems.append("`source_system` is needed: a connector such as snowflake.") }
        problems += single(system?.split(separator: ",").count ?? 1, "source_system")
        problems += single(connectionID.count, "connection_id") + single(objectType.count, "object_type")
        if queryDirection.isMembership { return problems + membershipProblems }
        problems += levelProblems
        switch queryDirection {
        case .browse: return problems + browseProblems
        case .userToObjects: return problems + userProblems
        default: return problems + objectProblems
        }
    }

    private var hasPath: Bool { !objectPath.isEmpty }

    private var namesObject: Bool {
        hasPath || objectID != nil || fullyQualifiedName != nil || !objectName.isEmpty
    }

    private var asksForAll: Bool { objectType.first?.lowercased() == "all" }

    private var userProblems: [String] {
        var problems = username.isEmpty ? ["`username` is needed: whose rights."] : []
        if scopeMode == .descendants && !hasPath {
            problems.append("`scope_mode` `descendants` needs `object_path`: below what.")
        }
        return problems + typeProblems
    }

    private var objectProblems: [String] {
        if !namesObject && scopeMode == .descendants && !connectionID.isEmpty { return typeProblems }
        guard namesObject else {
            return [
                scopeMode == .descendants
                    ? "`scope_mode` `descendants` needs `object_path` or `connection_id`: below what."
                    : "The object is missing: give `object_path` with `object_type`, or `object_id` with `object_type`."
            ]
        }
        return typeProblems
    }

    private var typeProblems: [String] {
        guard objectType.isEmpty, hasPath || objectID != nil else { return [] }
        return ["`object_type` is needed with `\(hasPath ? "object_path" : "object_id")`: on what level it is."]
    }

    /// Whether the level is one of this system's, and the paths are no longer than it allows.
    private var levelProblems: [String] {
        guard let written = objectType.first, !asksForAll else {
            guard asksForAll && (system == "tableau" || queryDirection == .browse) else { return [] }
            return ["`object_type` cannot be `all` here: name one level."]
        }
        guard let level else {
            let known = AccessLevel.allCases.map { $0.rawValue }.joined(separator: ", ")
            return ["`object_type` cannot be `\(written)` here. It is one of \(known), all."]
        }
        let isTableau = system == "tableau"
        switch level {
        case .project, .report:
            return isTableau ? [] : ["`object_type` `\(level.rawValue)` is for tableau only."]
        case .column where system != "redshift" && queryDirection != .browse:
            return ["`object_type` `column` is for redshift only; ask for the table with `include_columns`."]
        default:
            if isTableau { return ["`object_type` `\(level.rawValue)` is not for tableau: use project or report."] }
        }
        return queryDirection == .browse ? [] : depthProblems(atMost: level.depth, level)
    }

    private var browseProblems: [String] {
        var problems: [String] = []
        if connectionID.isEmpty { problems.append("`connection_id` is needed: what to browse.") }
        guard let level else {
            if objectType.isEmpty { problems.append("`object_type` is needed: which level to list.") }
            return problems
        }
        if level == .database && hasPath {
            problems.append("`object_path` must be left out for databases: nothing lies above them.")
        }
        return problems + (level == .database ? [] : depthProblems(atMost: level.depth.map { $0 - 1 }, level))
    }

    /// The name of the connection may be before a path.
    private func depthProblems(atMost depth: Int?, _ level: AccessLevel) -> [String] {
        guard let depth else { return [] }
        return objectPath.map { AccessPath($0, sourceSystem: system) }.filter { $0.parts.count > depth + 1 }.map {
            """
            `object_path` `\($0.text)` is too deep for a \(level.rawValue): it has \($0.parts.count) parts, and \
            \(depth) \(depth == 1 ? "is" : "are") the most.
            """
        }
    }

    private var membershipProblems: [String] {
        var problems: [String] = []
        let start = queryDirection.start
        if start == "user" && username.isEmpty { problems.append("`username` is needed: whose.") }
        if start != "user" && objectPath.isEmpty && objectName.isEmpty {
            problems.append("`object_name` is needed: the name of the \(start).")
        }
        if queryDirection.concernsGroups && system == "snowflake" {
            problems.append("`query_direction` `\(queryDirection.rawValue)`: snowflake has roles, and no groups.")
        }
        return problems
    }

    private func single(_ count: Int, _ name: String) -> [String] {
        count > 1 ? ["`\(name)` takes one value; call once for each of the \(count)."] : []
    }
}
