/// When to use, fetch or drop the session token, and when to leave a server alone that has just refused.
///
/// A value without clock, lock or network, so that a test can walk through an hour in a microsecond.
package struct TokenLifecycle: Sendable {
    package enum Action: Hashable, Sendable {
        case use(SessionToken)
        case fetch
        case wait
        /// The last fetch failed a moment ago; its error is kept until another try is due.
        case refuse(OvalEdgeError)
    }

    private enum State: Sendable {
        case empty
        /// The old token is kept: should the fetch fail, it may still be good for a while.
        case fetching(old: SessionToken?)
        case holding(SessionToken, renewal: Double)
        /// By itself, since it is far larger than all else and there for seconds only.
        indirect case failed(OvalEdgeError, since: Double, until: Double)
    }

    private var state = State.empty
    private var failures = 0

    package init() {}

    /// The token in hand, while it is to be used.
    package func token(at now: Double) -> SessionToken? {
        if case .holding(let token, let renewal) = state, now < renewal { token } else { nil }
    }

    package mutating func tokenWanted(at now: Double) -> Action {
        if let token = token(at: now) { return .use(token) }
        switch state {
        case .fetching:
            return .wait
        // A clock that was set back must not make a failure last.
        case .failed(let error, let since, let until) where (since..<until).contains(now):
            return .refuse(error)
        case .holding(let token, _):
            state = .fetching(old: token)
            return .fetch
        case .empty, .failed:
            state = .fetching(old: nil)
            return .fetch
        }
    }

    package mutating func fetched(_ token: SessionToken) {
        failures = 0
        state = .holding(token, renewal: token.renewal)
    }

    /// The old token, where it is still good enough to go on with.
    ///
    /// The failure is remembered only when it `wasAwaited`: the first real call after a vain attempt ahead of time asks
    /// again.
    package mutating func fetchFailed(
        _ error: OvalEdgeError,
        at now: Double,
        wasAwaited: Bool = true
    ) -> SessionToken? {
        failures += wasAwaited ? 1 : 0
        let pause = Self.pause(after: error, failures: failures)
        if case .fetching(let old?) = state, now < old.expiry {
            state = .holding(old, renewal: min(now + max(pause, Self.shortestPause), old.expiry))
            return old
        }
        state = wasAwaited ? .failed(error, since: now, until: now + pause) : .empty
        return nil
    }

    /// The server refused `token`: true when it was the one in hand; a newer one, fetched meanwhile, stays.
    package mutating func rejected(_ token: SessionToken) -> Bool {
        switch state {
        case .holding(let held, _) where held.secret == token.secret: state = .empty
        case .fetching(let old?) where old.secret == token.secret: state = .fetching(old: nil)
        default: return false
        }
        return true
    }

    /// Nothing that was found before counts any more, neither a token nor a failure.
    package mutating func forget() {
        failures = 0
        if case .fetching = state { state = .fetching(old: nil) } else { state = .empty }
    }

    /// The token in hand and when it should be replaced; nil without a token, or when it has no end.
    package var next: (token: SessionToken, renewal: Double)? {
        if case .holding(let token, let renewal) = state, renewal.isFinite { (token, renewal) } else { nil }
    }

    private static let shortestPause = 2.0

    /// Nothing after the first failure, then longer and longer: sooner for what may pass, later for credentials that
    /// were refused, because too many wrong tries can lock an account.
    private static func pause(after error: OvalEdgeError, failures: Int) -> Double {
        guard failures > 1 else { return 0 }
        let (first, longest) = error.kind == .notSignedIn ? (1.0, 30.0) : (0.5, 5.0)
        return min(first * Double(1 << min(failures - 2, 10)), longest)
    }
}
