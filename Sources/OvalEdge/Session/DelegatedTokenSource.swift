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
/// Of those the one that ends last is used, until it is refused, or the person has gone on with others for a minute: it
/// may have been withdrawn. Nothing that is got by one outlives it.
package final class DelegatedTokenSource: TokenSource {
    /// Throws ``OvalEdgeError/Kind/notSignedIn`` where the token is not good for that any more.
    package typealias Deriving = @Sendable (PresentedToken) async throws(OvalEdgeError) -> SessionToken

    fileprivate struct State {
        /// The one that ends last is first, and of those that end together the newest.
        var tokens: [PresentedToken] = []
        /// When each of them was last presented.
        var seen: [Secret: Double] = [:]
        /// Those that were handed on, and so may come back in what others say; to redact one that was not costs more
        /// than all else about a request.
        var redacted: Set<Secret> = []
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

    deinit { for secret in state.withLock({ $0.redacted }) { redactor.remove(secret) } }

    /// True when what was got before is to be got again, by this one.
    package func present(_ token: PresentedToken) -> Bool {
        let now = now()
        let (left, gone, replaces) = state.withLock { state in
            let left = state.leave(insteadOf: token, at: now)
            guard !state.tokens.contains(where: { $0.secret == token.secret }) else { return (left, left, false) }
            let (gone, replaces) = state.insert(token, at: now)
            return (left, left + gone, replaces)
        }
        forget(gone)
        return replaces || !left.isEmpty
    }

    /// What is used no more need not be redacted any more.
    private func forget(_ tokens: [PresentedToken]) {
        guard !tokens.isEmpty else { return }
        let gone = state.withLock { state in tokens.compactMap { state.redacted.remove($0.secret) } }
        for secret in gone { redactor.remove(secret) }
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

    /// It is redacted from now on, when it is about to be handed to others, who may say it again.
    private func current() -> PresentedToken? {
        let now = now()
        let (gone, first, isRedacted) = state.withLock { state in
            let gone = state.removeEnded(at: now)
            return (gone, state.tokens.first, state.tokens.first.map { state.redacted.contains($0.secret) } ?? true)
        }
        forget(gone)
        if let first, !isRedacted {
            redactor.add(first.secret)
            if !state.withLock({ $0.isRedacted(first) }) { redactor.remove(first.secret) }
        }
        return first
    }

    private func drop(_ token: PresentedToken) {
        if state.withLock({ $0.drop(token) }) { forget([token]) }
    }
}

extension DelegatedTokenSource.State {
    private static let most = 4
    /// For so many seconds one is used that is not presented, while others are.
    private static let unseenSeconds = 60.0

    /// Notes that it is; false where it is gone, or was already.
    fileprivate mutating func isRedacted(_ token: PresentedToken) -> Bool {
        tokens.contains { $0.secret == token.secret } && redacted.insert(token.secret).inserted
    }

    /// Takes out those in use that were not presented for too long.
    fileprivate mutating func leave(insteadOf token: PresentedToken, at now: Double) -> [PresentedToken] {
        seen[token.secret] = now
        // Most have one.
        guard let first = tokens.first, first.secret != token.secret else { return [] }
        let left = tokens.prefix { $0.secret != token.secret && now - (seen[$0.secret] ?? 0) > Self.unseenSeconds }
        tokens.removeFirst(left.count)
        return Array(left)
    }

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
        seen = seen.filter { entry in tokens.contains { $0.secret == entry.key } }
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
