import JSON

/// What a client gets of each thing that can be listed.
extension Projection {
    func tool(_ listing: ToolListing) -> JSON {
        let definition = listing.definition
        return .members(
            ("name", .string(definition.name)),
            ("title", since(.june2025, .string(definition.title))),
            ("description", .string(definition.description)),
            ("inputSchema", listing.inputSchema),
            ("outputSchema", outputSchema(listing)),
            ("annotations", since(.march2025, hints(definition))),
            ("icons", icons(definition.icons)),
            ("_meta", viewed(meta(of: definition)))
        )
    }

    /// Before 2026-07-28 its root has to be an object.
    private func outputSchema(_ listing: ToolListing) -> JSON? {
        let isKnown = revision.isStateless || listing.outputSchema?["type"]?.string == "object"
        return isKnown ? since(.june2025, listing.outputSchema) : nil
    }

    private func meta(of definition: ToolDefinition) -> JSON? {
        var meta = definition.meta ?? [:]
        meta[Self.searchHint] = definition.searchHint.map { .string($0) }
        if showsViews, let view = definition.view {
            for member in view.toolMeta.members { meta[member.name] = member.value }
        }
        return meta.object?.isEmpty == true ? nil : meta
    }

    private static let searchHint = "anthropic/searchHint"

    private func hints(_ definition: ToolDefinition) -> JSON {
        [
            "title": .string(definition.title),
            "readOnlyHint": .bool(definition.effect.isReadOnly),
            "destructiveHint": .bool(definition.effect.isDestructive),
            "idempotentHint": .bool(definition.effect.isIdempotent),
            "openWorldHint": .bool(definition.reachesOthers),
        ]
    }

    func resource(_ resource: Resource) -> JSON {
        .members(
            ("uri", .string(resource.uri)),
            ("name", .string(resource.name)),
            ("title", since(.june2025, resource.title.map { .string($0) })),
            ("description", resource.description.map { .string($0) }),
            ("mimeType", resource.mimeType.map { .string($0) }),
            ("size", resource.size.map { .int($0) }),
            ("annotations", resource.annotations.map { annotations($0) }),
            ("icons", icons(resource.icons)),
            ("_meta", viewed(resource.meta))
        )
    }

    func template(_ template: ResourceTemplate) -> JSON {
        .members(
            ("uriTemplate", .string(template.uri.text)),
            ("name", .string(template.name)),
            ("title", since(.june2025, template.title.map { .string($0) })),
            ("description", template.description.map { .string($0) }),
            ("mimeType", template.mimeType.map { .string($0) }),
            ("annotations", template.annotations.map { annotations($0) }),
            ("icons", icons(template.icons)),
            ("_meta", since(.june2025, template.meta))
        )
    }

    func prompt(_ prompt: PromptDefinition) -> JSON {
        .members(
            ("name", .string(prompt.name)),
            ("title", since(.june2025, .string(prompt.title))),
            ("description", .string(prompt.description)),
            ("arguments", .array(prompt.arguments.map { argument($0) })),
            ("icons", icons(prompt.icons)),
            ("_meta", since(.june2025, prompt.meta))
        )
    }

    private func argument(_ argument: PromptDefinition.Argument) -> JSON {
        .members(
            ("name", .string(argument.name)),
            ("title", since(.june2025, argument.title.map { .string($0) })),
            ("description", .string(argument.description)),
            ("required", .bool(argument.isRequired))
        )
    }

    func icons(_ icons: [Icon]) -> JSON? {
        guard !icons.isEmpty, revision >= .november2025 else { return nil }
        return .array(
            icons.map { icon in
                .members(
                    ("src", .string(icon.source)),
                    ("mimeType", icon.mimeType.map { .string($0) }),
                    ("sizes", icon.sizes.isEmpty ? nil : .strings(icon.sizes))
                )
            }
        )
    }
}
