package import HTTP
package import HTTPServer
import JSON
import JSONRPC
package import Logging
package import MCP
import Synchronization
import Telemetry
import Text
import Threads

/// MCP over HTTP in all revisions, at one address: an ``HTTPService`` for an ``HTTPServer``.
///
/// What needs no waiting is answered on the library's thread. Every refusal of its own is JSON, and what is refused is
/// refused in a fixed order, so that nothing is said to those who are no one yet.
package final class StreamableHTTP: HTTPService {
    private let rules: Mutex<RequestRules>
    private let authenticator: any Authenticator
    private let crossOrigin: CrossOrigin
    private let budget = FailureBudget()
    private let isDraining = Atomic(false)
    private let isRefusing = Atomic(false)
    private let requestIDs = RequestIDs()
    private let endpoint: Endpoint
    private let failures: (any SharedFailures)?
    private let accessLog: AccessLog
    private let metrics: Metrics?

    /// `seal` seals session ids; servers that stand in for each other are given the same, and what they share.
    ///
    /// Calls like to be worked on by `executor`.
    package init(
        _ source: any ConnectionSource,
        _ configuration: StreamableHTTPConfiguration,
        authenticator: any Authenticator = LocalAuthenticator(),
        seal: Seal = Seal(),
        shared: SharedParts = SharedParts(),
        executor: (any TaskExecutor)? = nil,
        log: Log
    ) {
        failures = shared.failures
        rules = Mutex(RequestRules(configuration))
        self.authenticator = authenticator
        crossOrigin = CrossOrigin(credentials: authenticator.credentialFields)
        endpoint = Endpoint(
            source,
            configuration,
            authenticator: authenticator,
            seal: seal,
            ended: shared.ended,
            executor: executor,
            log: log
        )
        accessLog = AccessLog(log, of: source)
        metrics = source.telemetry?.metrics
        if let metrics { show(in: metrics) }
    }

    /// Other rules and limits hold from the next request on.
    package func reload(_ configuration: StreamableHTTPConfiguration) {
        rules.withLock { $0 = RequestRules(configuration) }
        endpoint.change(configuration.limits)
    }

    /// Ends what would stay open, and has each connection end with its next answer; what is being worked on goes on.
    ///
    /// `refuses` is false where no one can connect any more: the last requests of open connections are still served.
    package func drain(refuses: Bool = true) {
        isRefusing.store(refuses, ordering: .relaxed)
        isDraining.store(true, ordering: .relaxed)
        endpoint.drain()
    }

    /// Something was revoked: streams of those who would not be let in any more end now.
    package func reviewStreams() { endpoint.standing.look() }

    /// Calls back once nothing is being worked on.
    package func whenIdle(_ callback: @escaping @Sendable () -> Void) { endpoint.whenIdle(callback) }

    /// Cancels what is being worked on.
    package func end() { endpoint.end() }

    /// What is looked at when metrics are asked for.
    private func show(in metrics: Metrics) {
        metrics.show(.inFlight) { [weak endpoint] in endpoint?.activeCount }
        metrics.show(.sessions) { [weak endpoint] in endpoint.map { $0.sessions.count + $0.channels.count } }
        metrics.show(.streams) { [weak endpoint] in endpoint?.keepAlive.count }
        metrics.show(.drain) { [weak self] in self.map { $0.isDraining.load(ordering: .relaxed) ? 1 : 0 } }
    }

    package func receive(_ exchange: HTTPExchange) {
        let rules = rules.withLock { $0 }
        let path = exchange.head.path
        let pages = rules.isEndpoint(exchange.head) ? .allowedOrigins : rules.route(path)?.pages ?? .allowedOrigins
        let frame = frame(exchange.head, rules, pages)
        let transaction = Transaction(exchange, rules, frame)
        exchange.attachment = transaction
        if frame.refuses, path != "/health", !Self.mayBeReply(exchange.head, rules) {
            return transaction.refuse(.draining)
        }
        if frame.closes(), path == "/ready" || Self.wouldStayOpen(exchange.head, rules) {
            return transaction.refuse(.draining)
        }
        guard rules.isHostAllowed(exchange.head) else { return transaction.refuse(.forbiddenHost) }
        guard rules.isSourceAllowed(exchange.head) || Self.isProbe(path) else {
            return transaction.refuse(.forbiddenAddress)
        }
        guard pages != .allowedOrigins || frame.origin != nil || exchange.head.fields["Origin"] == nil else {
            return transaction.refuse(.forbiddenOrigin)
        }
        if Self.isPreflight(exchange.head, path) { return transaction.preflight() }
        if rules.isEndpoint(exchange.head) || rules.isChannel(exchange.head) {
            receiveAtEndpoint(transaction)
        } else {
            receiveElsewhere(transaction, path)
        }
    }

    /// What load balancers ask from addresses of their own.
    private static func isProbe(_ path: String) -> Bool { path == "/health" || path == "/ready" }

    /// Whether a question may be answered by it that a call in a session waits for; what else comes so is refused later.
    private static func mayBeReply(_ head: HTTPRequestHead, _ rules: RequestRules) -> Bool {
        guard head.method == .post, !rules.configuration.isStateless else { return false }
        return rules.takesChannelMessages(head) || head.fields["Mcp-Session-Id"] != nil && rules.isEndpoint(head)
    }

    private static func wouldStayOpen(_ head: HTTPRequestHead, _ rules: RequestRules) -> Bool {
        guard rules.isEndpoint(head) else { return head.method == .get && rules.isChannel(head) }
        let isStream = head.method == .get && !rules.configuration.isStateless
        return isStream || head.fields["Mcp-Method"] == "subscriptions/listen"
    }

    /// A browser asks before it lets a page send a request with fields of its own, wherever that goes.
    private static func isPreflight(_ head: HTTPRequestHead, _ path: String) -> Bool {
        guard head.method == .options else { return false }
        let isAsked = head.fields["Origin"] != nil && head.fields["Access-Control-Request-Method"] != nil
        return isAsked || ["/mcp", "/mcp/", "/"].contains(path)
    }

    package func refusal(_ problem: HTTPProblem, of head: HTTPRequestHead?) -> HTTPResponse {
        let refusal = HTTPRefusal(problem)
        metrics?.refused(refusal.code)
        let frame = frame(head, rules.withLock { $0 })
        var response = frame.response(refusal.status, refusal.body(requestID: frame.id).bytes, refusal.fields)
        response.fields["Connection"] = "close"
        return response
    }

    /// Without a head nothing is known of who asks.
    private func frame(
        _ head: HTTPRequestHead?,
        _ rules: RequestRules,
        _ pages: RoutePages = .allowedOrigins
    ) -> AnswerFrame {
        let origin: String? =
            switch pages {
            case .allowedOrigins: head.flatMap { rules.isOriginAllowed($0) ? $0.fields["Origin"] : nil }
            case .all: "*"
            case .own: nil
            }
        return AnswerFrame(
            id: requestIDs.next(),
            origin: origin,
            crossOrigin: rules.configuration.allowsCrossOrigin && pages != .own ? crossOrigin : nil,
            closes: { self.isDraining.load(ordering: .relaxed) },
            refuses: isDraining.load(ordering: .relaxed) && isRefusing.load(ordering: .relaxed)
        )
    }

    package func ended(_ exchange: HTTPExchange, _ record: HTTPRecord) {
        guard let transaction = exchange.attachment as? Transaction else { return }
        // Each would keep the other.
        exchange.attachment = nil
        transaction.over()
        metrics?.count(transaction, record)
        accessLog.write(transaction, record)
    }
}

// The endpoint.
extension StreamableHTTP {
    private func receiveAtEndpoint(_ transaction: Transaction) {
        let head = transaction.head
        if transaction.rules.carriesSecret(head) { return transaction.refuse(.secretInQuery) }
        let presents = authenticator.presents(head)
        if head.method == .get, !presents, !authenticator.challengesAll, !RequestRules.namesStream(head) {
            return help(transaction)
        }
        guard !transaction.rules.configuration.requiresTLS || transaction.rules.isSecure(head) else {
            return transaction.refuse(.tlsRequired)
        }
        switch authenticator.authenticate(head) {
        case .accepted(let caller): receive(transaction, from: caller)
        case .refused(let refusal): transaction.refuse(refusal)
        case .later(isGuess: true, let work): guess(transaction, work)
        case .later(isGuess: false, let work): authenticate(transaction) { await work() }
        }
    }

    private func guess(_ transaction: Transaction, _ work: @escaping @Sendable () async -> Authentication) {
        let address = AddressRange.subscriber(of: transaction.rules.clientAddress(transaction.head))
        let limit = transaction.rules.configuration.limits.failedSignIns
        authenticate(transaction) { [self] in
            if let refusal = await budget.begin(address, perMinute: limit) { return .refused(.rateLimited(refusal)) }
            let result = await work()
            let hasFailed = result.isFailure
            budget.conclude(address, perMinute: limit, hasFailed: hasFailed)
            if hasFailed { await share(failureFrom: address, perMinute: limit) }
            return result
        }
    }

    private func authenticate(_ transaction: Transaction, _ work: @escaping @Sendable () async -> Authentication) {
        let task = Task(executorPreference: WorkerPool.shared) {
            switch await work() {
            case .accepted(let caller): self.receive(transaction, from: caller)
            case .refused(let refusal): transaction.refuse(refusal)
            case .later: transaction.refuse(.signInUnclear)
            }
        }
        transaction.exchange.whenGone { task.cancel() }
    }

    /// Where all servers together have seen too many, this one takes no more until their minute is over.
    private func share(failureFrom address: String, perMinute limit: Int) async {
        guard limit > 0, let count = await failures?.count(address), count.failures >= limit else { return }
        budget.exhaust(address, perMinute: limit, seconds: count.left)
    }

    private func receive(_ transaction: Transaction, from caller: Caller) {
        transaction.note { $0.principal = caller.principal }
        guard let look = endpoint.look(transaction, caller) else { return serve(transaction, from: caller) }
        Task(executorPreference: WorkerPool.shared) {
            await look()
            self.serve(transaction, from: caller)
        }
    }

    private func serve(_ transaction: Transaction, from caller: Caller) {
        if transaction.rules.isChannel(transaction.head) { return endpoint.serveChannel(transaction, caller) }
        let isStateless = transaction.rules.configuration.isStateless
        let streams = transaction.rules.configuration.sendsStreams
        switch transaction.head.method {
        case .post: receivePost(transaction, from: caller)
        case .get where !isStateless && streams && RequestRules.namesStream(transaction.head):
            endpoint.listen(transaction, caller)
        case .get where authenticator.challengesAll && transaction.head.path == "/": greet(transaction)
        case .delete where !isStateless: endpoint.endSession(transaction, caller)
        default: transaction.refuse(.methodNotAllowed(Self.methods(isStateless: isStateless, streams: streams)))
        }
    }

    /// Some clients take a server for connected once a stream at its bare address begins; there is nothing to send on it,
    /// and they are not to come back for it soon.
    private func greet(_ transaction: Transaction) {
        let wait = "retry: 3600000\n\n"
        transaction.reply(
            HTTPResponse(.ok, fields: ["Cache-Control": "no-store"], text: wait, type: "text/event-stream")
        )
    }

    private static func methods(isStateless: Bool, streams: Bool) -> String {
        if isStateless { return "POST" }
        return streams ? "POST, GET, DELETE" : "POST, DELETE"
    }

    private func receivePost(_ transaction: Transaction, from caller: Caller) {
        let configuration = transaction.rules.configuration
        let principal = caller.principal.id
        if let refusal = endpoint.calls.take(principal.description, perMinute: configuration.limits.calls) {
            return transaction.refuse(.rateLimited(refusal))
        }
        guard Self.isJSON(transaction.head.fields) else { return transaction.refuse(.unsupportedMediaType) }
        transaction.exchange.readBody(upTo: configuration.bodyLimit) { [endpoint] body in
            guard transaction.acceptance.takesJSON || transaction.acceptance.takesStream else {
                return transaction.refuse(.notAcceptable)
            }
            endpoint.receive(body, of: transaction, from: caller)
        }
    }

    /// RFC 9110 §8.3.1: the type in any case, with or without parameters.
    private static func isJSON(_ fields: HTTPFields) -> Bool {
        if let coding = fields["Content-Encoding"], coding.lowercased() != "identity" { return false }
        guard let type = fields["Content-Type"] else { return false }
        if type == "application/json" { return true }
        return type.split(separator: ";").first?.trimmed.lowercased() == "application/json"
    }

    private func help(_ transaction: Transaction) {
        let fields = authenticator.credentialFields.joined(separator: ", ")
        let credentials = fields.isEmpty ? "" : ", with credentials in \(fields)"
        transaction.reply(
            .ok,
            [
                "message": .string("This is an MCP endpoint. Clients send POST requests here\(credentials)."),
                "see_also": "/",
            ]
        )
    }
}

// What is open to everyone.
extension StreamableHTTP {
    private func receiveElsewhere(_ transaction: Transaction, _ path: String) {
        let head = transaction.head
        if let route = transaction.rules.route(path) { return answer(transaction, by: route) }
        switch path {
        case "/", "/health", "/ready":
            guard head.method == .get || head.method == .head else {
                return transaction.refuse(.methodNotAllowed("GET, HEAD"))
            }
            let configuration = transaction.rules.configuration
            guard path == "/ready", let obstacle = configuration.obstacle else {
                return transaction.reply(.ok, openBody(path, configuration))
            }
            Task(executorPreference: WorkerPool.shared) {
                guard let why = await obstacle() else { return transaction.reply(.ok, Self.ready) }
                transaction.refuse(.notReady(why))
            }
        default: transaction.refuse(.notFound)
        }
    }

    private func answer(_ transaction: Transaction, by route: StreamableHTTPConfiguration.Route) {
        let method = transaction.head.method
        guard route.methods.contains(method) || method == .head && route.methods.contains(.get) else {
            return transaction.refuse(.methodNotAllowed(route.methods.map { $0.rawValue }.joined(separator: ", ")))
        }
        switch route.work {
        case .now(let answer): transaction.reply(answer(transaction.head))
        case .later(let limit, let answer):
            transaction.exchange.readBody(upTo: limit) { body in
                let request = RouteRequest(transaction, body)
                let task = Task(executorPreference: WorkerPool.shared) { transaction.reply(await answer(request)) }
                transaction.exchange.whenGone { task.cancel() }
            }
        }
    }

    private func openBody(_ path: String, _ configuration: StreamableHTTPConfiguration) -> JSON {
        switch path {
        case "/health":
            let status = isDraining.load(ordering: .relaxed) ? "draining" : "healthy"
            return .object(JSONObject([.init("status", .string(status))] + Self.members(configuration.health())))
        case "/ready": return Self.ready
        default:
            let own: JSON = ["mcp": "/mcp", "health": "/health", "ready": "/ready"]
            return .object(JSONObject(Self.members(configuration.service) + Self.members(own)))
        }
    }

    private static let ready: JSON = ["status": "ready"]

    private static func members(_ json: JSON) -> [JSONObject.Member] { json.object?.members ?? [] }
}

extension RouteRequest {
    fileprivate init(_ transaction: Transaction, _ body: [UInt8]) {
        self.init(
            head: transaction.head,
            body: body,
            address: transaction.rules.clientAddress(transaction.head),
            isSecure: transaction.rules.isSecure(transaction.head),
            id: transaction.id
        )
    }
}

extension HTTPRefusal {
    static let signInUnclear = HTTPRefusal(502, "server_error", "The sign-in did not end. Try again.")

    fileprivate init(_ problem: HTTPProblem) {
        switch problem {
        case .malformed(let what): self.init(400, "bad_request", "\(what) Send the request as RFC 9112 says.")
        case .bodyTooLarge(let limit):
            self.init(413, "content_too_large", "The body is larger than \(limit) bytes. Send less at once.")
        case .bodyTooSlow:
            self.init(408, "request_timeout", "The body did not arrive in time. Send the request again.")
        case .tooManyBodies: self = .busy
        case .stopping: self = .draining
        case .overdue: self = .overdue
        case .answerTooLarge(let limit):
            self.init(500, "answer_too_large", "The answer is larger than \(limit) bytes. Ask for less at once.")
        }
    }
}
