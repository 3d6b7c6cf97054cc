import JSON
import JSONRPC

/// A result cut to what the revision of its request knows.
struct Projection {
    let revision: Revision
    let info: ServerInfo

    /// How long a client may keep a result, and that it is for this client alone: names and tools are settings.
    static let cachedMilliseconds = 300_000

    /// Adds what 2026-07-28 wants on every result; older revisions get the members as they are.
    func result(_ members: [JSONObject.Member], isCacheable: Bool = false) -> JSON {
        guard revision.isStateless else { return .object(JSONObject(members)) }
        var result = JSONObject([.init("resultType", "complete")] + members)
        if isCacheable {
            result["ttlMs"] = .int(Self.cachedMilliseconds)
            result["cacheScope"] = "private"
        }
        result["_meta"] = [RequestMetadata.serverInfo: info.implementation]
        return .object(result)
    }

    /// One entry of `tools/list`.
    func tool(_ listing: ToolListing) -> JSON {
        let definition = listing.definition
        return .members(
            ("name", .string(definition.name)),
            ("title", revision >= .june2025 ? .string(definition.title) : nil),
            ("description", .string(definition.description)),
            ("inputSchema", listing.inputSchema),
            ("outputSchema", revision >= .june2025 ? listing.outputSchema : nil),
            ("annotations", revision >= .march2025 ? annotations(definition) : nil)
        )
    }

    /// The members of a `tools/call` result.
    func answer(_ answer: Answer) -> JSON {
        let hasLinks = revision >= .june2025
        let links = answer.links.map { hasLinks ? link($0) : text("\($0.name): \($0.uri)") }
        let content = [text(answer.text)] + links
        var members: [JSONObject.Member] = [.init("content", .array(content))]
        if let structured = answer.structured, !answer.isFailure, revision >= .june2025 {
            members.append(.init("structuredContent", structured))
        }
        if answer.isFailure { members.append(.init("isError", true)) }
        return result(members)
    }

    private func annotations(_ definition: ToolDefinition) -> JSON {
        [
            "title": .string(definition.title),
            "readOnlyHint": .bool(definition.effect.isReadOnly),
            "destructiveHint": .bool(definition.effect.isDestructive),
            "idempotentHint": .bool(definition.effect.isIdempotent),
            "openWorldHint": false,
        ]
    }

    private func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

    private func link(_ link: Answer.Link) -> JSON {
        .members(
            ("type", "resource_link"),
            ("uri", .string(link.uri)),
            ("name", .string(link.name)),
            ("description", link.description.map { .string($0) })
        )
    }
}
