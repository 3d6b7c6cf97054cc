import Synchronization

/// Signs in with credentials that are looked up when a token is first wanted.
///
/// Where OvalEdge refuses them they are looked up once more, since they may have been replaced meanwhile.
package final class LookedUpTokenSource: TokenSource {
    /// Gets the credentials that OvalEdge has refused, where it looks again.
    package typealias LookingUp = @Sendable (_ refused: Credentials?) async throws(OvalEdgeError) -> Credentials

    private let lookUp: LookingUp
    private let source: @Sendable (Credentials) -> SharedTokenSource
    private let current = Mutex<(credentials: Credentials, tokens: SharedTokenSource)?>(nil)

    /// `source` signs in with what was looked up.
    package init(lookUp: @escaping LookingUp, source: @escaping @Sendable (Credentials) -> SharedTokenSource) {
        self.lookUp = lookUp
        self.source = source
    }

    /// What was looked up last; nil before that.
    package var known: Credentials? { current.withLock { $0?.credentials } }

    /// Whether another machine or program seems to use the same credential.
    package var isContended: Bool {
        get async { await current.withLock { $0?.tokens }?.isContended ?? false }
    }

    /// Looks them up, unless that was done before.
    package func prepare() async throws(OvalEdgeError) { _ = try await tokens() }

    package func token(insteadOf refused: SessionToken?) async throws(OvalEdgeError) -> SessionToken {
        let (credentials, tokens) = try await tokens()
        do throws(OvalEdgeError) {
            return try await tokens.token(insteadOf: refused)
        } catch {
            guard error.refusesCredentials, let others = try? await lookUp(credentials), others != credentials else {
                throw error
            }
            return try await replace(with: others).token(insteadOf: refused)
        }
    }

    package func wasNotRefused() async { await current.withLock { $0?.tokens }?.wasNotRefused() }

    private func tokens() async throws(OvalEdgeError) -> (Credentials, SharedTokenSource) {
        if let current = current.withLock({ $0 }) { return current }
        let credentials = try await lookUp(nil)
        // Of two that looked at once, the first counts.
        return current.withLock { current in
            let found = current ?? (credentials, source(credentials))
            current = found
            return found
        }
    }

    private func replace(with credentials: Credentials) -> SharedTokenSource {
        let tokens = source(credentials)
        current.withLock { $0 = (credentials, tokens) }
        return tokens
    }
}

extension OvalEdgeError {
    /// Whether OvalEdge has looked at the credentials and said no.
    fileprivate var refusesCredentials: Bool { kind == .notSignedIn && status != nil }
}
