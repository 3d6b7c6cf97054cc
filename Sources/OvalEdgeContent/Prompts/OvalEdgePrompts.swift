import JSONRPC
package import MCP
package import OvalEdgeTools

/// The prompts whose tools are all listed, in reading order.
package struct OvalEdgePrompts: PromptRegistry {
    /// All there are, whatever is listed.
    package static let all =
        CatalogPrompts.all + KnowledgePrompts.all + AccessPrompts.all + GovernancePrompts.all
        + QualityPrompts.all + ServiceDeskPrompts.all

    private let accounts: any Accounts
    private let completer: Completer

    /// Nothing is looked at before a prompt is asked for.
    package init(_ accounts: any Accounts, completer: Completer) {
        self.accounts = accounts
        self.completer = completer
    }

    package func audience(in context: RequestContext) -> Audience { accounts.access(for: context.principal).audience }

    package func prompts(in context: RequestContext) -> Listed<PromptDefinition> {
        .now(Self.prompts(for: accounts.access(for: context.principal).tools).map { $0.definition })
    }

    package var hasArguments: Bool { true }

    /// Those that can be followed with these tools.
    package static func prompts(for tools: [any Tool.Type]) -> [Prompt] {
        let tools = EnabledTools(tools)
        return all.filter { tools.contains($0.tools) }
    }

    package func get(
        _ name: String,
        arguments: [String: String],
        in context: RequestContext
    ) async throws -> PromptAnswer {
        let tools = accounts.access(for: context.principal).tools
        let prompt = try Self.prompt(named: name, for: tools)
        let values = try PromptValues(arguments, for: prompt)
        return PromptAnswer(description: prompt.description, prompt.text(values, for: EnabledTools(tools)))
    }

    package func completion(
        of query: CompletionQuery,
        for prompt: String,
        in context: RequestContext
    ) async throws -> Completion {
        let arguments = try Self.prompt(named: prompt, for: accounts.access(for: context.principal).tools).arguments
        guard let argument = arguments.first(where: { $0.name == query.argument }) else { return .none }
        return await completer.completion(of: query.value, from: argument.completion, for: context.principal)
    }

    private static func prompt(named name: String, for tools: [any Tool.Type]) throws(RPCError) -> Prompt {
        let listed = prompts(for: tools)
        guard let prompt = listed.first(where: { $0.name == name }) else {
            throw .unknown("prompt", name, among: listed.map { $0.name })
        }
        return prompt
    }
}
