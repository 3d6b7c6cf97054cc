import Clock
import HTTP
import HTTPServer
import JSON
import JSONRPC
import Logging
import MCP
import Telemetry
import Threads

// Revisions with a handshake.
extension Endpoint {
    func initialize(_ request: Request, _ json: JSON, _ post: Post) {
        guard isAllowed(json, request, post) else { return }
        note(
            request,
            request.params?["protocolVersion"]?.string.flatMap { Revision(rawValue: $0) },
            RequestMetadata.clientName(request.params?["clientInfo"]),
            post
        )
        var options = options(Self.legacyStatus, for: request)
        guard !post.configuration.isStateless else {
            return serve(json, request: request, options, with: nil, endsWithClient: false, post)
        }
        let session = session(for: post.caller.principal, post.caller, post.fields)
        options.fields = { [sessions] in
            let id = sessions.open(session, within: post.configuration.limits)
            return id.map { ["Mcp-Session-Id": $0] } ?? [:]
        }
        let sink = PostSink(post.transaction, options, keepAlive: keepAlive)
        hand(json, request, to: Exchange(session.conversation, sink), post)
    }

    func session(for principal: Principal, _ caller: Caller, _ fields: HTTPFields) -> Session {
        let standalone = ResumableStream(ResumableStream.firstNumber())
        let connection = source.connection(for: caller, fields, session: nil, isLasting: true)
        let log = log(of: caller).with(("session", Session.name(standalone)))
        return Session(
            principal,
            connection,
            conversation(of: connection, to: standalone, caller, log),
            standalone,
            metrics: source.telemetry?.metrics
        )
    }

    /// A session that was agreed to before: in this process, in another, or before a restart.
    private func restored(
        _ principal: Principal,
        _ state: SessionState,
        _ caller: Caller,
        _ fields: HTTPFields
    ) -> Session {
        let session = session(for: principal, caller, fields)
        session.connection.resume(state, in: session.conversation.standalone)
        return session
    }

    /// The session that a request names, if it is its own.
    private func known(_ id: String, _ transaction: Transaction, _ caller: Caller) -> Session? {
        let limits = transaction.rules.configuration.limits
        let fields = transaction.head.fields
        let session = sessions.session(id, of: caller.principal, within: limits) {
            self.restored($0, $1, caller, fields)
        }
        session?.use()
        if let session { source.goOn(session.connection, as: caller, fields) }
        transaction.note { $0.session = session?.name }
        return session
    }

    /// A request, or several messages.
    func answerInSession(_ json: JSON, request: Request?, _ post: Post) {
        guard let id = post.sessionID else { return answerAlone(json, request: request, post) }
        guard let session = known(id, post.transaction, post.caller) else {
            return refuseUnknownSession(request, post.transaction)
        }
        guard isVersion(post.rules.version, of: session) else {
            return refuse(.invalidRequest(Self.otherVersion), request, post)
        }
        guard isAllowed(json, request, post), mayAnswer(json, in: session, post) else { return }
        if let request {
            note(request, session.revision, session.connection.sessionState?.clientName, post)
        }
        var options = options(Self.legacyStatus, for: request, of: session)
        options.resumable = { session.openStream() }
        options.elsewhere = session.standalone
        options.primes = session.revision.map { $0 >= .november2025 } ?? false
        let sink = PostSink(post.transaction, options, keepAlive: keepAlive)
        session.useBegan()
        post.transaction.callWhenOver { session.useEnded() }
        sink.callWhenAnswered(session.began(needs(json, request)))
        hand(json, request, to: Exchange(session.conversation, sink), post)
        guard !sink.isAnswered else { return }
        track(session.conversation, until: sink)
        answerInTime(session.conversation, request, sink, post)
        bePatient(session.conversation, request, sink, post)
        if let life = post.configuration.streamLife {
            Task(executorPreference: WorkerPool.shared) {
                try? await SystemClock.sleep(for: life)
                sink.release()
            }
        }
    }

    /// Without a session it is served as the revision says that its field names, where it needs none.
    private func answerAlone(_ json: JSON, request: Request?, _ post: Post) {
        let version = post.rules.version ?? Revision.march2025.rawValue
        guard let revision = Revision(rawValue: version) else {
            return refuse(.unsupportedVersion(version), request, post)
        }
        let needsSession =
            if let request { Self.needingSession.contains(request.method) } else {
                json.array?.contains { Self.needingSession.contains($0["method"]?.string ?? "") } ?? false
            }
        if needsSession, post.configuration.isStateless, let request {
            return post.transaction.refuse(.ok, .methodNotFound(request.method), request.id)
        }
        guard !needsSession, !post.configuration.requiresSession else {
            return refuse(.invalidRequest(Self.noSession), request, post)
        }
        guard isAllowed(json, request, post) else { return }
        if let request { note(request, revision, nil, post) }
        let options = options(Self.legacyStatus, for: request)
        serve(json, request: request, options, with: SessionState(revision), endsWithClient: false, post)
    }

    /// A notification, or the answer to a question of a session.
    func take(_ json: JSON, isResponse: Bool, _ post: Post) throws(Message.Malformed) {
        guard let id = post.sessionID else {
            if let version = post.rules.version, Revision(rawValue: version) == nil {
                throw Message.Malformed(.unsupportedVersion(version), id: nil)
            }
            guard !isResponse, !post.configuration.requiresSession else {
                throw Message.Malformed(Self.noSession, id: nil)
            }
            return post.transaction.replyWithoutBody(202)
        }
        guard let session = known(id, post.transaction, post.caller) else {
            return refuseUnknownSession(nil, post.transaction)
        }
        guard isVersion(post.rules.version, of: session) else {
            throw Message.Malformed(Self.otherVersion, id: nil)
        }
        guard mayAnswer(json, in: session, post) else { return }
        session.conversation.standalone.receive(json, size: post.bytes)
        post.transaction.replyWithoutBody(202)
    }

    /// False when it was refused: who answers a question must be allowed what the call is that asked it.
    private func mayAnswer(_ json: JSON, in session: Session, _ post: Post) -> Bool {
        guard (json.array ?? [json]).contains(where: { $0["method"] == nil }),
            let refusal = objection(to: post.caller, doing: session.needs)
        else { return true }
        post.transaction.refuse(refusal)
        return false
    }

    /// A GET: the stream of what belongs to no request, or of a POST whose connection broke.
    func listen(_ transaction: Transaction, _ caller: Caller) {
        guard let id = transaction.head.fields["Mcp-Session-Id"] else {
            return transaction.refuse(.methodNotAllowed("POST"))
        }
        guard let session = known(id, transaction, caller) else { return transaction.refuse(.unknownSession) }
        guard isVersion(HeaderRules(fields: transaction.head.fields).version, of: session) else {
            return transaction.refuse(.badRequest, .invalidRequest(Self.otherVersion), nil)
        }
        let place = transaction.head.fields["Last-Event-ID"].flatMap { ResumableStream.place(in: $0) }
        let resumed = place.flatMap { session.stream($0.stream) }
        // Who asks for what is no longer kept must not end the stream that is open.
        guard place == nil || resumed != nil || !session.standalone.isAttached else {
            return transaction.refuse(.notKept)
        }
        let events = EventStream(transaction.exchange, transaction.fields(EventStream.fields()), keepAlive: keepAlive)
        let closed = review(transaction) { events.end() }
        session.useBegan()
        transaction.callWhenOver {
            session.useEnded()
            closed?()
        }
        if let resumed {
            resumed.attach(events, after: place?.place)
        } else {
            if let revision = session.revision, revision >= .november2025 { events.prime(id: session.standalone.start) }
            session.standalone.attach(events)
        }
    }

    func endSession(_ transaction: Transaction, _ caller: Caller) {
        guard let id = transaction.head.fields["Mcp-Session-Id"] else {
            return transaction.refuse(.methodNotAllowed("POST"))
        }
        guard let ended else { return endSession(id, transaction, caller) }
        guard let known = sessions.known(id, of: caller.principal) else { return transaction.refuse(.unknownSession) }
        // The others first: one that goes on nowhere but there must not be taken for ended.
        Task(executorPreference: WorkerPool.shared) {
            guard await ended.insert(id, until: known.end) else { return transaction.refuse(.endNotShared) }
            self.endSession(id, transaction, caller)
        }
    }

    private func endSession(_ id: String, _ transaction: Transaction, _ caller: Caller) {
        guard sessions.end(id, of: caller.principal) else { return transaction.refuse(.unknownSession) }
        transaction.replyWithoutBody(204)
    }

    /// What has to be waited for before the session of a request can be used: whether another server has ended it.
    func look(_ transaction: Transaction, _ caller: Caller) -> (@Sendable () async -> Void)? {
        guard let ended, !transaction.rules.configuration.isStateless,
            let id = transaction.head.fields["Mcp-Session-Id"], sessions.isDue(id, of: caller.principal)
        else { return nil }
        return { [sessions] in
            if await ended.contains(id) { _ = sessions.end(id, of: caller.principal) }
        }
    }

    /// Absent, it is that of the session.
    private func isVersion(_ version: String?, of session: Session) -> Bool {
        version == nil || version == session.revision?.rawValue
    }

    private func refuse(_ error: RPCError, _ request: Request?, _ post: Post) {
        post.transaction.refuse(.badRequest, error, request?.id)
    }

    /// -32001 is what clients know for it.
    func refuseUnknownSession(_ request: Request?, _ transaction: Transaction) {
        let refusal = HTTPRefusal.unknownSession
        transaction.refuse(refusal.status, RPCError(code: -32001, refusal.text), request?.id)
    }

    private static let needingSession = [
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
