import Clock
package import Crypto
package import Logging
package import MCP
package import OvalEdge
import Synchronization
import Text
import Threads

/// The accounts of those who send a user token and secret with each request: one for each pair that OvalEdge accepted.
///
/// A pair is known by a keyed digest. It has an account from its first sign-in on, so that guesses take no place of
/// others; a pair that OvalEdge refused is not tried again for half a minute.
package final class CredentialAccounts: Accounts {
    /// `principal` is the one whose account it becomes; it must not wait.
    package typealias Making = @Sendable (_ credentials: Credentials, _ principal: Principal) -> Account

    /// One that is under way.
    private typealias SignIn = Task<Result<Account, OvalEdgeError>, Never>

    private struct State {
        var signIns: [Principal.ID: SignIn] = [:]
        /// Whose the pairs are that came last: a digest for each request would cost more than all else about it.
        var principals = RecencyList<Credentials, Principal>()
        /// Until when a refusal holds.
        var refused = RecencyList<Principal.ID, Double>()
    }

    /// For so many seconds a pair that OvalEdge refused is not tried again.
    package static let refusalLife = 30.0
    private static let mostPrincipals = 1024

    private let pool: AccountPool
    private let key: [UInt8]
    private let capacity: Int
    private let now: @Sendable () -> Double
    private let make: Making
    private let state = Mutex(State())

    /// `key` has 32 bytes; servers that share sessions share it.
    package init(
        capacity: Int = 10_000,
        key: [UInt8],
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        access: ToolAccess,
        remedies: RemedyTexts,
        log: Log,
        make: @escaping Making
    ) {
        self.capacity = capacity
        self.key = key
        self.now = now
        self.make = make
        pool = AccountPool(
            capacity: capacity,
            now: now,
            remedies: remedies,
            log: log,
            access: { _ in access },
            make: { _ in nil }
        )
    }

    package var count: Int { pool.count }

    package func access(for principal: Principal) -> ToolAccess { pool.access(for: principal) }
    package func account(for principal: Principal) -> Account { pool.account(for: principal) }

    /// Who has these credentials; distinguishes people, and reveals nothing of the pair.
    package func principal(with credentials: Credentials) throws(CryptoUnavailable) -> Principal {
        if let principal = state.withLock({ $0.principals.use(credentials) }) { return principal }
        let pair = "\(credentials.userToken?.revealed ?? "")\0\(credentials.userSecret?.revealed ?? "")"
        let digest = try Crypto.authentication(of: Array(pair.utf8), key: key)
        let principal = Principal(digest.prefix(16).hexadecimal)
        state.withLock { state in
            state.principals.insert(principal, for: credentials)
            if state.principals.count > Self.mostPrincipals, let oldest = state.principals.oldest {
                state.principals.remove(oldest.key)
            }
        }
        return principal
    }

    /// The account, if it has a session token that is good for a request made now; asks no one.
    package func signedIn(_ principal: Principal) -> Account? {
        guard let account = pool.existing(principal.id), account.session?.isHoldingToken == true else { return nil }
        return account
    }

    /// The account, signed in; all who ask for one pair wait for the same exchange.
    ///
    /// It belongs to none of them: after a client that hung up too early, the next finds what it had begun.
    package func signIn(
        _ principal: Principal,
        with credentials: Credentials
    ) async throws(OvalEdgeError) -> Account {
        let now = now()
        if let end = state.withLock({ $0.refused.use(principal.id) }), now < end, now >= end - Self.refusalLife {
            throw .credentialsRefused(for: end - now)
        }
        let signIn = state.withLock { state in
            if let signIn = state.signIns[principal.id] { return signIn }
            let signIn: SignIn = Task(executorPreference: WorkerPool.shared) {
                await self.outcome(principal, credentials)
            }
            state.signIns[principal.id] = signIn
            return signIn
        }
        return try await signIn.value.get()
    }

    private func outcome(_ principal: Principal, _ credentials: Credentials) async -> Result<Account, OvalEdgeError> {
        defer { state.withLock { $0.signIns[principal.id] = nil } }
        let account = pool.existing(principal.id) ?? make(credentials, principal)
        do throws(OvalEdgeError) {
            _ = try await account.session?.token()
            return .success(pool.add(account, for: principal.id))
        } catch {
            if error.refusesCredentials { refuse(principal, for: error) }
            return .failure(error)
        }
    }

    private func refuse(_ principal: Principal, for error: OvalEdgeError) {
        pool.end(principal.id)
        guard error.status == 401 else { return }
        // Where another server was refused before, what is left of its time.
        let end = now() + min(error.retryAfter ?? Self.refusalLife, Self.refusalLife)
        state.withLock { state in
            state.refused.insert(end, for: principal.id)
            while state.refused.count > capacity, let oldest = state.refused.oldest { state.refused.remove(oldest.key) }
        }
    }
}

extension OvalEdgeError {
    /// Whether OvalEdge has answered that it does not take this user token and secret: with 401, or in a success that
    /// says that it failed; every other status may have another cause.
    package var refusesCredentials: Bool { kind == .notSignedIn && (status == 401 || status == 200) }
}
