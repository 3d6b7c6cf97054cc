package import JSON
package import MCP
package import OvalEdge
package import Rendering

package struct AccessExplorer: Tool {
    package static let definition = ToolDefinition(
        name: "access_explorer",
        title: "Explore access permissions",
        effect: .reads,
        searchHint: "who has access, permissions, grants, roles and rights of users",
        summary: "Tell who may do what: rights in a source system such as Snowflake, or permissions in the catalog.",
        guidance: """
            Two kinds of access: source_system_access is what people may do where the data lives (native, remote, RDAM); \
            catalog_access is what they may see and change in OvalEdge (say "catalog permissions"). The name of a \
            platform says nothing about which is meant: when "who has access" could be either, ask the person first, \
            then put the answer into access_intent_confirmed. An answer of one kind says nothing about the other.

            Paths are database.schema.table, for Tableau project/report. Directions beside user_to_object(s) and \
            object_to_…: browse lists what a connection contains; the others relate users, roles, groups and \
            privileges, whose name goes into object_name. What a person owns or stewards is in `asset_explorer`.
            """
    )

    let operation: AccessOperation
    let queryDirection: AccessDirection
    let accessIntentConfirmed: AccessIntent?
    let sourceSystem: String?
    let username: [String]
    let objectID: ObjectID?
    let objectType: [String]
    let fullyQualifiedName: String?
    let objectName: [String]
    let objectPath: [String]
    let connectionID: [ObjectID]
    let privileges: [String]
    let scopeMode: AccessScope
    let includeColumns: Bool
    let resolveAllMatches: Bool
    let groupBy: AccessGrouping?
    let includeParentRoles: Bool
    let firstRow: Int
    let detail: Detail

    package init(_ input: inout Arguments) {
        operation = input.read("operation", "Which kind of access.")
        queryDirection = input.read("query_direction", "From what to what; the first two are for catalog_access.")
        accessIntentConfirmed = input.read(
            "access_intent_confirmed",
            "Which kind the person means; needed from an object to its people."
        )
        sourceSystem = input.read("source_system", "Connector of a source system, such as snowflake.")
        username = input.read("username", "Who, by sign-in name.", default: [])
        objectID = input.read("object_id", "Catalog id of the object (works for RDAM too), with its object_type.")
        objectType = input.read(
            "object_type",
            """
            database, schema, table, column, project, report or all; for catalog_access oetable and the like. Needed \
            to browse, and with object_path or object_id.
            """,
            default: []
        )
        fullyQualifiedName = input.read("fully_qualified_name", "Full name in the catalog.")
        objectName = input.read("object_name", "Name alone; of a role, group or privilege, too.", default: [])
        objectPath = input.read("object_path", "Path in the source system; to browse, of what lies above.", default: [])
        connectionID = input.read("connection_id", "Id of the connection; needed to browse.", default: [])
        privileges = input.read("privileges", "Only these rights, such as SELECT.", default: [])
        scopeMode = input.read("scope_mode", "The object alone, or all below it, too.", default: .exact)
        includeColumns = input.read("include_columns", "Whether rights on columns come along.", default: false)
        resolveAllMatches = input.read("resolve_all_matches", "Whether all objects of that name count.", default: false)
        groupBy = input.read("group_by", "Counts of rights instead of each.")
        includeParentRoles = input.read(
            "include_parent_roles",
            "For …_to_roles: also what these roles inherit, step by step.",
            default: false
        )
        firstRow = input.read("first_row", "Row to begin with in long lists.", in: .counting, default: 1)
        detail = input.readDetail()
        // What is said of arguments that could not be read would only confuse.
        guard input.mistakes.isEmpty else { return }
        for problem in problems { input.note(problem) }
    }

    private static let brief = SizeLimits(items: 40)

    package func answer(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> SizedAnswer {
        if let intent = missingIntent { return SizedAnswer(.failure(intent)) }
        var finding = try await AccessLookup(self, ovalEdge, context.progress).finding()
        finding.grouping = groupBy
        let links = ovalEdge.links
        let structured = finding.structured(links: links)
        return SizedAnswer(
            detail.limits(Self.brief),
            more: "`detail` `full` shows more; or narrow it by object, level, user or `privileges`.",
            beyond: "Narrow it by object, level, user or `privileges`."
        ) { [finding] limits in
            let rows = ListWindow(from: firstRow, of: finding.lengths, in: limits)
            var text = Markdown()
            AccessReport(finding, rows, of: self, links: links, in: limits).write(to: &text)
            return Answer(text, structured: finding.showing(rows, of: structured))
        }
    }

    /// What is sent, before any name is looked up.
    package var query: AccessQuery {
        var query = AccessQuery(queryDirection)
        query.users = username
        query.resolvesAllMatches = resolveAllMatches
        query.objectID = objectID?.number
        query.fullName = fullyQualifiedName
        query.names = objectName
        guard operation == .source else {
            query.objectType = objectType.first.map { ObjectType.meant(by: $0)?.rawValue ?? $0 }
            return query
        }
        query.objectType = queryDirection.isMembership ? nil : level?.rawValue
        query.paths = objectPath.map { path($0) }
        query.sourceSystem = system
        query.connectionID = connectionID.first?.number
        query.includesColumns = includeColumns
        query.reachesDescendants = scopeMode == .descendants
        return query
    }

    var system: String? { sourceSystem?.lowercased() }

    var level: AccessLevel? { objectType.first.flatMap { AccessLevel($0) } }

    /// The names of roles and the like are no paths.
    private func path(_ written: String) -> String {
        queryDirection.isMembership ? written : AccessPath(written, sourceSystem: system).text
    }

    package static let outputSchema: JSON = Omissions.added(to: [
        "type": "object",
        "properties": [
            "total": ["type": "integer", "description": "How many rights, principals or objects were found."],
            "returned": ["type": "integer"],
            "complete": ["type": "boolean"],
            "nextRow": ["type": "integer"],
            "groups": ["type": "array", "items": ["type": "object"]],
            "filteredToObjectLevel": ["type": "string"],
            "filteredToPrivileges": ["type": "array", "items": ["type": "string"]],
            "requiresSchemaSelection": ["type": "boolean", "description": "Several schemas hold it: ask which."],
            "multipleConnections": ["type": "boolean"],
            "connectionIds": ["type": "array", "items": ["type": "integer"]],
            "fallback": ["type": "string", "description": "What was asked instead, because the first had no answer."],
            "data": [
                "type": "object",
                "properties": [
                    "grants": ["type": "array", "items": ["type": "object"]],
                    "summary": ["type": "object"],
                    "matchCandidates": ["type": "array", "items": ["description": "What could be meant."]],
                    "objects": ["type": "array", "items": ["type": "object"]],
                    "principals": ["type": "array", "items": ["type": "object"]],
                    "effectiveAccess": ["type": "object"],
                ],
            ],
        ],
        "required": ["total", "returned", "complete", "data"],
    ])
}

extension AccessOperation: ArgumentChoice {}
extension AccessDirection: ArgumentChoice {}

/// Which kind of access a person means, in the words of the product.
package enum AccessIntent: String, ArgumentChoice {
    case native
    case catalog = "catalog_acl"

    package var operation: AccessOperation { self == .native ? .source : .catalog }

    /// The words of a question that decide; the name of a platform is not one.
    package var signals: [String] {
        switch self {
        case .native:
            ["source system access", "data access management", "source system", "native", "remote", "DAM", "source"]
        case .catalog: ["catalog permissions", "catalog access", "OvalEdge security", "OE security", "ACL"]
        }
    }
}

package enum AccessScope: String, ArgumentChoice {
    case exact, descendants
}
