import CLoopback
import Synchronization

/// Listens on this machine's own addresses for the browser that returns, with libmicrohttpd, which is opened here first.
package final class CallbackListener: RedirectReceiver {
    package let redirect: String
    private let visits = CallbackVisits()
    private nonisolated(unsafe) let loopback: OpaquePointer
    private let show: @Sendable (String) async -> Void

    /// At `port` or nowhere; nil takes `preferred`, or any that is free.
    ///
    /// `show` brings a person to an address.
    package init(
        host: LoopbackAddress.Host,
        port: Int?,
        preferred: Int? = nil,
        show: @escaping @Sendable (String) async -> Void
    ) throws(SignInFailure) {
        var reason: UnsafePointer<CChar>?
        guard oe_loopback_open(&reason) == 1 else {
            throw SignInFailure(
                .noListener,
                "\(reason.map { String(cString: $0) } ?? "libmicrohttpd could not be opened")."
            )
        }
        let sockets = try Self.sockets(port: port, preferred: preferred)
        let context = Unmanaged.passUnretained(visits).toOpaque()
        let visit: oe_loopback_visit = { context, method, target, visitor in
            guard let context, let method, let target else { return }
            let visits = Unmanaged<CallbackVisits>.fromOpaque(context).takeUnretainedValue()
            let page = visits.page(method: String(cString: method), target: String(cString: target))
            let html = Array(page.html.utf8)
            oe_loopback_reply(visitor, page.status, html, html.count)
        }
        guard let started = oe_loopback_start(sockets, visit, context) else {
            throw SignInFailure(.noListener, "The browser cannot be waited for on this machine.")
        }
        loopback = started
        redirect = LoopbackAddress(host: host, port: Int(sockets.port)).text
        self.show = show
    }

    deinit { oe_loopback_stop(loopback) }

    private static func sockets(port: Int?, preferred: Int?) throws(SignInFailure) -> oe_loopback_sockets {
        var sockets = oe_loopback_sockets(ipv4: -1, ipv6: -1, port: 0)
        if let port {
            guard oe_loopback_listen(UInt16(clamping: port), &sockets) == 0 else {
                throw SignInFailure(.portBusy(port), "Port \(port) of this machine is in use.")
            }
            return sockets
        }
        if let preferred, oe_loopback_listen(UInt16(clamping: preferred), &sockets) == 0 { return sockets }
        guard oe_loopback_listen(0, &sockets) == 0 else {
            throw SignInFailure(.noListener, "No port of this machine can be listened on.")
        }
        return sockets
    }

    package func code(
        from address: String,
        _ verdict: @escaping @Sendable (String) -> AuthorizationAttempt.Verdict
    ) async throws(SignInFailure) -> String {
        visits.expect(verdict)
        await show(address)
        return try await visits.outcome().get()
    }
}

/// What has come through the browser, and who waits for it.
final class CallbackVisits: Sendable {
    typealias Outcome = Result<String, SignInFailure>

    private struct State {
        var verdict: (@Sendable (String) -> AuthorizationAttempt.Verdict)?
        var outcome: Outcome?
        var waiting: CheckedContinuation<Outcome, Never>?
    }

    private let state = Mutex(State())

    func expect(_ verdict: @escaping @Sendable (String) -> AuthorizationAttempt.Verdict) {
        state.withLock { state in
            state.verdict = verdict
            state.outcome = nil
        }
    }

    /// `target` is as the request line has it; the first answer that is for this attempt decides.
    func page(method: String, target: String) -> CallbackPage {
        let path = target.prefix { $0 != "?" }
        guard path == LoopbackAddress.path, method == "GET" else { return .missing }
        guard let verdict = state.withLock({ $0.verdict }) else { return .foreign }
        switch verdict(String(target.dropFirst(path.count + 1))) {
        case .notOurs: return .foreign
        case .code(let code): return decide(.success(code)) ? .done : .foreign
        case .failed(let failure): return decide(.failure(failure)) ? .failed : .foreign
        }
    }

    /// Nothing more will come.
    func giveUp() {
        _ = decide(.failure(SignInFailure(.cancelled, "The address that the browser ended at was not given.")))
    }

    private func decide(_ outcome: Outcome) -> Bool {
        let (isFirst, waiting) = state.withLock { state in
            guard state.verdict != nil, state.outcome == nil else {
                return (false, nil as CheckedContinuation<Outcome, Never>?)
            }
            state.verdict = nil
            state.outcome = outcome
            defer { state.waiting = nil }
            return (true, state.waiting)
        }
        waiting?.resume(returning: outcome)
        return isFirst
    }

    func outcome() async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0) }
        } onCancel: {
            state.withLock { state in
                defer { state.waiting = nil }
                return state.waiting
            }?.resume(returning: Self.cancelled)
        }
    }

    private func wait(_ continuation: CheckedContinuation<Outcome, Never>) {
        let known: Outcome? = state.withLock { state in
            // A later cancellation finds the continuation here.
            if let outcome = state.outcome { return outcome }
            if Task.isCancelled { return Self.cancelled }
            state.waiting = continuation
            return nil
        }
        if let known { continuation.resume(returning: known) }
    }

    private static let cancelled = Outcome.failure(SignInFailure(.cancelled, "The sign-in was cancelled."))
}
