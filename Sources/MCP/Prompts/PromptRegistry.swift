/// Knows which prompts there are and can fill one in.
package protocol PromptRegistry: Sendable {
    /// In the order in which they are listed, the same for every caller.
    var prompts: [PromptDefinition] { get }

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
