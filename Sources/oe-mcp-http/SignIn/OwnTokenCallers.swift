import AuthorizationServer
import Logging
import MCP
import OAuth
import OvalEdge
import OvalEdgeTools
import Settings
import StreamableHTTP
import Telemetry

/// People by access tokens of our own, each of which opens the user token and secret that were typed for it.
struct OwnTokenCallers: BearerCallers {
    private let issuer: TokenIssuer
    private let accounts: CredentialAccounts
    private let metrics: Metrics
    private let log: Log

    init(_ issuer: TokenIssuer, _ accounts: CredentialAccounts, metrics: Metrics, log: Log) {
        self.issuer = issuer
        self.accounts = accounts
        self.metrics = metrics
        self.log = log
    }

    func known(_ token: Secret) throws(TokenRefusal) -> Caller? {
        guard let opened = try issuer.openedAtHand(token) else { return nil }
        let principal = try person(opened).principal
        guard let account = accounts.signedIn(principal) else { return nil }
        metrics.looked(.hit)
        return Caller(principal, log: account.log)
    }

    func caller(_ token: Secret) async throws(TokenRefusal) -> Caller {
        let opened = try await issuer.opened(token)
        let (principal, credentials) = try person(opened)
        do throws(OvalEdgeError) {
            let account = try await accounts.signIn(principal, with: credentials)
            metrics.looked(.miss)
            return Caller(principal, log: account.log)
        } catch {
            metrics.looked(error.delivery == .notSent ? .negative : .miss)
            guard error.refusesCredentials else { throw .unavailable("OvalEdge gave no session token. \(error.what)") }
            throw await revoked(opened)
        }
    }

    private func person(_ opened: OpenedToken) throws(TokenRefusal) -> (principal: Principal, credentials: Credentials)
    {
        guard let credentials = SealedCredentials.credentials(opened.content),
            let known = try? accounts.principal(with: credentials)
        else { throw .unavailable("The credential behind an access token cannot be read.") }
        let scopes = CatalogScope.granted(opened.scopes)
        let principal = Principal(known.id.subject, issuer: known.id.issuer, scopes: scopes, expiry: opened.end)
        return (principal, credentials)
    }

    /// OvalEdge takes the credential no more: the client has to have its person sign in again.
    private func revoked(_ opened: OpenedToken) async -> TokenRefusal {
        do throws(GrantsUnavailable) {
            try await issuer.store.revokeGrant(opened.grant, for: .credentialRefused)
        } catch {
            return .unavailable(error.reason)
        }
        log.warning("grant revoked", ("grant", opened.grant), ("by", "the server: OvalEdge refused its credential"))
        return .invalid("OvalEdge refused the credential behind it.")
    }
}

/// The accounts of people with tools as far as they were granted.
struct ScopedAccounts: Accounts {
    let accounts: CredentialAccounts
    let tools: ScopedTools

    func access(for principal: Principal) -> ToolAccess { tools.access(for: principal) }
    func account(for principal: Principal) -> Account { accounts.account(for: principal) }
}
