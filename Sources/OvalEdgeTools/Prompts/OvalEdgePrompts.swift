import JSONRPC
package import MCP

/// The prompts whose tools are all listed, in reading order.
package struct OvalEdgePrompts: PromptRegistry {
    /// All there are, whatever is listed.
    package static let all =
        CatalogPrompts.all + KnowledgePrompts.all + AccessPrompts.all + GovernancePrompts.all
        + QualityPrompts.all + ServiceDeskPrompts.all

    private let access: ToolAccess
    private let completer: Completer

    /// Nothing is looked at before a prompt is asked for.
    package init(_ access: ToolAccess, completer: Completer) {
        self.access = access
        self.completer = completer
    }

    package var prompts: [PromptDefinition] { Self.prompts(for: access.tools).map { $0.definition } }

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
        let prompt = try prompt(named: name)
        let values = try PromptValues(arguments, for: prompt)
        return PromptAnswer(description: prompt.description, prompt.text(values, for: EnabledTools(access.tools)))
    }

    package func completion(
        of query: CompletionQuery,
        for prompt: String,
        in context: RequestContext
    ) async throws -> Completion {
        let arguments = try self.prompt(named: prompt).arguments
        guard let argument = arguments.first(where: { $0.name == query.argument }) else { return .none }
        return await completer.completion(of: query.value, from: argument.completion, for: context.principal)
    }

    private func prompt(named name: String) throws(RPCError) -> Prompt {
        let listed = Self.prompts(for: access.tools)
        guard let prompt = listed.first(where: { $0.name == name }) else {
            throw .unknown("prompt", name, among: listed.map { $0.name })
        }
        return prompt
    }
}
