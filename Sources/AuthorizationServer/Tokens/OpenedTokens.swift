import Logging
import Synchronization

/// What an access token opens.
package struct OpenedToken: Hashable, Sendable {
    /// Of the grant.
    package let grant: String
    package let client: GrantedClient
    package let subject: String
    package let owner: [UInt8]
    package let scopes: [String]
    package let resource: String
    /// In seconds since 1970.
    package let end: Double
    /// What was sealed when the person agreed.
    package let content: [UInt8]
}

/// What access tokens opened a moment ago, so that not each request reads and decrypts again.
final class OpenedTokens: Sendable {
    private struct Entry {
        let token: OpenedToken
        let until: Double
    }

    private struct State {
        var entries: [Secret: Entry] = [:]
        var revision = 0
        var whenRevoked: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// By how many seconds a revocation elsewhere may be late here, and for how many tokens there is room.
    private static let (seconds, most) = (5.0, 1000)

    /// Changes with everything that is revoked here.
    var revision: Int { state.withLock { $0.revision } }

    func token(_ text: Secret, at now: Double) -> OpenedToken? {
        state.withLock { state in
            guard let entry = state.entries[text], entry.until > now, entry.until - now <= Self.seconds else {
                return nil
            }
            return entry.token
        }
    }

    /// Keeps nothing if something was revoked since `revision`.
    func keep(_ token: OpenedToken, of text: Secret, at now: Double, since revision: Int) {
        state.withLock { state in
            guard state.revision == revision else { return }
            if state.entries.count >= Self.most { state.entries = state.entries.filter { $0.value.until > now } }
            if state.entries.count >= Self.most { state.entries = [:] }
            state.entries[text] = Entry(token: token, until: min(now + Self.seconds, token.end))
        }
    }

    func whenRevoked(_ callback: @escaping @Sendable () -> Void) { state.withLock { $0.whenRevoked = callback } }

    func forgetAll() {
        let callback = state.withLock { state in
            state.revision += 1
            state.entries = [:]
            return state.whenRevoked
        }
        callback?()
    }
}
