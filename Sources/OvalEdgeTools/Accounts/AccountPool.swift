import Clock
package import Logging
package import MCP
package import OvalEdge
import Synchronization

/// The accounts of many people on one server: each is made when it is first needed, and ends when it was not used for a
/// while, when others need its place, or when it is asked to.
///
/// What is under way keeps its account to the end.
package final class AccountPool: Accounts {
    package typealias Making = @Sendable (Principal) -> Account

    fileprivate struct Entry {
        let account: Account
        var lastUsed: Double
    }

    private let capacity: Int
    private let idleSeconds: Double
    private let now: @Sendable () -> Double
    private let remedies: RemedyTexts
    private let log: Log
    private let access: @Sendable (Principal) -> ToolAccess
    private let make: Making
    private let entries = Mutex<[Principal.ID: Entry]>([:])

    /// `make` and `access` must not wait.
    package init(
        capacity: Int = 1000,
        idleSeconds: Double = 3600,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        remedies: RemedyTexts,
        log: Log,
        access: @escaping @Sendable (Principal) -> ToolAccess,
        make: @escaping Making
    ) {
        self.capacity = capacity
        self.idleSeconds = idleSeconds
        self.now = now
        self.remedies = remedies
        self.log = log
        self.access = access
        self.make = make
    }

    package var count: Int { entries.withLock { $0.count } }

    package func access(for principal: Principal) -> ToolAccess { access(principal) }

    package func account(for principal: Principal) -> Account {
        let now = now()
        if let expiry = principal.expiry, now >= expiry {
            return .refused(.sessionExpired, remedies: remedies, log: log)
        }
        if let account = entries.withLock({ $0.used(principal.id, at: now) }) { return account }
        let made = make(principal)
        return entries.withLock { entries in
            // Another request may have made it meanwhile.
            if let account = entries.used(principal.id, at: now) { return account }
            entries.makeRoom(below: capacity, unusedSince: now - idleSeconds)
            entries[principal.id] = Entry(account: made, lastUsed: now)
            return made
        }
    }

    /// Its next request finds no cached reply and no session token.
    package func end(_ id: Principal.ID) { entries.withLock { $0[id] = nil } }
}

extension Dictionary<Principal.ID, AccountPool.Entry> {
    fileprivate mutating func used(_ id: Principal.ID, at now: Double) -> Account? {
        self[id]?.lastUsed = now
        return self[id]?.account
    }

    /// Those that were not used for a while leave, and of the others the one that was used least recently.
    fileprivate mutating func makeRoom(below capacity: Int, unusedSince time: Double) {
        self = filter { $0.value.lastUsed > time }
        if count >= capacity, let oldest = self.min(by: { $0.value.lastUsed < $1.value.lastUsed }) {
            self[oldest.key] = nil
        }
    }
}

extension OvalEdgeError {
    fileprivate static let sessionExpired = OvalEdgeError(
        .notSignedIn,
        "The sign-in of this session has expired.",
        remedy: .text("Sign in again, then repeat the call."),
        delivery: .notSent
    )
}
