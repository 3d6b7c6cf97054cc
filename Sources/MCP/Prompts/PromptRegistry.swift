/// Knows which prompts there are and can fill one in.
package protocol PromptRegistry: AudienceRegistry {
    /// In the order in which they are listed, the same for every caller of one audience.
    func prompts(in context: RequestContext) -> Listed<PromptDefinition>

    /// Whether some of them have arguments; `initialize` waits for this, so it is worth knowing without making them.
    var hasArguments: Bool { get }

    /// `name` is one of those listed, and what it requires is there and not empty.
    func get(_ name: String, arguments: [String: String], in context: RequestContext) async throws -> PromptAnswer

    /// Values for an argument of one of the prompts.
    func completion(
        of query: CompletionQuery,
        for prompt: String,
        in context: RequestContext
    ) async throws -> Completion
}

extension PromptRegistry {
    package func completion(
        of query: CompletionQuery,
        for prompt: String,
        in context: RequestContext
    ) async throws -> Completion { .none }
}
