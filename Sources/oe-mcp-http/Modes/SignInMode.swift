import Commands
import MCP
import OvalEdgeTools
import Settings
import StreamableHTTP

/// How people sign in at this server, and whose accounts that gives them: one for each `AUTH_MODE`.
protocol SignInMode: Sendable {
    var authenticator: any Authenticator { get }
    var accounts: any Accounts { get }
    /// The paths of its own, open to everyone.
    var routes: [StreamableHTTPConfiguration.Route] { get }
    /// What its operator should know at each start, each a sentence.
    var warnings: [String] { get }

    /// Called on a thread of the start, once requests can be sent.
    func prepare()
    /// Calls back whenever something was revoked here, so that what stays open can end.
    func whenRevoked(_ callback: @escaping @Sendable () -> Void)
    /// SIGHUP: from the next request on these settings hold, as far as it knows how to change.
    func change(_ settings: Settings) throws
}

extension SignInMode {
    var routes: [StreamableHTTPConfiguration.Route] { [] }
    var warnings: [String] { [] }
    func prepare() {}
    func whenRevoked(_ callback: @escaping @Sendable () -> Void) {}
    func change(_ settings: Settings) throws {}
}

/// What every mode is made from.
struct SignInParts {
    let wiring: Wiring
    /// Nil where there is no file of keys.
    let ring: KeyRing?
    /// Nil where this server stands alone.
    let instances: Instances?

    /// The one that the settings name.
    func mode() throws -> any SignInMode {
        switch wiring.settings.account.authMode {
        case .local: LocalMode(self)
        case .remoteCredentials: try CredentialMode(self)
        case .remote: try ProviderMode(self)
        case .remoteLogin: try LoginMode(self)
        }
    }
}
