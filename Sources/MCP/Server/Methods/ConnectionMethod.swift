import JSON
import JSONRPC

/// One thing a client can ask of its connection, which keeps what it asked for so far.
struct ConnectionMethod: Sendable {
    typealias Answering =
        @Sendable (ServerConnection, Request, JSONObject, RequestContext, Exchange) throws(RPCError) -> Reply

    let isServed: @Sendable (Server, Revision) -> Bool
    let reply: Answering

    init(if isServed: @escaping @Sendable (Server, Revision) -> Bool, _ reply: @escaping Answering) {
        self.isServed = isServed
        self.reply = reply
    }

    /// All of them, by name.
    static let all = logging.merging(subscriptions) { first, _ in first }
}
