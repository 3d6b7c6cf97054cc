import JSONRPC

/// Prompts that are closures, for a server that has a few.
package struct PromptSet: PromptRegistry {
    /// One prompt: what clients get of it, and what it says.
    package struct Prompt: Sendable {
        package typealias Get = @Sendable (_ arguments: [String: String], RequestContext) async throws -> PromptAnswer

        let definition: PromptDefinition
        let known: [String: [String]]
        let get: Get

        /// `known` has the values that are offered for an argument, by its name.
        package init(_ definition: PromptDefinition, known: [String: [String]] = [:], get: @escaping Get) {
            self.definition = definition
            self.known = known
            self.get = get
        }
    }

    private let prompts: [PromptDefinition]
    private let byName: [String: Prompt]

    /// In the order in which they are listed; traps on a name that is there twice.
    package init(_ prompts: [Prompt]) {
        self.prompts = prompts.map { $0.definition }
        byName = Dictionary(uniqueKeysWithValues: prompts.map { ($0.definition.name, $0) })
    }

    package func prompts(in context: RequestContext) -> Listed<PromptDefinition> { .now(prompts) }

    package var hasArguments: Bool { prompts.contains { !$0.arguments.isEmpty } }

    package func get(
        _ name: String,
        arguments: [String: String],
        in context: RequestContext
    ) async throws -> PromptAnswer {
        guard let prompt = byName[name] else {
            throw RPCError.unknown("prompt", name, among: prompts.map { $0.name })
        }
        return try await prompt.get(arguments, context)
    }

    package func completion(
        of query: CompletionQuery,
        for prompt: String,
        in context: RequestContext
    ) async throws -> Completion {
        .matching(query.value, in: byName[prompt]?.known[query.argument] ?? [])
    }
}
