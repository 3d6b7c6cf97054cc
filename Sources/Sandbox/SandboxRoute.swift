import HTTP

/// One endpoint: method, path below the context path, and who answers.
struct SandboxRoute: Sendable {
    enum Answer: Sendable {
        case signIn
        case catalog(CatalogAnswer)
        case large(LargeAnswer)
    }

    typealias CatalogAnswer = @Sendable (SandboxCall, inout SampleCatalog) -> HTTPResponse
    typealias LargeAnswer = @Sendable (SandboxCall, inout LargeCatalog) -> HTTPResponse

    let method: HTTPMethod
    let path: String
    var generations = Set(SandboxGeneration.allCases)
    let answer: Answer

    static func all(of generation: SandboxGeneration) -> [SandboxRoute] {
        (shared + older).filter { $0.generations.contains(generation) }
    }

    static let signIn = SandboxRoute(method: .post, path: Sandbox.signInPath, answer: .signIn)

    private static let shared: [SandboxRoute] = [
        signIn,
        .post("/api/v1/mcp/asset-explorer", in: .current) { AssetExplorerRoute.respond($0, &$1) },
        .get("/api/v1/mcp/asset-details", in: .current, .transition) { AssetDetailsRoute.respond($0, &$1) },
        .get("/api/v1/mcp/asset-lineage", in: .current, .transition) { AssetLineageRoute.respond($0, &$1) },
        .get("/api/v1/mcp/access-explorer", in: .current) { AccessExplorerRoute.respond($0, &$1) },
        .post("/api/v1/mcp/metadata-changes-between-crawls") { MetadataChangesRoute.respond($0, &$1) },
        .post("/api/v1/mcp/update-asset-descriptions") { UpdateDescriptionsRoute.respond($0, &$1) },
        .post("/api/v1/mcp/update-cde-associations") { UpdateCriticalElementsRoute.respond($0, &$1) },
        .post("/api/v1/mcp/update-governance-roles") { UpdateRolesRoute.respond($0, &$1) },
        .get("/api/v1/mcp/custom-fields") { CustomFieldsRoute.respond($0, &$1) },
        .post("/api/v1/mcp/update-custom-field-values") { UpdateCustomFieldsRoute.respond($0, &$1) },
        .get("/api/v1/mcp/domain-metadata") { GlossaryPlacesRoute.respond($0, &$1) },
        .post("/api/v1/mcp/glossary-terms") { CreateTermRoute.respond($0, &$1) },
        .get("/api/v1/mcp/tags/create-options") { TagOptionsRoute.respond($0, &$1) },
        .get("/api/v1/mcp/tags/parent-options") { TagOptionsRoute.places($0, &$1) },
        .post("/api/v1/mcp/tags") { CreateTagRoute.respond($0, &$1) },
        .get("/api/v1/mcp/knowledge-search", in: .current, .transition) { KnowledgeSearchRoute.respond($0, &$1) },
        .get("/api/v1/mcp/lookup-dq-rules") { LookupRulesRoute.respond($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/assess-cde") { AssessQualityRoute.respond($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/generate-queries") { GenerateQueriesRoute.respond($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/validate-queries") { ValidateQueriesRoute.respond($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/create-rules") { CreateRulesRoute.respond($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/create-sql-rule") { CreateSQLRuleRoute.respond($0, &$1) },
        .post("/api/v1/mcp/dq-intelligence/associate-rule-objects") { AssociateRuleRoute.respond($0, &$1) },
        .get("/api/v1/mcp/service-request-templates") { ServiceRequestTemplateRoute.respond($0, &$1) },
        .post("/api/v1/mcp/service-requests") { CreateServiceRequestRoute.respond($0, &$1) },
    ]

    /// In every generation, where none is named.
    static func get(
        _ path: String,
        in generations: SandboxGeneration...,
        answer: @escaping CatalogAnswer
    ) -> SandboxRoute {
        SandboxRoute(.get, path, generations, answer)
    }

    private static func post(
        _ path: String,
        in generations: SandboxGeneration...,
        answer: @escaping CatalogAnswer
    ) -> SandboxRoute {
        SandboxRoute(.post, path, generations, answer)
    }

    /// One of the large catalog; `name` is what follows the path that all have.
    static func large(_ method: HTTPMethod, _ name: String, answer: @escaping LargeAnswer) -> SandboxRoute {
        SandboxRoute(method: method, path: "/api/v1/mcp/" + name, answer: .large(answer))
    }

    private init(
        _ method: HTTPMethod,
        _ path: String,
        _ generations: [SandboxGeneration],
        _ answer: @escaping CatalogAnswer
    ) {
        self.init(method: method, path: path, answer: .catalog(answer))
        if !generations.isEmpty { self.generations = Set(generations) }
    }

    private init(method: HTTPMethod, path: String, answer: Answer) {
        self.method = method
        self.path = path
        self.answer = answer
    }
}
