/// What OvalEdge 8.1 documents, each tool by the one that answers for it now.
///
/// Tools that have kept their names are not here.
extension FormerName {
    package static let all = finding + knowing + access + quality

    package static func named(_ name: String) -> FormerName? { all.first { $0.name == name } }

    private static let finding = [
        FormerName("search_catalog_assets", .assetExplorer),
        FormerName("catalog_asset_details", .assetDetails).renaming("fully_qualified_name", to: "object_name"),
        FormerName("column_profile_statistics", .assetDetails).only("object_type", "oetable", "oefile"),
        FormerName("table_entity_relationships", .assetDetails, ("object_type", "oetable")),
        FormerName("lookup_glossary_term", .assetExplorer, ("object_type", "glossary"))
            .one(of: "object_id", "term_name").renaming("term_name", to: "name"),
        FormerName("lookup_tags", .assetExplorer, ("object_type", "oetag"))
            .one(of: "object_id", "tag_name").renaming("tag_name", to: "name"),
    ]

    private static let knowing = [
        FormerName("lookup_datastory", .knowledgeSearch),
        FormerName("search_platform_docs", .knowledgeSearch).one(of: "query"),
    ]

    private static let access =
        ["source_system_access", "get_source_system_access"].map { name in
            FormerName(name, .accessExplorer, ("operation", "source_system_access"))
                .renaming("fully_qualified_name", to: "object_path")
        } + [FormerName("get_user_object_access", .accessExplorer, ("operation", "catalog_access"))]

    private static let quality = [
        FormerName("lookup_dq_rule", .dqRuleAdvisor, ("step", "lookup")),
        FormerName("assess_cde_dq", .dqRuleAdvisor, ("step", "assess")),
        FormerName("generate_dq_queries", .dqRuleAdvisor, ("step", "generate_query")),
        FormerName("validate_dq_queries", .dqRuleAdvisor, ("step", "validate_query")),
        FormerName("create_dq_rules", .dqRuleManager, ("step", "create_standard")),
        FormerName("create_sql_dq_rule", .dqRuleManager, ("step", "create_custom_sql")),
        FormerName("associate_dq_rule_objects", .dqRuleManager, ("step", "associate")),
    ].map { $0.renaming("create_confirmed_by_user", to: "write_confirmed_by_user") }
}
