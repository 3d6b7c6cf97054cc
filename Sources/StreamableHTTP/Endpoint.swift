import Clock
import HTTP
import HTTPServer
import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import Threads

/// The MCP endpoint behind its doors: who asks is known, and what came is read and answered here.
///
/// A message of 2026-07-28, and one without a session, has a conversation of its own that ends with its answer; so no id
/// that two clients use can be taken for the other's. A session has one for all its messages.
final class Endpoint: Sendable {
    private let server: Server
    private let admission: Admission
    private let sessions: SessionTable
    private let initializations = RateLimiter("initialize", of: "initialize requests of one account")
    private let writes = RateLimiter("writes", of: "calls of one account that change something")
    private let keepAlive = KeepAlive()
    private let clock = RequestClock()
    private let active = ActiveConversations()
    private let log: Log

    init(_ server: Server, _ limits: StreamableHTTPLimits, seal: Seal, log: Log) {
        self.server = server
        admission = Admission(
            total: limits.inFlight > 0 ? limits.inFlight : .max,
            perPrincipal: limits.inFlightPerPrincipal > 0 ? limits.inFlightPerPrincipal : .max
        )
        sessions = SessionTable(seal)
        self.log = log
    }

    /// Ends what stays open until someone ends it; what is being worked on goes on.
    func drain() {
        for session in sessions.all {
            session.standalone.detach()
            session.conversation.endStandingRequests()
        }
        for conversation in active.all { conversation.endStandingRequests() }
    }

    func whenIdle(_ callback: @escaping @Sendable () -> Void) { active.whenEmpty(callback) }

    func end() {
        for conversation in active.all { conversation.cancelAll() }
        for session in sessions.all { session.end() }
    }

    /// The body of a POST.
    func receive(_ body: [UInt8], of transaction: Transaction, from caller: Caller) {
        let post = Post(transaction, caller, bytes: body.count, rules: HeaderRules(fields: transaction.head.fields))
        let json: JSON
        do throws(JSONSyntaxError) {
            json = try JSON(parsing: body, within: .message)
        } catch {
            let problem =
                error.isOverLimit ? "The message has \(error.problem). Send less at once." : "Not JSON: \(error)."
            return transaction.refuse(.badRequest, .parseError(problem), nil)
        }
        do throws(Message.Malformed) {
            let message = try IncomingMessage(json, version: post.rules.version)
            try receive(message, json, post)
        } catch {
            transaction.refuse(.badRequest, error.error, error.id)
        }
    }

    private func receive(_ message: IncomingMessage, _ json: JSON, _ post: Post) throws(Message.Malformed) {
        switch message {
        case .selfContained(let request):
            do throws(RPCError) { try answer(request, json, post) } catch {
                throw Message.Malformed(error, id: request.id)
            }
        case .initialize(let request): initialize(request, json, post)
        case .request(let request): answerInSession(json, request: request, post)
        case .batch(let messages):
            let expectsAnswer = messages.contains { $0["id"] != nil && $0["method"] != nil || $0.object == nil }
            answerInSession(json, request: nil, expectsAnswer: expectsAnswer, post)
        case .reply(let isResponse): try take(json, isResponse: isResponse, post)
        case .ignored: post.transaction.replyWithoutBody(202)
        }
    }

    /// What came with one POST.
    fileprivate struct Post {
        let transaction: Transaction
        let caller: Caller
        let bytes: Int
        let rules: HeaderRules

        init(_ transaction: Transaction, _ caller: Caller, bytes: Int, rules: HeaderRules) {
            self.transaction = transaction
            self.caller = caller
            self.bytes = bytes
            self.rules = rules
        }

        var configuration: StreamableHTTPConfiguration { transaction.rules.configuration }
        /// That of its session, if it may have one.
        var sessionID: String? {
            configuration.isStateless ? nil : transaction.head.fields["Mcp-Session-Id"]
        }
    }
}

// 2026-07-28.
extension Endpoint {
    /// In the order of 2026-07-28, basic/versioning and basic/transports: what is required, what the fields say, and only
    /// then whether it is served.
    private func answer(_ request: Request, _ json: JSON, _ post: Post) throws(RPCError) {
        let version = try RequestMetadata.version(request.params?["_meta"])
        try post.rules.checkVersion(version)
        _ = try RequestMetadata.revision(named: version)
        try post.rules.check(request)
        if request.method == "tools/call", let tools = server.tools, let name = request.params?["name"]?.string {
            try post.rules.check(tools.headerParameters(of: name), against: request.params?["arguments"] ?? [:])
        }
        guard post.transaction.acceptance.takesStream || request.method != "subscriptions/listen" else {
            return post.transaction.refuse(.notAcceptable, request.id)
        }
        guard isWithinRates(request, post) else { return }
        note(request, version, post)
        var options = PostSink.Options(status: Self.status)
        options.mustStream = request.method == "subscriptions/listen"
        serve(json, request: request, options, with: nil, endsWithClient: true, post)
    }

    /// 2026-07-28, basic/transports/streamable-http, "Status codes".
    private static let status: @Sendable (RPCError?) -> HTTPStatus = { error in
        switch error?.code {
        case -32601: .notFound
        case -32700, -32600, -32020, -32021, -32022: .badRequest
        default: .ok
        }
    }

    /// A conversation for this message alone.
    private func serve(
        _ json: JSON,
        request: Request?,
        _ options: PostSink.Options,
        with state: SessionState?,
        endsWithClient: Bool,
        _ post: Post
    ) {
        let sink = PostSink(post.transaction, options, keepAlive: keepAlive)
        let connection = server.connection(for: post.caller.principal, session: state, isLasting: false)
        let conversation = conversation(of: connection, to: sink, post.caller)
        Exchange(conversation, sink).receive(json, size: post.bytes)
        guard !sink.isAnswered else { return }
        active.insert(conversation, until: sink)
        if endsWithClient {
            post.transaction.exchange.whenGone {
                if let request { conversation.cancel(request.id) }
                conversation.cancelAll()
                sink.callOff()
            }
        }
        bePatient(conversation, request, sink, post)
    }

    private func conversation(of connection: ServerConnection, to sink: any MessageSink, _ caller: Caller)
        -> Conversation
    {
        Conversation(
            handler: connection,
            sink: sink,
            slots: admission.share(of: caller.principal.id),
            clock: clock,
            log: caller.log ?? log
        )
    }

    /// Refuses a request whose turn does not come soon.
    private func bePatient(_ conversation: Conversation, _ request: Request?, _ sink: PostSink, _ post: Post) {
        guard let request, conversation.waitingBytes > 0 else { return }
        let patience = post.configuration.limits.patience
        Task(executorPreference: WorkerPool.shared) {
            try? await SystemClock.sleep(for: patience)
            if conversation.withdraw(request.id) { sink.refuse(.busy, request.id) }
        }
    }

    private func note(_ request: Request, _ revision: String?, _ post: Post) {
        post.transaction.note { facts in
            facts.method = server.knows(request.method) ? request.method : "other"
            facts.revision = revision.flatMap { Revision(rawValue: $0) }?.rawValue
            if request.method == "tools/call", let name = request.params?["name"]?.string {
                facts.tool = server.tools?.effect(of: name) == nil ? "other" : name
            }
        }
    }

    /// False when it was refused.
    private func isWithinRates(_ request: Request, _ post: Post) -> Bool {
        let (limits, key) = (post.configuration.limits, post.caller.principal.id.description)
        let refusal: RateLimiter.Refusal? =
            switch request.method {
            case "initialize": initializations.take(key, perMinute: limits.initializations)
            case "tools/call" where isWrite(request): writes.take(key, perMinute: limits.writes)
            default: nil
            }
        if let refusal { post.transaction.refuse(.rateLimited(refusal), request.id) }
        return refusal == nil
    }

    private func isWrite(_ request: Request) -> Bool {
        request.params?["name"]?.string.flatMap { server.tools?.effect(of: $0) }.map { !$0.isReadOnly } ?? false
    }
}

// Revisions with a handshake.
extension Endpoint {
    private func initialize(_ request: Request, _ json: JSON, _ post: Post) {
        guard isWithinRates(request, post) else { return }
        note(request, request.params?["protocolVersion"]?.string, post)
        var options = PostSink.Options(status: Self.legacyStatus)
        guard !post.configuration.isStateless else {
            return serve(json, request: request, options, with: nil, endsWithClient: false, post)
        }
        let session = session(for: post.caller.principal, post.caller)
        options.fields = { [sessions] in
            let id = sessions.open(session, within: post.configuration.limits)
            return id.map { ["Mcp-Session-Id": $0] } ?? [:]
        }
        let sink = PostSink(post.transaction, options, keepAlive: keepAlive)
        Exchange(session.conversation, sink).receive(json, size: post.bytes)
    }

    private func session(for principal: Principal, _ caller: Caller) -> Session {
        let standalone = ResumableStream(0)
        let connection = server.connection(for: principal)
        return Session(principal, connection, conversation(of: connection, to: standalone, caller), standalone)
    }

    /// A session that was agreed to before: in this process, in another, or before a restart.
    private func restored(_ principal: Principal, _ state: SessionState, _ caller: Caller) -> Session {
        let session = session(for: principal, caller)
        session.connection.resume(state, in: session.conversation.standalone)
        return session
    }

    /// The session that a request names; refused where it names none that is its own.
    private func known(_ id: String, _ transaction: Transaction, _ caller: Caller) -> Session? {
        let limits = transaction.rules.configuration.limits
        let session = sessions.session(id, of: caller.principal, within: limits) { self.restored($0, $1, caller) }
        session?.use()
        return session
    }

    private func answerInSession(_ json: JSON, request: Request?, expectsAnswer: Bool = true, _ post: Post) {
        guard let id = post.sessionID else { return answerAlone(json, request: request, expectsAnswer, post) }
        guard let session = known(id, post.transaction, post.caller) else {
            return refuseUnknownSession(request, post.transaction)
        }
        guard isVersion(post.rules.version, of: session) else {
            return refuse(.invalidRequest(Self.otherVersion), request, post)
        }
        if let request {
            guard isWithinRates(request, post) else { return }
            note(request, session.revision?.rawValue, post)
        }
        var options = PostSink.Options(status: Self.legacyStatus)
        options.resumable = { session.openStream() }
        options.elsewhere = session.standalone
        options.primes = session.revision.map { $0 >= .november2025 } ?? false
        let sink = PostSink(post.transaction, options, keepAlive: keepAlive)
        Exchange(session.conversation, sink).receive(json, size: post.bytes)
        guard expectsAnswer else { return post.transaction.replyWithoutBody(202) }
        guard !sink.isAnswered else { return }
        active.insert(session.conversation, until: sink)
        bePatient(session.conversation, request, sink, post)
    }

    /// Without a session it is served as the revision says that its field names, where it needs none.
    private func answerAlone(_ json: JSON, request: Request?, _ expectsAnswer: Bool, _ post: Post) {
        let version = post.rules.version ?? Revision.march2025.rawValue
        guard let revision = Revision(rawValue: version) else {
            return refuse(.unsupportedVersion(version), request, post)
        }
        if let request {
            let needsSession = Self.needingSession.contains(request.method)
            guard !post.configuration.requiresSession, !needsSession || post.configuration.isStateless else {
                return refuse(.invalidRequest(Self.noSession), request, post)
            }
            guard !needsSession else {
                return post.transaction.refuse(.ok, .methodNotFound(request.method), request.id)
            }
            guard isWithinRates(request, post) else { return }
            note(request, revision.rawValue, post)
        }
        let options = PostSink.Options(status: Self.legacyStatus)
        serve(json, request: request, options, with: SessionState(revision), endsWithClient: false, post)
        if !expectsAnswer { post.transaction.replyWithoutBody(202) }
    }

    /// A notification, or the answer to a question of a session.
    private func take(_ json: JSON, isResponse: Bool, _ post: Post) throws(Message.Malformed) {
        guard let id = post.sessionID else {
            guard !isResponse, !post.configuration.requiresSession else {
                throw Message.Malformed(Self.noSession, id: nil)
            }
            return post.transaction.replyWithoutBody(202)
        }
        guard let session = known(id, post.transaction, post.caller) else {
            return refuseUnknownSession(nil, post.transaction)
        }
        session.conversation.standalone.receive(json, size: post.bytes)
        post.transaction.replyWithoutBody(202)
    }

    /// A GET: the stream of what belongs to no request, or of a POST whose connection broke.
    func listen(_ transaction: Transaction, _ caller: Caller) {
        guard let id = transaction.head.fields["Mcp-Session-Id"] else {
            return transaction.refuse(.methodNotAllowed("POST"))
        }
        guard let session = known(id, transaction, caller) else { return transaction.refuse(.unknownSession) }
        let place = transaction.head.fields["Last-Event-ID"].flatMap { ResumableStream.place(in: $0) }
        let events = EventStream(
            transaction.exchange,
            HTTPResponse(.ok, fields: transaction.fields()),
            keepAlive: keepAlive
        )
        session.listenerCame()
        transaction.callWhenOver { session.listenerWent() }
        if let place, let stream = session.stream(place.stream) {
            stream.attach(events, after: place.place)
        } else {
            if let revision = session.revision, revision >= .november2025 { events.prime(id: session.standalone.start) }
            session.standalone.attach(events)
        }
    }

    func endSession(_ transaction: Transaction, _ caller: Caller) {
        guard let id = transaction.head.fields["Mcp-Session-Id"] else {
            return transaction.refuse(.methodNotAllowed("POST"))
        }
        guard sessions.end(id, of: caller.principal) else { return transaction.refuse(.unknownSession) }
        transaction.replyWithoutBody(204)
    }

    /// Absent, it is that of the session.
    private func isVersion(_ version: String?, of session: Session) -> Bool {
        version == nil || version == session.revision?.rawValue
    }

    private func refuse(_ error: RPCError, _ request: Request?, _ post: Post) {
        post.transaction.refuse(.badRequest, error, request?.id)
    }

    /// -32001 is what clients know for it.
    private func refuseUnknownSession(_ request: Request?, _ transaction: Transaction) {
        let refusal = HTTPRefusal.unknownSession
        transaction.refuse(refusal.status, RPCError(code: -32001, refusal.text), request?.id)
    }

    private static let needingSession: Set<String> = [
        "resources/subscribe", "resources/unsubscribe", "logging/setLevel",
    ]
    private static let noSession =
        "This needs a session. Send initialize first, and its Mcp-Session-Id with each message."
    private static let otherVersion =
        "MCP-Protocol-Version is not what the session agreed to. Send the revision that initialize was answered with."

    /// In a session, 404 would mean that it is over.
    private static let legacyStatus: @Sendable (RPCError?) -> HTTPStatus = { error in
        error.map { [-32700, -32600].contains($0.code) } == true ? .badRequest : .ok
    }
}
