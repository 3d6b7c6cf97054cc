import HTTP
import JSON
import JSONRPC
import MCP

/// What a POST brought, and by which rules it is served: decided for each by itself, never by its client or its history.
enum IncomingMessage: Hashable, Sendable {
    /// A request of 2026-07-28, which says all that is to be known of it.
    case selfContained(Request)
    /// It opens a session of a revision with a handshake, or would.
    case initialize(Request)
    /// A request of a revision with a handshake.
    case request(Request)
    /// Several messages of 2025-03-26.
    case batch([JSON])
    /// An answer to what a session asked its client, or a notification within one.
    case reply(isResponse: Bool)
    /// A notification that means nothing here.
    case ignored

    /// `version` is what the header field says.
    init(_ json: JSON, version: String?) throws(Message.Malformed) {
        let isModern = version.flatMap { Revision(rawValue: $0) }?.isStateless == true
        if case .array(let messages) = json {
            guard !isModern, !messages.isEmpty, !messages.contains(where: Self.isSelfContained) else {
                throw Message.Malformed("The body must be one message, not a list of them.", id: nil)
            }
            for message in messages { try Self.refuseTwins(message) }
            self = .batch(messages)
            return
        }
        try Self.refuseTwins(json)
        switch try Message(json) {
        case .request(let request): self = try Self(request, isModern: isModern)
        case .notification: self = isModern ? .ignored : .reply(isResponse: false)
        case .response(let response):
            guard !isModern else {
                throw Message.Malformed("In this revision there is nothing to respond to.", id: response.id)
            }
            self = .reply(isResponse: true)
        }
    }

    var isReply: Bool { if case .reply = self { true } else { false } }

    /// Nil for what is not answered, and for a list.
    var request: Request? {
        switch self {
        case .selfContained(let request), .initialize(let request), .request(let request): request
        case .batch, .reply, .ignored: nil
        }
    }

    private init(_ request: Request, isModern: Bool) throws(Message.Malformed) {
        let meta = request.params?["_meta"]
        if request.method == "initialize", !RequestMetadata.isComplete(meta) {
            guard !isModern else {
                throw Message.Malformed(
                    RPCError(
                        code: -32020,
                        "MCP-Protocol-Version names a revision without initialize. Leave one of them out."
                    ),
                    id: request.id
                )
            }
            self = .initialize(request)
        } else if isModern || request.method == "server/discover"
            || RequestMetadata.isClaimed(by: meta, inSession: false)
        {
            self = .selfContained(request)
        } else {
            self = .request(request)
        }
    }

    private static func isSelfContained(_ json: JSON) -> Bool {
        RequestMetadata.isClaimed(by: json["params"]?["_meta"], inSession: true)
    }

    /// Of two members of one name, others may read the first and we the last.
    private static func refuseTwins(_ json: JSON) throws(Message.Malformed) {
        guard !hasTwins(json), !hasTwins(json["params"]) else {
            throw Message.Malformed("A member of the message is there twice.", id: nil)
        }
    }

    /// So many are compared with each other sooner than a set of them is made.
    private static let few = 8

    private static func hasTwins(_ json: JSON?) -> Bool {
        guard let members = json?.object?.members else { return false }
        guard members.count <= Self.few else { return Set(members.map { $0.name }).count < members.count }
        return members.indices.contains { place in members[..<place].contains { $0.name == members[place].name } }
    }
}
