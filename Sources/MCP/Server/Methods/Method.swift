import JSON
import JSONRPC

/// One thing a client can ask of a server: whether it is served, and what answers.
struct Method: Sendable {
    typealias Answering = @Sendable (Server, JSONObject, RequestContext) throws(RPCError) -> Reply

    let isServed: @Sendable (Server, Revision) -> Bool
    let reply: Answering

    init(if isServed: @escaping @Sendable (Server, Revision) -> Bool = { _, _ in true }, _ reply: @escaping Answering) {
        self.isServed = isServed
        self.reply = reply
    }

    /// All of them, by name.
    static let all = [lifecycle, tools, resources, prompts, completion].reduce(into: [:]) { all, methods in
        all.merge(methods) { first, _ in first }
    }
}
