package import Logging

/// Hands the session token to whoever needs it, with one fetch for all who wait.
///
/// The fetch belongs to nobody: a caller that is cancelled stops waiting at once, the others still get the token.
package actor TokenBroker {
    private let source: any TokenSource
    private let log: Log
    private let clock: SessionClock

    private var lifecycle = TokenLifecycle()
    private var refused: SessionToken?
    private var waiting: [Int: CheckedContinuation<Outcome, Never>] = [:]
    private var nextWaiter = 0
    private var lastWanted = -Double.infinity
    private var renewer: Task<Void, Never>?
    private var struck: [Secret] = []

    private typealias Outcome = Result<SessionToken, OvalEdgeError>

    package init(_ source: any TokenSource, log: Log, clock: SessionClock = .system) {
        self.source = source
        self.log = log
        self.clock = clock
    }

    deinit { renewer?.cancel() }

    /// A token that is good for a request made now.
    package func token() async throws(OvalEdgeError) -> SessionToken {
        guard !Task.isCancelled else { throw .cancelled }
        lastWanted = clock.now()
        switch lifecycle.tokenWanted(at: lastWanted) {
        case .use(let token): return token
        case .refuse(let error): throw error
        case .fetch: startFetch()
        case .wait: break
        }
        return try await outcome().get()
    }

    /// The server refused `token`: the next caller gets another one.
    package func rejected(_ token: SessionToken) {
        if lifecycle.rejected(token) { refused = token }
    }

    /// Fetches ahead of the first request; nobody waits for it, and nobody is told if it fails.
    package nonisolated func prefetch() {
        Task { await fetchIfDue() }
    }

    package var waitingCount: Int { waiting.count }

    private func fetchIfDue() {
        if case .fetch = lifecycle.tokenWanted(at: clock.now()) { startFetch() }
    }

    private func startFetch() {
        let refused = refused
        Task { [source] in
            do throws(OvalEdgeError) {
                fetchEnded(.success(try await source.token(insteadOf: refused)))
            } catch {
                fetchEnded(.failure(error))
            }
        }
    }

    private func fetchEnded(_ outcome: Outcome) {
        switch outcome {
        case .success(let token):
            strike(token.secret)
            lifecycle.fetched(token)
            resumeAll(outcome)
        case .failure(let error):
            log.warning("sign-in failed", ("kind", error.kind.rawValue), ("reason", error.what))
            let old = lifecycle.fetchFailed(error, at: clock.now(), wasAwaited: !waiting.isEmpty)
            resumeAll(old.map { .success($0) } ?? outcome)
        }
        scheduleRenewal()
    }

    /// Only the last few tokens are alive or still echo; without a limit the list would grow with every renewal.
    private func strike(_ secret: Secret) {
        guard !struck.contains(secret) else { return }
        log.redactor.add(secret)
        struck.append(secret)
        if struck.count > 4 { log.redactor.remove(struck.removeFirst()) }
    }
}

// Waiting, and renewing ahead of time.
extension TokenBroker {
    private func outcome() async -> Outcome {
        let waiter = nextWaiter
        nextWaiter += 1
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiting[waiter] = $0 }
        } onCancel: {
            Task { await self.leave(waiter) }
        }
    }

    private func leave(_ waiter: Int) {
        waiting.removeValue(forKey: waiter)?.resume(returning: .failure(.cancelled))
    }

    private func resumeAll(_ outcome: Outcome) {
        let all = waiting.values
        waiting = [:]
        for waiter in all { waiter.resume(returning: outcome) }
    }

    private func scheduleRenewal() {
        renewer?.cancel()
        guard let (token, renewal) = lifecycle.next else { return }
        renewer = Task { [weak self, clock] in
            guard (try? await clock.sleep(max(renewal - clock.now(), 0))) != nil else { return }
            await self?.renew(ifUsedWithin: min(token.life, Self.longestIdleness))
        }
    }

    /// A process that nobody has asked anything for a while lets its token end, and sleeps.
    private func renew(ifUsedWithin seconds: Double) {
        guard lastWanted > clock.now() - seconds else { return }
        fetchIfDue()
    }

    private static let longestIdleness = 600.0
}
