package import Logging
import Synchronization
import Threads

/// Hands the session token to all who need it, with one fetch for all who wait.
///
/// The fetch belongs to no caller: a caller that is cancelled stops waiting at once, the others still get the token. A
/// token in hand costs a look under a lock and no change of threads.
package final class TokenBroker: Sendable {
    fileprivate typealias Outcome = Result<SessionToken, OvalEdgeError>

    fileprivate struct State {
        var lifecycle = TokenLifecycle()
        var refused: SessionToken?
        var waiting: [Int: CheckedContinuation<Outcome, Never>] = [:]
        var nextWaiter = 0
        var lastWanted = -Double.infinity
        var renewer: Task<Void, Never>?
        var redacted: [Secret] = []
    }

    private let source: any TokenSource
    private let log: Log
    private let clock: SessionClock
    private let renewsAhead: Bool
    private let state = Mutex(State())

    /// Without `renewsAhead` nothing sleeps until a token is to be renewed: the first request from then on fetches.
    package init(
        _ source: any TokenSource,
        log: Log,
        clock: SessionClock = .system,
        renewsAhead: Bool = true
    ) {
        self.source = source
        self.renewsAhead = renewsAhead
        self.log = log
        self.clock = clock
    }

    /// Its tokens are used by no one else, and need not be redacted any more.
    deinit {
        let (renewer, redacted) = state.withLock { ($0.renewer, $0.redacted) }
        renewer?.cancel()
        for secret in redacted { log.redactor.remove(secret) }
    }

    /// What a request made now would be sent with, if nothing has to be fetched for it.
    package var tokenInHand: SessionToken? {
        let now = clock.now()
        return state.withLock { $0.lifecycle.token(at: now) }
    }

    /// Whether a request made now would find a token in hand.
    package var isHoldingToken: Bool { tokenInHand != nil }

    /// A token that is good for a request made now.
    package func token() async throws(OvalEdgeError) -> SessionToken {
        guard !Task.isCancelled else { throw .cancelled }
        let now = clock.now()
        if let token = state.withLock({ $0.tokenInHand(at: now) }) { return token }
        return try await outcome().get()
    }

    /// The server refused `token`: the next caller gets another one.
    package func rejected(_ token: SessionToken) {
        state.withLock { if $0.lifecycle.rejected(token) { $0.refused = token } }
    }

    /// The next caller gets another token, although nothing speaks against the one in hand.
    package func forget() { state.withLock { $0.lifecycle.forget() } }

    /// The token before was refused for no fault of its own: the same answer came with a new one.
    package func wasNotRefused() async { await source.wasNotRefused() }

    /// Fetches ahead of the first request; nothing waits for it, and its failure is not reported.
    package func prefetch() {
        let now = clock.now()
        let (action, refused) = state.withLock { ($0.lifecycle.tokenWanted(at: now), $0.refused) }
        if case .fetch = action { startFetch(insteadOf: refused) }
    }

    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func startFetch(insteadOf refused: SessionToken?) {
        Task(executorPreference: WorkerPool.shared) {
            do throws(OvalEdgeError) {
                self.fetched(try await self.source.token(insteadOf: refused))
            } catch {
                self.fetchFailed(error)
            }
        }
    }

    private func fetched(_ token: SessionToken) {
        if state.withLock({ !$0.redacted.contains(token.secret) }) { log.redactor.add(token.secret) }
        let (waiting, outdated) = state.withLock { state in
            state.lifecycle.fetched(token)
            // Replaced: its secret need not be kept any longer.
            state.refused = nil
            return (state.takeWaiting(), state.redact(token.secret))
        }
        if let outdated { log.redactor.remove(outdated) }
        for waiter in waiting { waiter.resume(returning: .success(token)) }
        scheduleRenewal()
    }

    private func fetchFailed(_ error: OvalEdgeError) {
        log.warning("sign-in failed", ("kind", error.kind.rawValue), ("reason", error.what))
        let now = clock.now()
        let (waiting, old) = state.withLock { state in
            let old = state.lifecycle.fetchFailed(error, at: now, wasAwaited: !state.waiting.isEmpty)
            return (state.takeWaiting(), old)
        }
        for waiter in waiting { waiter.resume(returning: old.map { .success($0) } ?? .failure(error)) }
        scheduleRenewal()
    }
}

// Waiting, and renewing ahead of time.
extension TokenBroker {
    private func outcome() async -> Outcome {
        let waiter = state.withLock { state in
            defer { state.nextWaiter += 1 }
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { join($0, as: waiter) }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume(returning: .failure(.cancelled))
        }
    }

    private func join(_ continuation: CheckedContinuation<Outcome, Never>, as waiter: Int) {
        let now = clock.now()
        let (action, refused) = state.withLock { state -> (TokenLifecycle.Action, SessionToken?) in
            // A later cancellation finds the continuation here.
            guard !Task.isCancelled else { return (.refuse(.cancelled), nil) }
            let action = state.lifecycle.tokenWanted(at: now)
            switch action {
            case .fetch, .wait: state.waiting[waiter] = continuation
            case .use, .refuse: break
            }
            return (action, state.refused)
        }
        switch action {
        case .use(let token): continuation.resume(returning: .success(token))
        case .refuse(let error): continuation.resume(returning: .failure(error))
        case .fetch: startFetch(insteadOf: refused)
        case .wait: break
        }
    }

    private func scheduleRenewal() {
        guard renewsAhead else { return }
        let next = state.withLock { $0.lifecycle.next }
        let renewer = next.map { token, renewal in
            Task(executorPreference: WorkerPool.shared) { [weak self, clock] in
                guard (try? await clock.sleep(max(renewal - clock.now(), 0))) != nil else { return }
                self?.renew(ifUsedWithin: min(token.life, Self.longestIdleness))
            }
        }
        state.withLock { state in
            defer { state.renewer = renewer }
            return state.renewer
        }?.cancel()
    }

    /// A process that had no request for a while lets its token end, and sleeps.
    private func renew(ifUsedWithin seconds: Double) {
        let lastWanted = state.withLock { $0.lastWanted }
        if lastWanted > clock.now() - seconds { prefetch() }
    }

    private static let longestIdleness = 600.0
}

extension TokenBroker.State {
    fileprivate mutating func tokenInHand(at now: Double) -> SessionToken? {
        lastWanted = now
        return lifecycle.token(at: now)
    }

    fileprivate mutating func takeWaiting() -> [CheckedContinuation<TokenBroker.Outcome, Never>] {
        defer { waiting = [:] }
        return Array(waiting.values)
    }

    /// Only the last few tokens are alive or still echo; gives the one that need not be looked for any more.
    fileprivate mutating func redact(_ secret: Secret) -> Secret? {
        guard !redacted.contains(secret) else { return nil }
        redacted.append(secret)
        return redacted.count > 4 ? redacted.removeFirst() : nil
    }
}
