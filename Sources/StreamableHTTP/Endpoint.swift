import Clock
import HTTP
import HTTPServer
import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import Telemetry
import Threads

/// The MCP endpoint behind its doors: who asks is known, and what came is read and answered here.
///
/// A message of 2026-07-28, and one without a session, has a conversation of its own that ends with its answer; so no id
/// that two clients use can be taken for the other's. A session has one for all its messages.
final class Endpoint: Sendable {
    let source: any ConnectionSource
    let sessions: SessionTable
    let channels = Channels()
    let ended: (any EndedSessions)?
    let calls = RateLimiter("calls", of: "requests of one account")
    let keepAlive = KeepAlive()
    let standing = StandingStreams()
    private let active: ActiveConversations
    var activeCount: Int { active.count }
    private let initializations = RateLimiter("initialize", of: "initialize requests of one account")
    private let writes = RateLimiter("writes", of: "calls of one account that change something")
    private let clock = RequestClock()
    private let admission: Admission
    let authenticator: any Authenticator
    private let executor: (any TaskExecutor)?
    private let isEnding = Atomic(false)
    private let log: Log

    init(
        _ source: any ConnectionSource,
        _ configuration: StreamableHTTPConfiguration,
        authenticator: any Authenticator = LocalAuthenticator(),
        seal: Seal,
        ended: (any EndedSessions)? = nil,
        executor: (any TaskExecutor)?,
        log: Log
    ) {
        self.source = source
        self.authenticator = authenticator
        self.executor = executor
        let limits = configuration.limits
        active = ActiveConversations(silence: configuration.silence)
        admission = Admission(total: limits.mostInFlight, perPrincipal: limits.mostInFlightPerPrincipal)
        sessions = SessionTable(seal)
        self.ended = ended
        self.log = log
    }

    /// Other limits hold from the next request on.
    func change(_ limits: StreamableHTTPLimits) {
        admission.change(total: limits.mostInFlight, perPrincipal: limits.mostInFlightPerPrincipal)
    }

    /// Ends what stays open until someone ends it; what is being worked on goes on.
    func drain() {
        for session in sessions.all {
            session.standalone.detach()
            session.conversation.endStandingRequests()
        }
        for conversation in active.all { conversation.endStandingRequests() }
    }

    func whenIdle(_ callback: @escaping @Sendable () -> Void) {
        active.whenEmpty { [channels] in Self.whenIdle(channels.all[...], callback) }
    }

    /// Answers that come on the stream of a channel belong to no POST: each channel is waited for in turn.
    private static func whenIdle(_ channels: ArraySlice<Session>, _ callback: @escaping @Sendable () -> Void) {
        guard let first = channels.first else { return callback() }
        first.conversation.whenIdle { whenIdle(channels.dropFirst(), callback) }
    }

    func end() {
        isEnding.store(true, ordering: .sequentiallyConsistent)
        for conversation in active.all { conversation.cancelAll() }
        // Each conversation keeps this, so that they would keep each other.
        for session in sessions.takeAll() + channels.takeAll() { session.end() }
    }

    /// The body of a POST.
    func receive(_ body: [UInt8], of transaction: Transaction, from caller: Caller) {
        let post = Post(transaction, caller, bytes: body.count, rules: HeaderRules(fields: transaction.head.fields))
        let json: JSON
        do throws(JSONSyntaxError) {
            // A byte order mark says nothing here, and some clients write one (RFC 8259 §8.1).
            let text = body.starts(with: Self.byteOrderMark) ? Array(body.dropFirst(3)) : body
            json = try JSON(parsing: text, within: .message)
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

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private func receive(_ message: IncomingMessage, _ json: JSON, _ post: Post) throws(Message.Malformed) {
        guard !post.transaction.isLast || message.isReply else {
            return post.transaction.refuse(.draining, message.request?.id)
        }
        switch message {
        case .selfContained(let request):
            do throws(RPCError) { try answer(request, json, post) } catch {
                throw Message.Malformed(error, id: request.id)
            }
        case .initialize(let request): initialize(request, json, post)
        case .request(let request): answerInSession(json, request: request, post)
        case .batch: answerInSession(json, request: nil, post)
        case .reply(let isResponse): try take(json, isResponse: isResponse, post)
        case .ignored: post.transaction.replyWithoutBody(202)
        }
    }

    /// What came with one POST.
    struct Post {
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
        var fields: HTTPFields { rules.fields }
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
        let revision = try RequestMetadata.revision(named: version)
        try post.rules.check(request)
        if request.method == "tools/call", let name = request.params?["name"]?.string {
            let repeated = source.headerParameters(of: name, for: post.caller, post.fields)
            try post.rules.check(repeated, against: request.params?["arguments"] ?? [:])
        }
        guard post.transaction.acceptance.takesStream || request.method != "subscriptions/listen" else {
            return post.transaction.refuse(.notAcceptable, request.id)
        }
        guard post.configuration.sendsStreams || request.method != "subscriptions/listen" else {
            return post.transaction.refuse(.noStreams, request.id)
        }
        guard isAllowed(json, request, post) else { return }
        note(request, revision, RequestMetadata.clientName(in: request.params?["_meta"]), post)
        var options = options(Self.status, for: request)
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

    /// Of a session, an answer that will not come says so where that is over.
    func options(
        _ status: @escaping @Sendable (RPCError?) -> HTTPStatus,
        for request: Request?,
        of session: Session? = nil
    ) -> PostSink.Options {
        var options = PostSink.Options(status: status)
        options.unanswered = { [self] transaction in
            if isEnding.load(ordering: .sequentiallyConsistent) {
                transaction.refuse(.draining, request?.id)
            } else if session?.isOver == true {
                refuseUnknownSession(request, transaction)
            } else {
                transaction.replyWithoutBody(202)
            }
        }
        return options
    }

    /// A conversation for this message alone.
    func serve(
        _ json: JSON,
        request: Request?,
        _ options: PostSink.Options,
        with state: SessionState?,
        endsWithClient: Bool,
        _ post: Post
    ) {
        let sink = PostSink(post.transaction, options, keepAlive: keepAlive)
        let connection = source.connection(for: post.caller, post.fields, session: state, isLasting: false)
        let conversation = conversation(of: connection, to: sink, post.caller, log(of: post.caller))
        hand(json, request, to: Exchange(conversation, sink), post)
        guard !sink.isAnswered else { return }
        track(conversation, until: sink)
        answerInTime(conversation, request, sink, post)
        if options.mustStream {
            let closed = review(post.transaction) { conversation.endStandingRequests() }
            if let closed { post.transaction.callWhenOver(closed) }
        }
        if endsWithClient {
            post.transaction.exchange.whenGone {
                sink.endUnanswered()
                if let request { conversation.cancel(request.id) }
                conversation.cancelAll()
            }
        }
        bePatient(conversation, request, sink, post)
    }

    /// Has a stream end with what allows its request; returns what to call when it is closed.
    func review(_ transaction: Transaction, _ end: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
        guard let mayGoOn = authenticator.review(of: transaction.head) else { return nil }
        let number = standing.opened(StandingStreams.Stream(mayGoOn: mayGoOn, end: end))
        return { [standing] in standing.closed(number) }
    }

    /// A request has been read already.
    func hand(_ json: JSON, _ request: Request?, to exchange: Exchange, _ post: Post) {
        guard source.telemetry?.tracer != nil else { return give(json, request, to: exchange, post) }
        let transaction = post.transaction
        let origin = TraceOrigin(
            traceparent: transaction.head.fields["traceparent"],
            session: transaction.facts.session
        )
        TraceOrigin.$current.withValue(origin) { give(json, request, to: exchange, post) }
    }

    private func give(_ json: JSON, _ request: Request?, to exchange: Exchange, _ post: Post) {
        if let request {
            exchange.receive(request, size: post.bytes)
        } else {
            exchange.receive(json, size: post.bytes)
        }
    }

    /// What has begun by now is waited for; what began while the server ended already is cancelled as the others are.
    func track(_ conversation: Conversation, until sink: PostSink) {
        active.track(conversation, until: sink)
        if isEnding.load(ordering: .sequentiallyConsistent) { conversation.cancelAll() }
    }

    func log(of caller: Caller) -> Log { caller.log ?? log }

    func conversation(
        of connection: any ServedConnection,
        to sink: any MessageSink,
        _ caller: Caller,
        _ log: Log
    ) -> Conversation {
        Conversation(
            handler: connection,
            sink: sink,
            executor: executor,
            slots: self.admission.share(of: caller.principal.id),
            clock: clock,
            log: log
        )
    }

    /// Answers what is still worked on when the carrier of the answer is about to wait no longer.
    func answerInTime(_ conversation: Conversation, _ request: Request?, _ sink: PostSink, _ post: Post) {
        post.transaction.exchange.whenOverdue {
            conversation.endStandingRequests()
            guard let request else {
                post.transaction.refuse(.overdue)
                return conversation.cancelAll()
            }
            let error = RPCError(code: -32000, HTTPRefusal.overdue.text)
            sink.send(Outcome.failure(error).response(to: request.id), as: .response(error), written: nil)
            conversation.cancel(request.id)
        }
    }

    /// Refuses a request whose turn does not come soon.
    func bePatient(_ conversation: Conversation, _ request: Request?, _ sink: PostSink, _ post: Post) {
        guard let request, conversation.waitingBytes > 0 else { return }
        let patience = post.configuration.limits.patience
        Task(executorPreference: WorkerPool.shared) {
            try? await SystemClock.sleep(for: patience)
            if conversation.withdraw(request.id) { sink.refuse(.busy, request.id) }
        }
    }

    func note(_ request: Request, _ revision: Revision?, _ client: String?, _ post: Post) {
        post.transaction.note { facts in
            facts.client = client
            facts.method = request.method
            facts.revision = revision
            if request.method == "tools/call" { facts.tool = request.params?["name"]?.string }
        }
    }

    /// False when it was refused, by what its caller may do or how often; a batch counts as what is in it.
    func isAllowed(_ json: JSON, _ request: Request?, _ post: Post) -> Bool {
        if let refusal = refusalByNeed(json, request, post) {
            post.transaction.refuse(refusal, request?.id)
            return false
        }
        let exceeded =
            if let request {
                refusal(of: request.method, request.params, post)
            } else {
                json.array.flatMap { refusal(ofBatch: $0, post) }
            }
        if let exceeded { post.transaction.refuse(.rateLimited(exceeded), request?.id) }
        return exceeded == nil
    }

    private func refusalByNeed(_ json: JSON, _ request: Request?, _ post: Post) -> HTTPRefusal? {
        objection(to: post.caller, doing: needs(json, request))
    }

    func objection(to caller: Caller, doing needs: some Sequence<AccessNeed>) -> HTTPRefusal? {
        needs.lazy.compactMap { self.authenticator.refusal(of: caller, doing: $0) }.first
    }

    /// What one request needs, or all of a batch.
    func needs(_ json: JSON, _ request: Request?) -> Set<AccessNeed> {
        if let request { return Set(need(of: request.method, request.params).map { [$0] } ?? []) }
        return Set((json.array ?? []).compactMap { need(of: $0["method"]?.string, $0["params"]) })
    }

    private func need(of method: String?, _ params: JSON?) -> AccessNeed? {
        switch method {
        case "tools/call": isWrite(params) ? .changing : .reading
        case "resources/read", "completion/complete": .reading
        default: nil
        }
    }

    private func refusal(ofBatch messages: [JSON], _ post: Post) -> RateLimiter.Refusal? {
        let key = post.caller.principal.id.description
        for (index, message) in messages.enumerated() {
            // The first was counted when the POST came.
            if index > 0, message["method"] != nil,
                let refusal = calls.take(key, perMinute: post.configuration.limits.calls)
            {
                return refusal
            }
            let method = message["method"]?.string
            if let refusal = refusal(of: method, message["params"], post) { return refusal }
        }
        return nil
    }

    private func refusal(of method: String?, _ params: JSON?, _ post: Post) -> RateLimiter.Refusal? {
        let (limits, principal) = (post.configuration.limits, post.caller.principal.id)
        return switch method {
        case "initialize": initializations.take(principal.description, perMinute: limits.initializations)
        case "tools/call" where limits.writes > 0 && isWrite(params):
            writes.take(principal.description, perMinute: limits.writes)
        default: nil
        }
    }

    private func isWrite(_ params: JSON?) -> Bool {
        params?["name"]?.string.flatMap { source.effect(of: $0) }.map { !$0.isReadOnly } ?? false
    }
}
