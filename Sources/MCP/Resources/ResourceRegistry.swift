/// Knows which resources there are and can read one by its URI.
package protocol ResourceRegistry: AudienceRegistry {
    /// In the order in which they are listed, the same for every caller of one audience.
    func resources(in context: RequestContext) -> Listed<Resource>
    func templates(in context: RequestContext) -> Listed<ResourceTemplate>
    /// Whether there are any; `initialize` waits for this, so it is worth knowing without making them.
    var hasTemplates: Bool { get }

    /// Whether some of them are views; asked of every `initialize`, too.
    var hasViews: Bool { get }

    /// Nil when there is no such resource.
    ///
    /// An `RPCError` becomes the error of the request; what else is thrown, an internal one.
    func read(_ uri: String, in context: RequestContext) async throws -> ResourceAnswer?

    /// Whether there is such a resource; nil when only reading it could show that.
    func exists(_ uri: String) -> Bool?

    /// Values for a variable of one of the templates.
    func completion(
        of query: CompletionQuery,
        for template: ResourceTemplate,
        in context: RequestContext
    ) async throws -> Completion
}

extension ResourceRegistry {
    package func templates(in context: RequestContext) -> Listed<ResourceTemplate> { .now([]) }
    package var hasTemplates: Bool { false }
    package var hasViews: Bool { false }

    package func exists(_ uri: String) -> Bool? { nil }

    package func completion(
        of query: CompletionQuery,
        for template: ResourceTemplate,
        in context: RequestContext
    ) async throws -> Completion { .none }
}
