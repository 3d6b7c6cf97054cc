import HTTP
import HTTPServer
import JSON
import JSONRPC
import MCP
import Synchronization
import Text

// HTTP+SSE, the transport of 2024-11-05: one stream that says where messages are sent, and on which all answers come.
extension Endpoint {
    func serveChannel(_ transaction: Transaction, _ caller: Caller) {
        let rules = transaction.rules
        switch transaction.head.method {
        case .get where !rules.takesChannelMessages(transaction.head): openChannel(transaction, caller)
        case .post where rules.takesChannelMessages(transaction.head): readMessage(transaction, caller)
        default: transaction.refuse(.methodNotAllowed(rules.takesChannelMessages(transaction.head) ? "POST" : "GET"))
        }
    }

    /// It lasts as long as its stream.
    private func openChannel(_ transaction: Transaction, _ caller: Caller) {
        let configuration = transaction.rules.configuration
        let session = session(for: caller.principal, caller, transaction.head.fields)
        guard let id = channels.open(session, within: configuration.limits), let path = configuration.channelPath else {
            return transaction.refuse(.busy)
        }
        let events = EventStream(transaction.exchange, transaction.fields(EventStream.fields()), keepAlive: keepAlive)
        events.sendPlace("\(path)/messages?session_id=\(id)")
        session.standalone.attach(events)
        let closed = review(transaction) { events.end() }
        transaction.callWhenOver { [channels] in
            channels.close(id)
            closed?()
        }
    }

    private func readMessage(_ transaction: Transaction, _ caller: Caller) {
        let configuration = transaction.rules.configuration
        if let refusal = calls.take(caller.principal.id.description, perMinute: configuration.limits.calls) {
            return transaction.refuse(.rateLimited(refusal))
        }
        transaction.exchange.readBody(upTo: configuration.bodyLimit) { [self] body in
            takeMessage(body, transaction, caller)
        }
    }

    private func takeMessage(_ body: [UInt8], _ transaction: Transaction, _ caller: Caller) {
        let id = URLText.queryItems(transaction.head.query ?? "").first { $0.name == "session_id" }?.value ?? ""
        guard let session = channels.find(id, of: caller.principal) else { return transaction.refuse(.unknownSession) }
        guard let json = try? JSON(parsing: body, within: .message) else {
            return transaction.refuse(.badRequest, .parseError("Not JSON. Send one message."), nil)
        }
        guard !transaction.isLast || !Self.asks(json) else { return transaction.refuse(.draining) }
        let post = Post(transaction, caller, bytes: body.count, rules: HeaderRules(fields: transaction.head.fields))
        if case .request(let request)? = try? Message(json) {
            note(request, session.revision, session.connection.sessionState?.clientName, post)
            guard isAllowed(json, request, post) else { return }
        }
        source.goOn(session.connection, as: caller, transaction.head.fields)
        session.conversation.standalone.receive(json, size: body.count)
        transaction.replyWithoutBody(202)
    }

    /// Whether an answer to it would come.
    private static func asks(_ json: JSON) -> Bool { json.array != nil || json["method"] != nil && json["id"] != nil }
}

/// The sessions of clients of 2024-11-05, by ids that no one can guess.
final class Channels: Sendable {
    private let sessions = Mutex<[String: Session]>([:])

    var all: [Session] { sessions.withLock { Array($0.values) } }
    var count: Int { sessions.withLock { $0.count } }

    func takeAll() -> [Session] {
        sessions.withLock { sessions in
            defer { sessions = [:] }
            return Array(sessions.values)
        }
    }

    /// Nil where there are too many.
    func open(_ session: Session, within limits: StreamableHTTPLimits) -> String? {
        guard let id = RequestID.unguessable().json.string else { return nil }
        return sessions.withLock { sessions in
            let own = sessions.values.count { $0.principal.id == session.principal.id }
            let isFull = limits.sessions > 0 && sessions.count >= limits.sessions
            guard !isFull, limits.sessionsPerPrincipal == 0 || own < limits.sessionsPerPrincipal else { return nil }
            sessions[id] = session
            return id
        }
    }

    func find(_ id: String, of principal: Principal) -> Session? {
        sessions.withLock { sessions in sessions[id].flatMap { $0.principal.id == principal.id ? $0 : nil } }
    }

    func close(_ id: String) { sessions.withLock { $0.removeValue(forKey: id) }?.end() }
}
