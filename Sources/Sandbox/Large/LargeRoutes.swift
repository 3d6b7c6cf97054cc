import HTTP

extension SandboxRoute {
    /// What the large catalog answers: all questions of the current release, and most of its writes.
    static let large: [SandboxRoute] = [
        .signIn, .large(.post, "asset-explorer") { LargeExplorerRoute.search($0, &$1) },
        .large(.get, "asset-details") { LargeDetailsRoute.details($0, &$1) },
        .large(.get, "asset-lineage") { LargeLineageRoute.lineage($0, &$1) },
        .large(.get, "access-explorer") { LargeAccessRoute.access($0, &$1) },
        .large(.get, "knowledge-search") { LargeKnowledgeRoute.stories($0, &$1) },
        .large(.post, "metadata-changes-between-crawls") { LargeChangesRoute.changes($0, &$1) },
        .large(.post, "dq-intelligence/assess-cde") { LargeAssessRoute.assess($0, &$1) },
        .large(.get, "lookup-dq-rules") { LargeRulesRoute.rules($0, &$1) },
        .large(.get, "domain-metadata") { LargeGlossaryRoutes.places($0, &$1) },
        .large(.post, "glossary-terms") { LargeGlossaryRoutes.create($0, &$1) },
        .large(.post, "update-asset-descriptions") { LargeWriteRoutes.describe($0, &$1) },
        .large(.post, "update-governance-roles") { LargeWriteRoutes.assign($0, &$1) },
        .large(.post, "update-cde-associations") { LargeWriteRoutes.mark($0, &$1) },
        .large(.get, "custom-fields") { LargeWriteRoutes.field($0, &$1) },
        .large(.post, "update-custom-field-values") { LargeWriteRoutes.fill($0, &$1) },
        .large(.get, "service-request-templates") { LargeDeskRoutes.template($0, &$1) },
        .large(.post, "service-requests") { LargeDeskRoutes.file($0, &$1) },
    ]
}
