import JSON
import MCP
import OvalEdge
import Rendering

/// One question about access, from the names in it to the answer that is shown.
struct AccessLookup: Sendable {
    let call: AccessExplorer
    let ovalEdge: OvalEdgeAPI
    let progress: Progress

    init(_ call: AccessExplorer, _ ovalEdge: OvalEdgeAPI, _ progress: Progress) {
        self.call = call
        self.ovalEdge = ovalEdge
        self.progress = progress
    }

    func finding() async throws(OvalEdgeError) -> AccessFinding {
        let matches = try await AccessResolution(call: call, ovalEdge: ovalEdge).matches()
        let query = query(for: matches)
        let access: Access
        do {
            access = try await ask(query)
        } catch  where error.saysSourceIsUnsupported && call.queryDirection == .objectToUsers {
            return try await CatalogFallback(query: query, matches: matches, ovalEdge: ovalEdge)
                .finding(after: error.withRemedy(Self.searchObject))
        } catch  where error.saysSourceIsUnsupported {
            throw error.withRemedy(Self.askCatalog)
        } catch  where error.status == 404 && error.remedy == .searchFirst && mayNotKnowUser {
            throw error.withRemedy(.text(try await adviceOnUser().text))
        }
        var finding = try await refined(AccessFinding(access), query)
        if finding.total == 0, hasDisplayName { finding.notes.append(try await adviceOnUser()) }
        if call.includeParentRoles { try await followRoles(of: &finding) }
        return finding
    }

    private static let askCatalog = Remedy.text(
        """
        OvalEdge reads no native rights for this connector; `operation` `catalog_access` answers for one object at a \
        time, with `query_direction` `user_to_object` or `object_to_principals`.
        """
    )

    private static let searchObject = Remedy.text(
        "OvalEdge reads no native rights for this connector, and the catalog had no answer; look the object up first."
    )

    private func ask(_ query: AccessQuery) async throws(OvalEdgeError) -> Access {
        try await ovalEdge.send(.access(query)).opened()
    }

    /// Without an object there is nothing else that could be missing.
    private var mayNotKnowUser: Bool {
        call.operation == .source && call.queryDirection.start == "user" || hasDisplayName
    }

    /// No one signs in with a name that has a space in it.
    private var hasDisplayName: Bool {
        call.queryDirection.start == "user" && call.username.contains { $0.contains(" ") && !$0.contains("@") }
    }

    private func adviceOnUser() async throws(OvalEdgeError) -> Inline {
        guard call.username.count == 1 else { return SignInNames.unknown }
        return try await SignInNames(ovalEdge: ovalEdge).advice(for: call.username[0])
    }

    /// Puts the roles that are inherited to those that were found.
    private func followRoles(of finding: inout AccessFinding) async throws(OvalEdgeError) {
        let start = call.queryDirection.start == "role" ? (call.objectPath + call.objectName).first : nil
        var chain = RoleChain(finding.access.members, of: start)
        var query = call.query
        query.direction = .roleToParentRoles
        query.users = []
        query.paths = []
        try await chain.follow(progress) { [query] role in
            var query = query
            query.names = [role]
            do throws(OvalEdgeError) {
                return .success(try await ask(query).members)
            } catch {
                return .failure(error)
            }
        }
        finding.access.setList("roles", chain.json)
        finding.notes += chain.notes
    }

    /// What was asked, with the names replaced by what they mean.
    private func query(for matches: [AccessResolution.Match]) -> AccessQuery {
        var query = call.query
        guard let first = matches.first else { return query }
        query.paths = matches.map { $0.path }
        query.names = []
        query.fullName = nil
        if matches.count == 1 { query.objectID = first.id }
        if query.objectType == nil { query.objectType = first.type.flatMap { AccessLevel($0.rawValue) }?.rawValue }
        let connections = Set(matches.map { $0.connection })
        if query.connectionID == nil, connections.count == 1 { query.connectionID = first.connection }
        return query
    }

    /// For exactly the object that was meant, what the product returns besides it is set aside, and reported.
    private func refined(_ found: AccessFinding, _ query: AccessQuery) async throws(OvalEdgeError) -> AccessFinding {
        var finding = found
        guard call.operation == .source, call.scopeMode == .exact else { return finding }
        let level = query.objectType.flatMap { AccessLevel($0) }
        switch call.queryDirection {
        case .userToObjects: finding.keep(level)
        case .objectToUsers:
            finding = try await withSchemaKnown(finding, query, level)
            if finding.needsSchema { return finding }
            finding = try await withColumnFound(finding, query, level)
            if finding.fallback == nil { finding.keep(level) }
        default: return finding
        }
        finding.keep(privileges: call.privileges)
        if query.connectionID == nil, finding.connections.count > 1 {
            finding.notes.append(
                "These rights come from several connections; to see one of them, call again with its `connection_id`."
            )
        }
        return finding
    }

    /// A column without rights of its own is as open as its table.
    private func withColumnFound(
        _ finding: AccessFinding,
        _ query: AccessQuery,
        _ level: AccessLevel?
    ) async throws(OvalEdgeError) -> AccessFinding {
        guard level == .column, call.system == "redshift", query.paths.count == 1,
            !finding.access.grants.contains(where: { $0.level == AccessLevel.column.rawValue })
        else { return finding }
        let path = AccessPath(query.paths[0], sourceSystem: call.system)
        guard let column = path.parts.last?.lowercased(), path.parts.count > 1 else { return finding }
        var tableQuery = query
        tableQuery.objectID = nil
        tableQuery.objectType = AccessLevel.table.rawValue
        tableQuery.paths = [path.parts.dropLast().joined(separator: ".")]
        tableQuery.includesColumns = true
        var found = AccessFinding(try await ask(tableQuery))
        found.access.grants = found.access.grants.filter { grant in
            grant.level != AccessLevel.column.rawValue
                || grant.path?.split(separator: ".").last?.lowercased() == column
        }
        found.fallback = .tableWithColumns
        found.notes.append("No one holds a right on the column alone; these are the rights on its table.")
        return found
    }
}

extension AccessLookup {
    /// Several schemas may have a table of this name; no rights are shown for the wrong one.
    private func withSchemaKnown(
        _ found: AccessFinding,
        _ query: AccessQuery,
        _ level: AccessLevel?
    ) async throws(OvalEdgeError) -> AccessFinding {
        guard level == .table, query.objectID == nil, query.paths.count == 1 else { return found }
        let path = AccessPath(query.paths[0], sourceSystem: call.system)
        guard (1...2).contains(path.parts.count) else { return found }
        var finding = found
        let tables = finding.tables
        if tables.count > 1 {
            let grants = finding.access.grants
            finding.askForSchema(tables.map { table in Self.candidate(table, grants.first { $0.path == table }) })
            return finding
        }
        guard finding.access.grants.isEmpty, finding.access.candidates.isEmpty, query.connectionID != nil else {
            return finding
        }
        return try await SchemaProbe(query: query, path: path, ovalEdge: ovalEdge).finding(after: finding)
    }

    static func candidate(_ path: String, _ grant: Access.Grant?) -> JSON {
        .members(
            ("objectPath", .string(path)),
            ("objectLevel", "table"),
            ("connectionId", grant?.connection.map { .int($0) })
        )
    }
}
