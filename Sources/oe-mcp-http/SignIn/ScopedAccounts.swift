import MCP
import OvalEdgeTools
import Settings

/// Accounts of people who may use as much as they were granted.
struct ScopedAccounts: Accounts {
    private let accounts: any Accounts
    private let all: ToolAccess
    private let reading: ToolAccess
    private let nothing: ToolAccess

    init(_ accounts: any Accounts, _ access: ToolAccess) {
        self.accounts = accounts
        all = access
        reading = access.limited(to: .reading)
        nothing = access.limited(to: .nothing)
    }

    func access(for principal: Principal) -> ToolAccess {
        guard let scopes = principal.scopes, !scopes.contains(Settings.writeScope) else { return all }
        return scopes.contains(Settings.readScope) ? reading : nothing
    }

    func account(for principal: Principal) -> Account { accounts.account(for: principal) }
}
