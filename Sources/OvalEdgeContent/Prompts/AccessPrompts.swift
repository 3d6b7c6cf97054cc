import OvalEdgeTools

/// Prompts about who may see what: rights in the source systems, and permissions in the catalog.
enum AccessPrompts {
    static let all = [resolveObjectAccess, nativeSourceAccess, objectBrowse, catalogObjectAccess]

    private static let question = Prompt.Argument(
        "question",
        "Question",
        "Who or what it is about, such as: who can read orders."
    )

    private static let resolveObjectAccess = Prompt(
        "resolve_object_access",
        title: "Who has access? (either kind)",
        description: "Finds out which kind of access is meant, asks if it is unclear, and only then looks it up.",
        arguments: [question],
        using: [.accessExplorer],
        task: "Answer who has access, after it is clear which kind of access is meant.",
        steps: [
            """
            Look for signals in the question. Rights in the source system: "source system access", "data access \
            management", "source system", "native", "remote", "DAM", "source". Permissions in OvalEdge: "catalog \
            permissions", "catalog access", "OvalEdge security", "OE security", "ACL". The name of a platform, such as \
            Snowflake or Tableau, is not a signal.
            """,
            """
            If there are signals of both kinds or of none, call no tool. Ask: "1. the rights people have in the source \
            system itself, or 2. the permissions they have in the catalog?" and wait.
            """,
            """
            Rights in the source system: call `access_explorer` with `operation` `source_system_access`, the fitting \
            `query_direction`, and `access_intent_confirmed` `native`. Permissions in the catalog: `operation` \
            `catalog_access`, and `access_intent_confirmed` `catalog_acl`.
            """,
            """
            Show its answer as a table of people or roles, what they may do, and through what. Say "catalog \
            permissions", never "ACL".
            """,
        ]
    )

    private static let nativeSourceAccess = Prompt(
        "native_source_access",
        title: "Rights in a source system",
        description: "Looks up who may do what in the source system itself, such as Snowflake or Redshift.",
        arguments: [
            Prompt.Argument(
                "source_system",
                "Source system",
                "Its connector, such as snowflake, redshift or tableau.",
                from: .connectors
            ),
            question,
        ],
        using: [.accessExplorer],
        task: "Answer the question about rights in this source system itself.",
        steps: [
            """
            Choose the `query_direction`: what one person may see is `user_to_objects`, who may see one object \
            `object_to_users`, what a connection contains `browse`, and the others are for roles, groups and \
            privileges.
            """,
            """
            Call `access_explorer` with `operation` `source_system_access`, `source_system`, that direction, and the \
            person as `username` or the object as `object_path` with its `object_type` (database, schema, table, \
            column; project, report). For `object_to_users` add `access_intent_confirmed` `native`: picking this \
            prompt confirms it.
            """,
            """
            If the answer names several objects or connections that could be meant, show them and ask; then call again \
            with the one that was chosen.
            """,
            """
            Show the rights as a table: who, what, on which object, through which role or group. If the connector has \
            no rights and the answer shows catalog permissions instead, say so in its first sentence.
            """,
        ]
    )

    private static let objectBrowse = Prompt(
        "dam_object_browse",
        title: "Browse a connection's objects",
        description: "Lists the databases, schemas, tables or columns of one connection, level by level.",
        arguments: [
            Prompt.Argument(
                "connection_id",
                "Connection",
                "Id of the connection in OvalEdge, a whole number.",
                .wholeNumber,
                from: .connectionIDs
            ),
            Prompt.Argument(
                "scope",
                "Level and place",
                "What to list, such as: schemas of the database SALES_DB.",
                from: .choices(["databases", "schemas", "tables", "columns"])
            ),
        ],
        using: [.accessExplorer],
        task: "List what this connection holds, at the level and place that the scope names.",
        steps: [
            """
            Call `access_explorer` with `operation` `source_system_access`, `query_direction` `browse`, the \
            `connection_id`, and as `object_type` the level (database, schema, table or column). `object_path` is the \
            place above it: none for databases, the database for schemas, database.schema for tables, \
            database.schema.table for columns.
            """,
            "Show the list with its count. If it is long, show the first thirty and offer to narrow it.",
            "Offer the next level down, and who has rights on one of the objects.",
        ]
    )

    private static let catalogObjectAccess = Prompt(
        "catalog_object_access",
        title: "Permissions in the catalog",
        description: "Looks up who may see or change an asset in OvalEdge, or what one person may do.",
        arguments: [question],
        using: [.assetExplorer, .accessExplorer],
        task: "Answer the question about permissions in the catalog.",
        steps: [
            """
            Find the asset that the question names: call `asset_explorer` with its name as `name`, or its words as \
            `search_terms`. If several could be meant, show them and ask.
            """,
            """
            Call `access_explorer` with `operation` `catalog_access` and the asset's `object_id` and `object_type`: \
            `query_direction` `object_to_principals` with `access_intent_confirmed` `catalog_acl` for everybody, \
            `user_to_object` with `username` for one person.
            """,
            """
            Show who may see and change metadata and data, and where each permission comes from. If it is inherited, say \
            from what. Say "catalog permissions", never "ACL".
            """,
        ]
    )
}
