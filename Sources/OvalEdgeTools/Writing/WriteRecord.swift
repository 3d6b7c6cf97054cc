import JSON

/// What the audit log keeps of one change.
struct WriteRecord: Sendable {
    private let members: [JSONObject.Member]

    init(_ write: Write, by account: String, client: String?, agreed: String) {
        members = [
            .init("account", .string(account)),
            .init("client", client.map { .string($0) } ?? .null),
            .init("tool", .string(write.tool)),
            .init("target", .string(write.target)),
            .init("before", write.before ?? .null),
            .init("after", write.after),
            .init("confirmed", .string(agreed)),
        ]
    }

    /// `outcome` is one of attempted, done, refused, unknown.
    func line(_ outcome: String, requestID: String? = nil) -> JSONObject {
        JSONObject(
            members + [
                .init("outcome", .string(outcome)), .init("requestId", requestID.map { .string($0) } ?? .null),
            ]
        )
    }
}
