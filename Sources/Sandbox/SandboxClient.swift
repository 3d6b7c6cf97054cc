import Clock
package import HTTP
import JSON
import Synchronization

/// An HTTP client that answers like OvalEdge, from a sample catalog and without a network.
///
/// A request takes the whole way that a real one takes: sign-in, token, route, JSON. Only the wire is missing, and
/// `oe-mcp-http` adds that too. The catalog is read at the first request, so that starting costs nothing.
package final class SandboxClient: HTTPClient {
    package typealias Sleep = @Sendable (_ seconds: Double) async throws -> Void

    private let now: @Sendable () -> Double
    private let sleep: Sleep
    private let state: Mutex<State>

    package init(
        life: Double = 3600,
        secret: String = Sandbox.userSecret,
        scheme: String = "jwt",
        faults: SandboxFaults = .none,
        securesTags: Bool = false,
        catalog: SandboxCatalog = .sample,
        generation: SandboxGeneration = .current,
        unknownPath: UnknownPath? = nil,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        sleep: @escaping Sleep = { try await SystemClock.sleep(for: .seconds($0)) }
    ) {
        self.now = now
        self.sleep = sleep
        let session = SandboxSession(life: life, secret: secret, scheme: scheme)
        state = Mutex(
            State(
                session: session,
                faults: faults,
                securesTags: securesTags,
                routes: catalog == .large ? SandboxRoute.large : SandboxRoute.all(of: generation),
                // The current release answers itself, older ones left it to the layer below.
                unknownPath: unknownPath ?? (generation == .current ? .refusal : .json)
            )
        )
    }

    /// What has been asked so far.
    package var record: SandboxRecord { state.withLock { $0.record } }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        switch try await outcome(of: request) {
        case .response(let response): return response
        case .cutOff(let response, let count):
            throw .cutOff(detail: "\(count) of \(response.body.count) bytes arrived")
        }
    }

    /// As ``send(_:)``, but a cut-off answer comes as a value, for a server that cuts the connection itself.
    package func outcome(of request: HTTPRequest) async throws(HTTPFailure) -> SandboxOutcome {
        guard let url = URLText(request.url) else { throw .addressNotValid(request.url) }
        let call = SandboxCall(request, url)
        let strike = state.withLock { $0.began(call) }
        defer { state.withLock { $0.ended(call) } }
        try await wait(strike.delay, atMost: request.timeLimit)
        if let response = strike.response { return .response(response) }
        let response = state.withLock { $0.answer(to: call, at: now()) }
        return strike.cut.map { .cutOff(response, after: $0.count(of: response.body.count)) } ?? .response(response)
    }

    private func wait(_ delay: Double, atMost limit: Duration?) async throws(HTTPFailure) {
        let limit = limit.map { $0 / .seconds(1) } ?? .infinity
        if delay > 0 {
            do { try await sleep(min(delay, limit)) } catch { throw .cancelled }
        }
        if Task.isCancelled { throw .cancelled }
        if delay > limit { throw .timedOut(seconds: limit) }
    }
}

/// A whole answer, or one whose connection breaks in the middle of its body.
package enum SandboxOutcome: Hashable, Sendable {
    case response(HTTPResponse)
    case cutOff(HTTPResponse, after: Int)
}

extension SandboxClient {
    private struct State {
        var session: SandboxSession
        var faults: SandboxFaults
        let securesTags: Bool
        let routes: [SandboxRoute]
        let unknownPath: UnknownPath
        var record = SandboxRecord()
        var catalog: SampleCatalog?
        var large: LargeCatalog?

        mutating func began(_ call: SandboxCall) -> SandboxFaults.Strike {
            record.began(call)
            return faults.strike(path: call.path)
        }

        mutating func ended(_ call: SandboxCall) { record.ended(call) }

        mutating func answer(to call: SandboxCall, at now: Double) -> HTTPResponse {
            let routes = self.routes.filter { $0.path == call.path }
            switch routes.first(where: { $0.method == call.method })?.answer {
            case .signIn: return session.signIn(call, at: now)
            case .catalog(let answer): return session.refusal(of: call.authorization, at: now) ?? asked(call, answer)
            case .large(let answer): return session.refusal(of: call.authorization, at: now) ?? asked(call, answer)
            case nil: return unknownPath.answer(to: call, methods: routes.map { $0.method })
            }
        }

        private mutating func asked(_ call: SandboxCall, _ answer: SandboxRoute.CatalogAnswer) -> HTTPResponse {
            var current = catalog ?? .sample
            // Handed over, not shared: a change in place does not copy the catalog.
            catalog = nil
            current.securesTags = securesTags
            defer { catalog = current }
            return answer(call, &current)
        }

        private mutating func asked(_ call: SandboxCall, _ answer: SandboxRoute.LargeAnswer) -> HTTPResponse {
            var current = large ?? LargeCatalog()
            large = nil
            defer { large = current }
            return answer(call, &current)
        }
    }
}
