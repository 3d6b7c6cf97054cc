import Clock
package import Logging
package import MCP
package import OvalEdge
import Synchronization

/// The accounts of many people on one server: each is made when it is first needed, and ends when it was not used for a
/// while, when others need its place, or when it is asked to.
///
/// What is under way keeps its account to the end. Only the accounts that were used last keep what can be read again.
package final class AccountPool: Accounts {
    /// Nil for those who have to sign in first.
    package typealias Making = @Sendable (Principal) -> Account?

    fileprivate struct Entry {
        let account: Account
        var lastUsed: Double
    }

    fileprivate struct State {
        var entries = RecencyList<Principal.ID, Entry>()
        /// Those whose caches are kept.
        var awake = RecencyList<Principal.ID, Account>()
    }

    private let capacity: Int
    private let mostAwake: Int
    private let idleSeconds: Double
    private let now: @Sendable () -> Double
    private let remedies: RemedyTexts
    private let log: Log
    private let access: @Sendable (Principal) -> ToolAccess
    private let make: Making
    private let state = Mutex(State())

    /// `make` and `access` must not wait.
    package init(
        capacity: Int = 1000,
        mostAwake: Int = 256,
        idleSeconds: Double = 3600,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        remedies: RemedyTexts,
        log: Log,
        access: @escaping @Sendable (Principal) -> ToolAccess,
        make: @escaping Making
    ) {
        self.capacity = capacity
        self.mostAwake = mostAwake
        self.idleSeconds = idleSeconds
        self.now = now
        self.remedies = remedies
        self.log = log
        self.access = access
        self.make = make
    }

    package var count: Int { state.withLock { $0.entries.count } }

    package func access(for principal: Principal) -> ToolAccess { access(principal) }

    package func account(for principal: Principal) -> Account {
        if let expiry = principal.expiry, now() >= expiry {
            return .refused(.sessionExpired, remedies: remedies, log: log)
        }
        if let account = existing(principal.id) { return account }
        guard let made = make(principal) else { return .refused(.notSignedInAnyMore, remedies: remedies, log: log) }
        return add(made, for: principal.id)
    }

    /// The account that is there, which counts as used.
    package func existing(_ id: Principal.ID) -> Account? {
        let now = now()
        let (account, tired) = state.withLock { $0.used(id, at: now, mostAwake: mostAwake) }
        tired?.rest()
        return account
    }

    /// Adds `account`, unless another request has added one meanwhile; returns the one that is there.
    package func add(_ account: Account, for id: Principal.ID) -> Account {
        let now = now()
        let (stored, tired, gone) = state.withLock { state in
            var gone: [Account] = []
            if state.entries.use(id) == nil {
                gone = state.makeRoom(below: capacity, unusedSince: now - idleSeconds)
                state.entries.insert(Entry(account: account, lastUsed: now), for: id)
            }
            let (stored, tired) = state.used(id, at: now, mostAwake: mostAwake)
            return (stored, tired, gone)
        }
        tired?.rest()
        for account in gone { account.completions.removeAll() }
        return stored ?? account
    }

    /// Its next request finds no cached reply and no session token.
    package func end(_ id: Principal.ID) {
        let entry = state.withLock { state in
            state.awake.remove(id)
            return state.entries.remove(id)
        }
        entry?.account.completions.removeAll()
    }
}

extension AccountPool.State {
    /// The account, and the one that is to rest since it was not used for longest.
    fileprivate mutating func used(
        _ id: Principal.ID,
        at now: Double,
        mostAwake: Int
    ) -> (account: Account?, tired: Account?) {
        guard var entry = entries.use(id) else { return (nil, nil) }
        entry.lastUsed = now
        entries.insert(entry, for: id)
        guard awake.use(id) == nil else { return (entry.account, nil) }
        awake.insert(entry.account, for: id)
        guard awake.count > mostAwake, let oldest = awake.oldest else { return (entry.account, nil) }
        return (entry.account, awake.remove(oldest.key))
    }

    /// Those that were not used for a while leave, and of the others the one that was used least recently.
    fileprivate mutating func makeRoom(below capacity: Int, unusedSince time: Double) -> [Account] {
        var gone: [Account] = []
        while let oldest = entries.oldest, oldest.value.lastUsed <= time || entries.count >= capacity {
            entries.remove(oldest.key)
            awake.remove(oldest.key)
            gone.append(oldest.value.account)
        }
        return gone
    }
}

extension OvalEdgeError {
    fileprivate static let sessionExpired = OvalEdgeError(
        .notSignedIn,
        "The sign-in of this session has expired.",
        remedy: .text("Sign in again, then repeat the call."),
        delivery: .notSent
    )

    fileprivate static let notSignedInAnyMore = OvalEdgeError(
        .notSignedIn,
        "This account is not signed in any more.",
        remedy: .text("Repeat the call: it signs in again."),
        delivery: .notSent
    )
}
