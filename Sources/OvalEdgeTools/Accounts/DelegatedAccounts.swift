import Clock
package import Logging
package import MCP
package import OvalEdge

/// The accounts of those who sign in elsewhere, and present with each request the token that they were given there.
package final class DelegatedAccounts: Accounts {
    /// It must not wait.
    package typealias Making = @Sendable (Principal) -> Account

    private let pool: AccountPool
    private let make: Making

    /// `access` must not wait either.
    package init(
        capacity: Int = 10_000,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        access: @escaping @Sendable (Principal) -> ToolAccess,
        remedies: RemedyTexts,
        log: Log,
        make: @escaping Making
    ) {
        self.make = make
        pool = AccountPool(
            capacity: capacity,
            now: now,
            remedies: remedies,
            log: log,
            access: access,
            make: { _ in nil }
        )
    }

    package var count: Int { pool.count }

    package func access(for principal: Principal) -> ToolAccess { pool.access(for: principal) }
    package func account(for principal: Principal) -> Account { pool.account(for: principal) }

    /// The account of someone whose token was found to be good.
    package func account(for principal: Principal, presenting token: PresentedToken) -> Account {
        let account = pool.existing(principal.id) ?? pool.add(make(principal), for: principal.id)
        account.present(token)
        return account
    }
}
