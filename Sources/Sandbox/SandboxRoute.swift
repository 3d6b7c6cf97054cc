import HTTP

/// One endpoint: method, path below the context path, and who answers.
struct SandboxRoute: Sendable {
    enum Answer: Sendable {
        case signIn
        case catalog(CatalogAnswer)
    }

    typealias CatalogAnswer = @Sendable (SandboxCall, inout SampleCatalog) -> HTTPResponse

    let method: HTTPMethod
    let path: String
    let answer: Answer

    static let all: [SandboxRoute] = [
        SandboxRoute(method: .post, path: Sandbox.signInPath, answer: .signIn),
        .post("/api/v1/mcp/asset-explorer") { AssetExplorerRoute.answer($0, &$1) },
        .get("/api/v1/mcp/asset-details") { AssetDetailsRoute.answer($0, &$1) },
        .get("/api/v1/mcp/asset-lineage") { AssetLineageRoute.answer($0, &$1) },
        .get("/api/v1/mcp/access-explorer") { AccessExplorerRoute.answer($0, &$1) },
        .post("/api/v1/mcp/metadata-changes-between-crawls") { MetadataChangesRoute.answer($0, &$1) },
        .post("/api/v1/mcp/update-asset-descriptions") { UpdateDescriptionsRoute.answer($0, &$1) },
        .post("/api/v1/mcp/update-cde-associations") { UpdateCriticalElementsRoute.answer($0, &$1) },
        .post("/api/v1/mcp/update-governance-roles") { UpdateRolesRoute.answer($0, &$1) },
        .get("/api/v1/mcp/custom-fields") { CustomFieldsRoute.answer($0, &$1) },
        .post("/api/v1/mcp/update-custom-field-values") { UpdateCustomFieldsRoute.answer($0, &$1) },
        .get("/api/v1/mcp/domain-metadata") { GlossaryPlacesRoute.answer($0, &$1) },
        .post("/api/v1/mcp/glossary-terms") { CreateTermRoute.answer($0, &$1) },
        .get("/api/v1/mcp/tags/create-options") { TagOptionsRoute.answer($0, &$1) },
        .get("/api/v1/mcp/tags/parent-options") { TagOptionsRoute.places($0, &$1) },
        .post("/api/v1/mcp/tags") { CreateTagRoute.answer($0, &$1) },
        .get("/api/v1/mcp/knowledge-search") { KnowledgeSearchRoute.answer($0, &$1) },
        .get("/api/v1/mcp/lookup-dq-rules") { LookupRulesRoute.answer($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/assess-cde") { AssessQualityRoute.answer($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/generate-queries") { GenerateQueriesRoute.answer($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/validate-queries") { ValidateQueriesRoute.answer($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/create-rules") { CreateRulesRoute.answer($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/create-sql-rule") { CreateSQLRuleRoute.answer($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/associate-rule-objects") { AssociateRuleRoute.answer($0, &$1) },
        .get("/api/v1/mcp/service-request-templates") { ServiceRequestTemplateRoute.answer($0, &$1) },
        .post("/api/v1/mcp/service-requests") { CreateServiceRequestRoute.answer($0, &$1) },
    ]

    private static func get(_ path: String, _ answer: @escaping CatalogAnswer) -> SandboxRoute {
        SandboxRoute(method: .get, path: path, answer: .catalog(answer))
    }

    private static func post(_ path: String, _ answer: @escaping CatalogAnswer) -> SandboxRoute {
        SandboxRoute(method: .post, path: path, answer: .catalog(answer))
    }
}
