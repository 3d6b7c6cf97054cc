package import MCP

/// The one door to accounts: all work on behalf of a principal begins here.
package protocol Accounts: Sendable {
    /// What this caller may use; known without asking anyone, because lists are answered with it.
    func access(for principal: Principal) -> ToolAccess

    /// At once, whether it is of use or not: what takes time, and what may fail, is ``Account/ovalEdge(logging:)``.
    func account(for principal: Principal) -> Account
}

/// The same account for every principal: stdio, whose client is the person that started it.
package struct OneAccount: Accounts {
    private let account: Account
    private let access: ToolAccess

    package init(_ account: Account, access: ToolAccess = ToolAccess()) {
        self.account = account
        self.access = access
    }

    package func access(for principal: Principal) -> ToolAccess { access }
    package func account(for principal: Principal) -> Account { account }
}
