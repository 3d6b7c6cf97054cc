import OvalEdgeTools

extension Guide {
    /// Two kinds of access, and how the rights in a source system are asked for.
    static let sourceAccess = Guide(
        stem: "rdam_source_access",
        title: "Access: source systems and catalog",
        description: "The two kinds of access, how to tell which is meant, and how each is looked up.",
        priority: 0.4
    ) {
        [
            Section("Two kinds of access", kinds),
            Section("Telling them apart", signals),
            Section("Here") { tools in
                tools.contains(.accessExplorer)
                    ? "Both are looked up with `access_explorer`."
                    : """
                    This server is set up without `access_explorer`, so it can answer neither. `asset_details` names \
                    owner and steward, who can; say that, and give the link.
                    """
            },
            Section("Rights in a source system", about: [.accessExplorer], native),
            Section("Paths", about: [.accessExplorer]) { _ in paths },
            Section("Permissions in the catalog", about: [.accessExplorer], catalog),
        ]
    }

    private static let kinds = """
        **Source system access** (also called native access, RDAM or DAM) is what people may do in the system where \
        the data lives: `SELECT` on a table in Snowflake, for example. It is granted there, through roles, groups and \
        grants.

        **Catalog access** is what people may see and change in OvalEdge: metadata and data of an asset. Say "catalog \
        permissions" when you mean it.

        Neither implies the other: who can find a table in the catalog may have no right to query it.
        """

    private static let signals = """
        - Source system: "source system access", "data access management", "source system", "native", "remote", "DAM", \
        "source"
        - Catalog: "catalog permissions", "catalog access", "OvalEdge security", "OE security", "ACL"

        With words of one kind only, that kind is meant. With both or none, ask: "1. the rights in the source system \
        itself, or 2. the permissions in the catalog?", and look nothing up before the answer. The name of a platform \
        (Snowflake, Redshift, Tableau) is not a signal: its tables are in the catalog too.
        """

    private static let native = """
        `operation` `source_system_access`, with `source_system` and one `query_direction`:

        - `user_to_objects`: what one person may do; needs `username`
        - `object_to_users`: who may do something with one object; needs its path and type, and \
        `access_intent_confirmed` `native`
        - `browse`: what a connection contains; needs `connection_id` and the level
        - the others relate users, roles, groups and privileges; `user_to_roles` with `include_parent_roles` true shows \
        what these roles inherit, too

        `username` is the sign-in name. Of many rights, `group_by` `role` or `schema` gives the counts, and `first_row` \
        the rest.

        One source system and one connection at a time. For a connector without such rights the answer shows catalog \
        permissions instead, and says so: repeat that to the person.
        """

    private static var paths: String {
        table(
            ["Level", "Path", "Where"],
            [
                ["`database`", "`SALES_DB`", "databases"],
                ["`schema`", "`SALES_DB.PUBLIC`", "databases"],
                ["`table`", "`SALES_DB.PUBLIC.ORDERS`", "databases"],
                ["`column`", "`SALES_DB.PUBLIC.ORDERS.EMAIL`", "Redshift only"],
                ["`project`", "`Marketing`", "Tableau"],
                ["`report`", "`Marketing/Weekly`", "Tableau"],
            ]
        )
            + "\n\nA name alone may fit several objects: the answer then lists them, and the person chooses."
    }

    private static let catalog = """
        `operation` `catalog_access` and the asset by id and type, by full name, or by name:

        - `object_to_principals`: everybody who may see or change it; needs `access_intent_confirmed` `catalog_acl`
        - `user_to_object`: what one person may do; needs `username`

        Permissions on a data story may come from its story zone; the answer says where each comes from.
        """
}
