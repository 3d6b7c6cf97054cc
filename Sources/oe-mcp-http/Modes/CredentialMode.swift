import Commands
import Crypto
import OvalEdgeTools
import Settings
import StreamableHTTP
import Telemetry

/// `AUTH_MODE=remote_credentials`: each request brings a user token and secret.
struct CredentialMode: SignInMode {
    let accounts: any Accounts
    var authenticator: any Authenticator { credentials }
    private let credentials: CredentialAuthenticator

    init(_ parts: SignInParts) throws {
        let wiring = parts.wiring
        let accounts = wiring.accounts(
            key: try parts.ring?.accounts ?? Crypto.randomBytes(32),
            store: wiring.isSandbox ? nil : parts.instances?.tokens
        )
        let metrics = wiring.telemetry.metrics
        metrics.show(.accounts) { [weak accounts] in accounts?.count }
        self.accounts = accounts
        credentials = CredentialAuthenticator(
            accounts,
            takesAliases: wiring.settings.httpAccess.takesAliases,
            metrics: metrics
        )
    }

    func change(_ settings: Settings) { credentials.change(takesAliases: settings.httpAccess.takesAliases) }
}
