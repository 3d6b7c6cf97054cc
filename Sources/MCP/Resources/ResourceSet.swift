/// Resources whose contents are closures, for a server that has a few.
package struct ResourceSet: ResourceRegistry {
    /// One resource that is listed, and how it is read.
    package struct Entry: Sendable {
        package typealias Read = @Sendable (RequestContext) async throws -> ResourceAnswer

        let resource: Resource
        let read: Read

        package init(_ resource: Resource, read: @escaping Read) {
            self.resource = resource
            self.read = read
        }

        /// With contents that never change.
        package init(_ resource: Resource, _ body: ResourceContents.Body) {
            let contents = ResourceContents(resource.uri, mimeType: resource.mimeType, body)
            self.init(resource) { _ in ResourceAnswer(contents) }
        }
    }

    /// The resources that one template describes.
    package struct Family: Sendable {
        /// Nil when no resource has these values.
        package typealias Read =
            @Sendable (
                _ values: [String: String], RequestContext
            ) async throws -> ResourceContents.Body?

        let template: ResourceTemplate
        let known: [String: [String]]
        let read: Read

        /// `known` has the values that are offered for a variable, by its name.
        package init(_ template: ResourceTemplate, known: [String: [String]] = [:], read: @escaping Read) {
            self.template = template
            self.known = known
            self.read = read
        }
    }

    private let entries: [Entry]
    private let families: [Family]

    package init(_ entries: [Entry], templates families: [Family] = []) {
        self.entries = entries
        self.families = families
    }

    package func resources(in context: RequestContext) -> Listed<Resource> { .now(entries.map { $0.resource }) }
    package func templates(in context: RequestContext) -> Listed<ResourceTemplate> {
        .now(families.map { $0.template })
    }

    package var hasTemplates: Bool { !families.isEmpty }
    package var hasViews: Bool { entries.contains { $0.resource.isView } }

    package func exists(_ uri: String) -> Bool? {
        if entries.contains(where: { $0.resource.uri == uri }) { return true }
        return families.contains { $0.template.uri.values(in: uri) != nil } ? nil : false
    }

    package func read(_ uri: String, in context: RequestContext) async throws -> ResourceAnswer? {
        if let entry = entries.first(where: { $0.resource.uri == uri }) { return try await entry.read(context) }
        for family in families {
            guard let values = family.template.uri.values(in: uri) else { continue }
            guard let body = try await family.read(values, context) else { return nil }
            return ResourceAnswer(ResourceContents(uri, mimeType: family.template.mimeType, body))
        }
        return nil
    }

    package func completion(
        of query: CompletionQuery,
        for template: ResourceTemplate,
        in context: RequestContext
    ) async throws -> Completion {
        let family = families.first { $0.template.uri == template.uri }
        return .matching(query.value, in: family?.known[query.argument] ?? [])
    }
}
