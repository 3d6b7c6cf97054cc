import JSON
import JSONRPC

/// A result cut to what the revision and the client of its request know.
struct Projection {
    let revision: Revision
    let info: ServerInfo
    /// Whether the client of the request shows views.
    let showsViews: Bool

    /// Adds what 2026-07-28 requires on every result; older revisions get the members as they are.
    ///
    /// `kept` is for the six results that a client may keep, and only for this client: they follow from its account.
    /// Who answers is described in full in `server/discover` alone, with name and version everywhere.
    func result(_ members: [JSONObject.Member], kept: Duration? = nil, by server: JSON? = nil) -> JSON {
        guard revision.isStateless else { return .object(JSONObject(members)) }
        var result = JSONObject([.init("resultType", "complete")] + members)
        if let kept {
            result["ttlMs"] = .int(Int(kept / .milliseconds(1)))
            result["cacheScope"] = "private"
        }
        var meta = result["_meta"] ?? [:]
        meta[RequestMetadata.serverInfo] = server ?? ["name": .string(info.name), "version": .string(info.version)]
        result["_meta"] = meta
        return .object(result)
    }

    /// A result that is not final yet (basic/patterns/mrtr).
    func inputRequired(_ members: [JSONObject.Member]) -> JSON {
        .object(
            JSONObject(
                [.init("resultType", "input_required")] + members
                    + [.init("_meta", [RequestMetadata.serverInfo: implementation])]
            )
        )
    }

    var implementation: JSON {
        .members(
            ("name", .string(info.name)),
            ("version", .string(info.version)),
            ("title", since(.june2025, info.title.map { .string($0) })),
            ("description", since(.november2025, info.description.map { .string($0) })),
            ("websiteUrl", since(.november2025, info.websiteURL.map { .string($0) })),
            ("icons", icons(info.icons))
        )
    }

    /// The members of a `tools/call` result.
    func answer(_ answer: Answer) -> JSON {
        var members = [JSONObject.Member("content", .array(answer.content.map { block($0) }))]
        if let structured = structured(answer) { members.append(.init("structuredContent", structured)) }
        if answer.isFailure { members.append(.init("isError", true)) }
        if let meta = viewed(answer.meta) { members.append(.init("_meta", meta)) }
        return result(members)
    }

    /// Before 2026-07-28 it has to be an object.
    private func structured(_ answer: Answer) -> JSON? {
        guard let structured = answer.structured, !answer.isFailure else { return nil }
        return revision.isStateless || structured.object != nil ? viewed(structured) : nil
    }

    func reading(_ answer: ResourceAnswer) -> JSON {
        result([.init("contents", .array(answer.contents.map { contents($0) }))], kept: answer.kept)
    }

    func prompt(_ answer: PromptAnswer) -> JSON {
        let messages = answer.messages.map { message -> JSON in
            ["role": .string(message.role.rawValue), "content": block(message.content)]
        }
        let description = answer.description.map { JSONObject.Member("description", .string($0)) }
        return result((description.map { [$0] } ?? []) + [.init("messages", .array(messages))])
    }

    func completion(_ completion: Completion) -> JSON {
        let values = completion.values.prefix(Completion.limit)
        let hasMore = completion.hasMore || values.count < completion.values.count
        let body = JSON.members(
            ("values", .strings(Array(values))),
            ("total", completion.total.map { .int($0) }),
            ("hasMore", .bool(hasMore))
        )
        return result([.init("completion", body)])
    }

    /// What views live on: older than 2025-06-18, only a client that shows them knows it.
    func viewed(_ value: JSON?) -> JSON? { showsViews ? value : since(.june2025, value) }

    /// A value that only revisions from one on know.
    func since(_ first: Revision, _ value: JSON?) -> JSON? { revision >= first ? value : nil }
}
