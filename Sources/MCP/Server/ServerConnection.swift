import JSON
package import JSONRPC
import Synchronization
import Telemetry

/// The server as one client sees it: decides for each message which era it belongs to.
///
/// What `initialize` agreed to (2024-11-05 to 2025-11-25) is kept here and nowhere else; a request of 2026-07-28 is
/// judged by itself even during such a session.
package final class ServerConnection: ServedConnection {
    let server: Server
    let subscriptions: Subscriptions
    private let caller: Mutex<Principal>
    /// Whether it outlives a request: what does not can be notified of nothing.
    private let isLasting: Bool
    private let session: Mutex<SessionState?>
    private let heard: (@Sendable (String) -> Void)?

    init(
        _ server: Server,
        principal: Principal,
        session: SessionState?,
        isLasting: Bool,
        heard: (@Sendable (String) -> Void)? = nil
    ) {
        self.server = server
        self.heard = heard
        subscriptions = Subscriptions(in: server.subscribers)
        caller = Mutex(principal)
        self.session = Mutex(session)
        self.isLasting = isLasting
    }

    /// What `initialize` agreed to, once it has.
    package var sessionState: SessionState? { session.withLock { $0 } }

    private var principal: Principal { caller.withLock { $0 } }

    /// The same person goes on, with what they may do by now.
    package func goOn(as principal: Principal) { caller.withLock { $0 = principal } }

    /// Goes on with a session that was opened elsewhere: what was agreed to holds, and changes are notified from now on.
    package func resume(_ state: SessionState, in exchange: Exchange) {
        begin(state, in: exchange)
        exchange.conversation.openQuestions()
        subscriptions.beginSession()
    }

    package let ownTexts = ProtocolTexts.mcp

    package var acceptsBatches: Bool { session.withLock { $0?.revision == .march2025 } }

    package func reply(to request: Request, inBatch: Bool, in exchange: Exchange) -> Reply {
        guard let operation = server.telemetry?.begin(request, in: exchange) else {
            return reply(to: request, inBatch: inBatch, in: exchange, as: nil)
        }
        return operation.observing(reply(to: request, inBatch: inBatch, in: exchange, as: operation))
    }

    private func reply(
        to request: Request,
        inBatch: Bool,
        in exchange: Exchange,
        as operation: Operation?
    ) -> Reply {
        do throws(RPCError) {
            let params = try Self.parameters(of: request)
            if inBatch,
                request.method == "initialize" || RequestMetadata.isClaimed(by: params["_meta"], inSession: true)
            {
                throw .invalidRequest(
                    "`\(request.method)` opens or describes a conversation; send it on a line of its own."
                )
            }
            if request.method == "initialize", !RequestMetadata.isComplete(params["_meta"]) {
                return .now(.success(try initialize(params, in: exchange, as: operation)))
            }
            let context = try context(for: request, params, in: exchange, as: operation)
            operation?.note(context.revision)
            if let method = ConnectionMethod.all[request.method], method.isServed(server, context.revision) {
                return try method.reply(self, request, params, context, exchange)
            }
            return try server.reply(to: request.method, params, in: context)
        } catch {
            return .now(.failure(error))
        }
    }

    package func received(_ notification: Notification, in exchange: Exchange) {
        switch notification.method {
        case "notifications/initialized":
            let state = session.withLock { $0 }
            if state != nil { exchange.conversation.openQuestions() }
            subscriptions.beginSession()
            if let heard, let name = state?.clientName { heard(name) }
        case "notifications/cancelled":
            if let id = notification.params?["requestId"].flatMap({ RequestID($0) }) {
                exchange.conversation.cancel(id)
            }
        default: break
        }
    }

    package func cancellation(of id: RequestID) -> Notification? {
        Notification("notifications/cancelled", params: ["requestId": id.json])
    }

    /// What the session is to receive from now on.
    func setLogLevel(_ level: ClientLog.Level) { session.withLock { $0?.logLevel = level } }

    private static func parameters(of request: Request) throws(RPCError) -> JSONObject {
        switch request.params {
        case .object(let members)?: members
        // Some languages have one word for an empty list and an empty object.
        case nil, .null?, .array([])?: JSONObject()
        default: throw .invalidParams("`params` must be an object.")
        }
    }

    private func initialize(
        _ params: JSONObject,
        in exchange: Exchange,
        as operation: Operation?
    ) throws(RPCError) -> EncodedJSON {
        guard let requested = params["protocolVersion"]?.string else {
            let supported = Revision.allCases.filter { !$0.isStateless }.map { $0.rawValue }
            throw .invalidParams("`protocolVersion` must be a text.", data: ["supported": .strings(supported)])
        }
        let known = Revision(rawValue: requested).flatMap { $0.isStateless ? nil : $0 }
        let revision = known ?? .newestWithHandshake
        operation?.note(revision)
        let declared = params["capabilities"] ?? [:]
        let name = RequestMetadata.clientName(params["clientInfo"])
        begin(
            SessionState(revision, clientCapabilities: declared, clientName: name, logLevel: server.logsFrom),
            in: exchange
        )
        return server.initializeResult(for: revision, declared: declared, isLasting: isLasting)
    }

    private func begin(_ state: SessionState, in exchange: Exchange) {
        session.withLock { $0 = state }
        if isLasting, !server.changes.isEmpty {
            subscriptions.openSession(server.changes, to: exchange.conversation.standalone)
        }
        if state.revision >= .november2025 { exchange.conversation.leaveOutUnknownID() }
    }

    private func context(
        for request: Request,
        _ params: JSONObject,
        in exchange: Exchange,
        as operation: Operation?
    ) throws(RPCError) -> RequestContext {
        let (method, meta) = (request.method, params["_meta"])
        let session = session.withLock { $0 }
        if RequestMetadata.isClaimed(by: meta, inSession: session != nil)
            || session == nil && method == "server/discover"
        {
            exchange.conversation.leaveOutUnknownID()
            return try statelessContext(meta, of: request.id, in: exchange, as: operation)
        }
        guard let session = session ?? Self.beforeInitialize(method) else {
            guard server.knows(method) else { throw .methodNotFound(method) }
            throw .invalidParams(
                "`\(method)` needs a revision: send `initialize` first, or name `\(RequestMetadata.protocolVersion)` and "
                    + "`\(RequestMetadata.clientCapabilities)` in `params._meta`."
            )
        }
        let deadline = Deadline(server.callDeadline)
        return RequestContext(
            revision: session.revision,
            client: Client(session.clientCapabilities, session.revision, .session(exchange, deadline)),
            clientName: session.clientName,
            principal: principal,
            progress: .reporting(meta, session.revision, to: exchange),
            log: session.logLevel.map { ClientLog(from: $0, to: exchange) } ?? .unheard,
            serverLog: exchange.log,
            requestID: request.id,
            deadline: deadline,
            operation: operation
        )
    }

    private func statelessContext(
        _ meta: JSON?,
        of id: RequestID,
        in exchange: Exchange,
        as operation: Operation?
    ) throws(RPCError) -> RequestContext {
        let revision = try RequestMetadata.revision(meta)
        let level = try RequestMetadata.logLevel(meta)
        let name = RequestMetadata.clientName(in: meta)
        if let heard, let name { heard(name) }
        return RequestContext(
            revision: revision,
            client: Client(meta?[RequestMetadata.clientCapabilities] ?? [:], revision, .none),
            clientName: name,
            principal: principal,
            progress: .reporting(meta, revision, to: exchange),
            log: server.logsFrom == nil ? .unheard : level.map { ClientLog(from: $0, to: exchange) } ?? .unheard,
            serverLog: exchange.log,
            requestID: id,
            operation: operation
        )
    }

    /// A client may ping before it identifies itself (lifecycle, "Initialization").
    private static func beforeInitialize(_ method: String) -> SessionState? {
        method == "ping" ? SessionState(.newestWithHandshake) : nil
    }
}
