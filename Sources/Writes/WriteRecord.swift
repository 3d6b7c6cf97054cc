import JSON
import OvalEdge

/// What the audit log keeps of one change.
struct WriteRecord: Sendable {
    private let members: [JSONObject.Member]

    init(_ write: Write, by account: String, client: String?, agreed: String) {
        members = [
            .init("account", .string(account)),
            .init("client", client.map { .string($0) } ?? .null),
            .init("tool", .string(write.tool)),
            .init("target", .string(write.target)),
            .init("before", write.change.before ?? .null),
            .init("after", write.change.after),
            .init("body", write.request.body ?? .null),
            .init("confirmed", .string(agreed)),
        ]
    }

    func line(_ outcome: WriteOutcome, requestID: String? = nil) -> JSONObject {
        JSONObject(
            members + [
                .init("outcome", .string(outcome.rawValue)),
                .init("requestId", requestID.map { .string($0) } ?? .null),
            ]
        )
    }
}
