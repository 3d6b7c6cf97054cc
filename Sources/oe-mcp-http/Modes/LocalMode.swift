import Commands
import OvalEdge
import OvalEdgeTools
import StreamableHTTP

/// `AUTH_MODE=local`: everyone is the person at this machine.
struct LocalMode: SignInMode {
    let authenticator: any Authenticator = LocalAuthenticator()
    let accounts: any Accounts
    private let wiring: Wiring

    init(_ parts: SignInParts) {
        wiring = parts.wiring
        accounts = wiring.ownAccounts
    }

    /// Gets the session token ahead of the first call.
    func prepare() {
        if wiring.signsInAhead { wiring.broker.prefetch() }
    }
}
