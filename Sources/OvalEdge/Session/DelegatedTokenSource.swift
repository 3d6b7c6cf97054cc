package import Logging
import Synchronization

/// A token by which others than OvalEdge know someone, such as an access token of an identity provider.
package struct PresentedToken: Hashable, Sendable {
    package let secret: Secret
    /// In seconds since 1970.
    package let expiry: Double

    package init(_ secret: Secret, expiry: Double) {
        self.secret = secret
        self.expiry = expiry
    }
}

/// Gets the session tokens of one person by the tokens that this person presents.
///
/// Of those the one that ends last is used, until it is refused. Nothing that is got by one outlives it.
package final class DelegatedTokenSource: TokenSource {
    /// Throws ``OvalEdgeError/Kind/notSignedIn`` where the token is not good for that any more.
    package typealias Deriving = @Sendable (PresentedToken) async throws(OvalEdgeError) -> SessionToken

    fileprivate struct State {
        /// The one that ends last is first, and of those that end together the newest.
        var tokens: [PresentedToken] = []
        /// The last that were of no use.
        var refused: [Secret] = []
    }

    private let derive: Deriving
    private let redactor: Redactor
    private let now: @Sendable () -> Double
    private let state = Mutex(State())

    package init(
        redactor: Redactor,
        now: @escaping @Sendable () -> Double = SessionClock.system.now,
        deriving derive: @escaping Deriving
    ) {
        self.derive = derive
        self.redactor = redactor
        self.now = now
    }

    deinit { for token in state.withLock({ $0.tokens }) { redactor.remove(token.secret) } }

    /// True when what was got before is to be got again, by this one.
    package func present(_ token: PresentedToken) -> Bool {
        if state.withLock({ $0.tokens.contains { $0.secret == token.secret } }) { return false }
        redactor.add(token.secret)
        let now = now()
        let (gone, replaces) = state.withLock { $0.insert(token, at: now) }
        for token in gone { redactor.remove(token.secret) }
        return replaces
    }

    package func token(insteadOf refused: SessionToken?) async throws(OvalEdgeError) -> SessionToken {
        var failure = OvalEdgeError.signInEnded
        while let source = current() {
            do throws(OvalEdgeError) {
                let token = try await derive(source).ending(by: source.expiry)
                if token.secret != refused?.secret { return token }
                failure = .delegationRefused
            } catch {
                guard error.kind == .notSignedIn else { throw error }
                failure = error
            }
            drop(source)
        }
        throw failure
    }

    private func current() -> PresentedToken? {
        let now = now()
        let (gone, first) = state.withLock { ($0.removeEnded(at: now), $0.tokens.first) }
        for token in gone { redactor.remove(token.secret) }
        return first
    }

    private func drop(_ token: PresentedToken) {
        let isGone = state.withLock { $0.drop(token) }
        if isGone { redactor.remove(token.secret) }
    }
}

extension DelegatedTokenSource.State {
    private static let most = 4

    /// Those that are kept no longer, and whether the new one is to be used in the place of another.
    fileprivate mutating func insert(_ token: PresentedToken, at now: Double) -> (gone: [PresentedToken], Bool) {
        // Another task may have been quicker.
        guard !tokens.contains(where: { $0.secret == token.secret }) else { return ([token], false) }
        let wasOfNoUse = refused.contains(token.secret)
        let before = tokens.first
        var gone = removeEnded(at: now)
        let place = tokens.firstIndex { $0.expiry <= token.expiry } ?? tokens.count
        tokens.insert(token, at: place)
        if tokens.count > Self.most { gone.append(tokens.removeLast()) }
        let isFirst = tokens.first?.secret == token.secret
        return (gone, isFirst && !wasOfNoUse && (before != nil || !refused.isEmpty))
    }

    fileprivate mutating func removeEnded(at now: Double) -> [PresentedToken] {
        let ended = tokens.filter { $0.expiry <= now }
        if !ended.isEmpty { tokens.removeAll { $0.expiry <= now } }
        return ended
    }

    fileprivate mutating func drop(_ token: PresentedToken) -> Bool {
        if !refused.contains(token.secret) { refused.append(token.secret) }
        if refused.count > Self.most { refused.removeFirst() }
        guard let place = tokens.firstIndex(where: { $0.secret == token.secret }) else { return false }
        tokens.remove(at: place)
        return true
    }
}

extension OvalEdgeError {
    fileprivate static let signInEnded = OvalEdgeError(
        .notSignedIn,
        "The sign-in has ended.",
        remedy: .text("Sign in again, then repeat the call."),
        delivery: .notSent
    )

    fileprivate static let delegationRefused = OvalEdgeError(
        .notSignedIn,
        "OvalEdge does not take the token with which you signed in.",
        remedy: .signInAgain
    )
}
