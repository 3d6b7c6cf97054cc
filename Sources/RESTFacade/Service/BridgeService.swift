package import Bridge
package import HTTP
package import HTTPServer
import JSON
package import Logging
package import StreamableHTTP
import Synchronization
package import Telemetry
import Text
import Threads

/// All that a bridge serves at one port: the REST interface of each server, MCP, and what operators ask (07 §2.1).
package final class BridgeService: HTTPService {
    /// What can change while it runs.
    package struct Sites: Sendable {
        /// The path before all others; no slash at its end.
        package var base: String
        /// Each server, by the steps to it behind the base: none for a server alone.
        package var servers: [(path: String, server: RESTServer)]
        /// MCP endpoints, by their whole path.
        package var endpoints: [String: StreamableHTTP]
        /// Further answers, by their path behind the base.
        package var routes: [String: @Sendable (RESTRequest) async -> HTTPResponse]
        package var callers: Callers
        /// Who has signed in with this browser, where no token is brought.
        package var signedIn: @Sendable (HTTPFields) async -> BridgeCaller? = { _ in nil }
        package var bodyLimit: Int
        /// What is counted, as text for who collects it.
        package var metrics: @Sendable (HTTPRequestHead) -> HTTPResponse
        /// How many requests are being worked on with these servers.
        let underWay = Monitor(0)

        package init(
            base: String,
            servers: [(path: String, server: RESTServer)],
            endpoints: [String: StreamableHTTP] = [:],
            routes: [String: @Sendable (RESTRequest) async -> HTTPResponse] = [:],
            callers: Callers,
            bodyLimit: Int = 4 << 20,
            metrics: @escaping @Sendable (HTTPRequestHead) -> HTTPResponse
        ) {
            self.base = base
            self.servers = servers
            self.endpoints = endpoints
            self.routes = routes
            self.callers = callers
            self.bodyLimit = bodyLimit
            self.metrics = metrics
        }
    }

    /// What is known of a request that is answered here, for the log.
    private final class Note: Sendable {
        let visit: RequestGate.Visit
        let route: String

        init(_ visit: RequestGate.Visit, _ route: String) {
            self.visit = visit
            self.route = route
        }
    }

    private let gate: RequestGate
    private let sites: Mutex<Sites>
    private let keepAlive = KeepAlive()
    private let metrics: Metrics?
    private let log: Log
    private let isDraining = Atomic(false)
    private let underWay = Monitor(0)

    package init(_ gate: RequestGate, _ sites: Sites, metrics: Metrics? = nil, log: Log) {
        self.metrics = metrics
        self.gate = gate
        self.sites = Mutex(sites)
        self.log = log
        metrics?.show(.inFlight) { [weak self] in self?.underWay.withLock { $0 } }
        metrics?.show(.sessions) { [weak self] in
            self?.sites.withLock { $0.servers }.reduce(0) { $0 + $1.server.sessions.count }
        }
        metrics?.show(.streams) { [weak self] in self?.keepAlive.count }
    }

    /// Other servers and rules hold from the next request on; returns those that held before.
    package func change(to sites: Sites) -> Sites {
        self.sites.withLock { current in
            defer { current = sites }
            return current
        }
    }

    package func receive(_ exchange: HTTPExchange) {
        let sites = sites.withLock { $0 }
        let head = exchange.head
        let path = head.path
        let place = Place(path, sites)
        if let endpoint = place.endpoint {
            guard sites.callers.areAllowed(head.fields) || head.method == .options else {
                return refuse(.keyMissing, exchange)
            }
            if head.method == .post, DryRun.isAsked(by: head.fields) {
                return deliver(DryRun.refusal, exchange, gate.visit(head))
            }
            return endpoint.receive(exchange)
        }
        let visit = gate.visit(head, isProbe: place.isHealth, closes: isDraining.load(ordering: .relaxed))
        exchange.attachment = Note(visit, place.label)
        if isDraining.load(ordering: .relaxed), !path.hasSuffix("/health") { return refuse(.draining, exchange) }
        if let refusal = visit.refusal {
            return refuse(RESTError(refusal), exchange)
        }
        if let preflight = visit.preflight(head) {
            exchange.reply(preflight)
            return
        }
        guard place.isHealth || sites.callers.areAllowed(head.fields) else { return refuse(.keyMissing, exchange) }
        switch place.target {
        case .metrics: deliver(sites.metrics(head), exchange, visit)
        case .server(let server, let steps): read(exchange, visit, sites, place, steps, server)
        case .route(let route, let steps):
            read(exchange, visit, sites, place, steps) { request, _ in await route(request) }
        case .nowhere: refuse(.nothing(below: sites.base), exchange)
        }
    }

    private func read(
        _ exchange: HTTPExchange,
        _ visit: RequestGate.Visit,
        _ sites: Sites,
        _ place: Place,
        _ steps: [String],
        _ server: RESTServer
    ) {
        read(exchange, visit, sites, place, steps, on: server.upstream.executor) { [keepAlive] request, exchange in
            await server.stream(request) {
                EventStream(exchange, visit.fields(EventStream.fields()), keepAlive: keepAlive)
            }
        }
    }

    private typealias Work = @Sendable (RESTRequest, HTTPExchange) async -> HTTPResponse?

    private func read(
        _ exchange: HTTPExchange,
        _ visit: RequestGate.Visit,
        _ sites: Sites,
        _ place: Place,
        _ steps: [String],
        on executor: any TaskExecutor = WorkerPool.shared,
        answer: @escaping Work
    ) {
        let head = exchange.head
        exchange.readBody(upTo: sites.bodyLimit) { [self] body in
            let isAlone = underWay.withLock { count in
                count += 1
                return count == 1
            }
            sites.underWay.withLock { $0 += 1 }
            let work: @Sendable () async -> Void = { [self] in
                let named = sites.callers.caller(head.fields)
                let caller = named.token == nil ? await sites.signedIn(head.fields) ?? named : named
                let request = RESTRequest(
                    head.method,
                    steps,
                    query: RESTRequest.query(of: head.query),
                    fields: head.fields,
                    body: body,
                    id: visit.id,
                    caller: caller,
                    isSecure: visit.isSecure
                )
                if !place.isOpen, !place.isHealth, let refusal = await sites.callers.admission?(caller.token) {
                    refuse(RESTError(refusal), exchange)
                } else {
                    let response = await CallContext.$current.withValue(CallContext(id: visit.id)) {
                        await answer(request, exchange)
                    }
                    if let response { deliver(response, exchange, visit) }
                }
                underWay.withLock { $0 -= 1 }
                underWay.notifyOne()
                sites.underWay.withLock { $0 -= 1 }
                sites.underWay.notify()
            }
            // One that is short and alone is begun here: to wake another thread would take longer than to send it on.
            let isBegunHere = isAlone && body.count <= Self.shortBody
            let task =
                isBegunHere ? Tasks.begin(on: executor, work) : Task(executorPreference: executor, operation: work)
            exchange.whenGone { task.cancel() }
        }
    }

    private static let shortBody = 1 << 16

    private func deliver(_ response: HTTPResponse, _ exchange: HTTPExchange, _ visit: RequestGate.Visit) {
        var response = response
        response.fields = visit.fields(response.fields)
        if exchange.head.method == .head { response.body = [] }
        exchange.reply(response)
    }

    private func refuse(_ error: RESTError, _ exchange: HTTPExchange) {
        let visit = (exchange.attachment as? Note)?.visit ?? gate.visit(exchange.head)
        deliver(RESTServer.response(error, requestID: visit.id), exchange, visit)
    }

    package func refusal(_ problem: HTTPProblem, of head: HTTPRequestHead?) -> HTTPResponse {
        let code =
            switch problem {
            case .bodyTooLarge, .answerTooLarge: "too_large"
            case .tooManyBodies, .stopping: "busy"
            case .malformed, .bodyTooSlow: "invalid_request"
            case .overdue: "upstream_timeout"
            }
        let visit = head.map { gate.visit($0, closes: true) }
        let error = RESTError(problem.status, code, .string(problem.sentences), fields: ["Connection": "close"])
        var response = RESTServer.response(error, requestID: visit?.id ?? "-")
        if let visit { response.fields = visit.fields(response.fields) }
        return response
    }

    package func ended(_ exchange: HTTPExchange, _ record: HTTPRecord) {
        guard let note = exchange.attachment as? Note else {
            for endpoint in sites.withLock({ $0.endpoints.values }) { endpoint.ended(exchange, record) }
            return
        }
        exchange.attachment = nil
        metrics?.answered(
            exchange.head.method.rawValue,
            note.route == "health" ? "/health" : "open",
            status: record.status.rawValue,
            after: Int(record.duration / .nanoseconds(1))
        )
        let fields: [Log.Field] = [
            ("id", note.visit.id), ("method", exchange.head.method.rawValue), ("route", note.route),
            ("status", record.status.description), ("ms", String(Int(record.duration / .milliseconds(1)))),
            ("in", String(record.bytesReceived)), ("out", String(record.bytesSent)), ("peer", note.visit.address),
        ]
        log.with(fields).write(note.route == "health" ? .debug : .info, "http")
    }

    /// Returns when nothing is being worked on any more with servers that others have taken the place of.
    package static func finish(_ old: Sites, within seconds: Double) {
        let idle = Monitor(old.endpoints.count)
        for endpoint in old.endpoints.values {
            endpoint.drain(refuses: false)
            endpoint.whenIdle {
                idle.withLock { $0 -= 1 }
                idle.notify()
            }
        }
        _ = old.underWay.wait(seconds: seconds) { $0 == 0 ? true : nil }
        _ = idle.wait(seconds: seconds) { $0 <= 0 ? true : nil }
        for endpoint in old.endpoints.values { endpoint.end() }
    }

    /// Takes no new work, and returns when nothing is being worked on, or when time is over.
    package func finish(within seconds: Double) {
        isDraining.store(true, ordering: .relaxed)
        let endpoints = sites.withLock { Array($0.endpoints.values) }
        for endpoint in endpoints { endpoint.drain() }
        let idle = Monitor(endpoints.count)
        for endpoint in endpoints {
            endpoint.whenIdle {
                idle.withLock { $0 -= 1 }
                idle.notifyOne()
            }
        }
        _ = underWay.wait(seconds: seconds) { $0 == 0 ? true : nil }
        _ = idle.wait(seconds: seconds) { $0 <= 0 ? true : nil }
        for endpoint in endpoints { endpoint.end() }
    }
}

extension RESTError {
    fileprivate init(_ refusal: HTTPRefusal) {
        self.init(refusal.status, refusal.code, .string(refusal.text), fields: refusal.fields)
    }
}

/// Where a path leads.
struct Place {
    enum Target {
        case metrics
        case server(RESTServer, [String])
        case route(@Sendable (RESTRequest) async -> HTTPResponse, [String])
        case nowhere
    }

    let endpoint: StreamableHTTP?
    let target: Target
    /// One of few, for the log.
    let label: String
    let isHealth: Bool
    /// For those, too, who may not call: documents on how to sign in, and signing in.
    let isOpen: Bool

    init(_ path: String, _ sites: BridgeService.Sites) {
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        endpoint = sites.endpoints[Self.endpointPath(trimmed)]
        // What operators ask is at the root as well.
        let isRoot = ["/health", "/ready", "/metrics"].contains(trimmed)
        // Documents that others look for by rule are at the root, whatever the base is.
        let isKnown = trimmed.hasPrefix("/.well-known/") && sites.routes[trimmed] != nil
        let inside = isRoot || isKnown ? trimmed : Self.inside(trimmed, sites.base)
        isOpen = inside.map { path in ["/oauth/", "/.well-known/"].contains { path.hasPrefix($0) } } ?? false
        guard endpoint == nil, let inside else {
            (target, label, isHealth) = (.nowhere, "other", false)
            return
        }
        if inside == "/metrics" {
            (target, label, isHealth) = (.metrics, "metrics", false)
        } else if let route = sites.routes[inside], let steps = RESTRequest.steps(of: inside) {
            isHealth = RESTRoute(steps)?.isHealth ?? false
            (target, label) = (.route(route, steps), isHealth ? "health" : "own")
        } else if let (server, steps) = Self.server(inside, sites) {
            isHealth = RESTRoute(steps)?.isHealth ?? false
            target = .server(server, steps)
            label =
                isHealth ? "health" : ["tools", "prompts", "resources", "session"].first { $0 == steps.first } ?? "own"
        } else {
            (target, label, isHealth) = (.nowhere, "other", false)
        }
    }

    /// Clients of 2024-11-05 begin next to the endpoint.
    private static func endpointPath(_ path: String) -> String {
        let ending = ["/sse", "/sse/messages"].first { path.hasSuffix($0) }
        return ending.map { path.dropLast($0.count) + "/mcp" } ?? path
    }

    private static func inside(_ path: String, _ base: String) -> String? {
        guard !base.isEmpty else { return path }
        if path == base { return "/" }
        return path.hasPrefix(base + "/") ? String(path.dropFirst(base.count)) : nil
    }

    private static func server(_ inside: String, _ sites: BridgeService.Sites) -> (RESTServer, [String])? {
        for site in sites.servers {
            guard let rest = Self.inside(inside, site.path), let steps = RESTRequest.steps(of: rest),
                RESTRoute(steps) != nil
            else { continue }
            return (site.server, steps)
        }
        return nil
    }
}
