package import MCP
package import OvalEdgeTools
package import Rendering

/// What can be read by a URI: guides to this server, assets of the catalog, and views of answers.
package struct OvalEdgeResources: ResourceRegistry {
    private let accounts: any Accounts
    private let completer: Completer
    private let budget: AnswerBudget
    private let mark: @Sendable () -> UntrustedDelimiter

    /// Nothing is looked at before a resource is asked for; `mark` gives each that is read a mark of its own.
    package init(
        _ accounts: any Accounts,
        completer: Completer,
        budget: AnswerBudget = AnswerBudget(),
        mark: @escaping @Sendable () -> UntrustedDelimiter = UntrustedDelimiter.random
    ) {
        self.accounts = accounts
        self.completer = completer
        self.budget = budget
        self.mark = mark
    }

    package func audience(in context: RequestContext) -> Audience { accounts.access(for: context.principal).audience }

    package func resources(in context: RequestContext) -> Listed<Resource> {
        let tools = accounts.access(for: context.principal).tools
        return .now(Self.guides(for: tools) + Self.views(for: tools))
    }

    package func templates(in context: RequestContext) -> Listed<ResourceTemplate> {
        .now(CatalogTemplate.allCases.map { $0.template })
    }

    package var hasTemplates: Bool { true }

    package var hasViews: Bool { true }

    package static func guides(for tools: [any Tool.Type]) -> [Resource] {
        let tools = EnabledTools(tools)
        return Guide.all.map { $0.resource(for: tools) }
    }

    /// Of these tools, in their order.
    package static func views(for tools: [any Tool.Type]) -> [Resource] {
        tools.compactMap { tool in tool.definition.view?.resource }
    }

    package func read(_ uri: String, in context: RequestContext) async throws -> ResourceAnswer? {
        if let guide = Guide.all.first(where: { $0.uri == uri }) {
            return guide.read(for: EnabledTools(accounts.access(for: context.principal).tools))
        }
        if let page = ViewPage.all.first(where: { $0.view.uri == uri }) { return try page.answer }
        for template in CatalogTemplate.allCases {
            guard let id = template.id(in: uri) else { continue }
            return try await template.read(id, at: uri, within: budget, marking: mark(), for: Visit(accounts, context))
                .map { ResourceAnswer($0) }
        }
        return nil
    }

    package func completion(
        of query: CompletionQuery,
        for template: ResourceTemplate,
        in context: RequestContext
    ) async throws -> Completion {
        guard query.argument == CatalogTemplate.variable,
            let template = CatalogTemplate.allCases.first(where: { $0.uri == template.uri })
        else { return .none }
        let source = CompletionSource.catalog(.id(template.objectType))
        return await completer.completion(of: query.value, from: source, for: context.principal)
    }
}
