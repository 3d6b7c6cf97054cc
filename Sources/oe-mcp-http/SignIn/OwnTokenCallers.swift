import AuthorizationServer
import Logging
import MCP
import OAuth
import OvalEdge
import OvalEdgeTools
import Settings
import StreamableHTTP
import Synchronization
import Telemetry

/// People by access tokens of our own, each of which opens the user token and secret that were typed for it.
struct OwnTokenCallers: BearerCallers {
    private let issuer: TokenIssuer
    private let accounts: CredentialAccounts
    private let metrics: Metrics
    private let log: Log
    private let people = PeopleByToken()

    init(_ issuer: TokenIssuer, _ accounts: CredentialAccounts, metrics: Metrics, log: Log) {
        self.issuer = issuer
        self.accounts = accounts
        self.metrics = metrics
        self.log = log
    }

    func known(_ token: Secret) throws(TokenRefusal) -> KnownToken {
        guard let opened = try issuer.openedAtHand(token) else { return .unknown }
        let principal = try principal(of: token, opened)
        guard let account = accounts.signedIn(AccountSubject.account(of: principal)) else { return .good }
        metrics.looked(.hit)
        return .caller(Caller(principal, log: account.log))
    }

    func requireGood(_ token: Secret) async throws(TokenRefusal) { _ = try await issuer.opened(token) }

    func caller(_ token: Secret) async throws(TokenRefusal) -> Caller {
        let opened = try await issuer.opened(token)
        let (principal, credentials) = try person(opened)
        do throws(OvalEdgeError) {
            let account = try await accounts.signIn(AccountSubject.account(of: principal), with: credentials)
            metrics.looked(.miss)
            return Caller(principal, log: account.log)
        } catch {
            metrics.looked(error.delivery == .notSent ? .negative : .miss)
            guard error.refusesCredentials else { throw .unavailable("OvalEdge gave no session token. \(error.what)") }
            throw await revoked(opened)
        }
    }

    /// What a token opens stays the same as long as it opens something.
    private func principal(of token: Secret, _ opened: OpenedToken) throws(TokenRefusal) -> Principal {
        if let known = people.principals.withLock({ $0.kept(token, at: 0) }) { return known }
        let principal = try person(opened).principal
        people.principals.withLock { $0.insert(principal, for: token, until: opened.end) }
        return principal
    }

    private func person(_ opened: OpenedToken) throws(TokenRefusal) -> (principal: Principal, credentials: Credentials)
    {
        guard let credentials = SealedCredentials.credentials(opened.content),
            let known = try? accounts.principal(with: credentials)
        else { throw .unavailable("The credential behind an access token cannot be read.") }
        let scopes = CatalogScope.granted(opened.scopes)
        let subject = AccountSubject(account: known.id.subject, person: opened.subject).text
        let principal = Principal(subject, issuer: known.id.issuer, scopes: scopes, expiry: opened.end)
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

/// The subject of a principal: the account that acts, and of those who act for one account the person.
struct AccountSubject {
    let account: String
    /// As the grant names it.
    let person: String

    private static let dot: Character = "."

    /// The person first, by which lines of the log distinguish them.
    var text: String {
        let mark = AssertedPeople.mark
        return person.hasPrefix(mark) ? "\(person.dropFirst(mark.count))\(Self.dot)\(account)" : account
    }

    static func account(of principal: Principal) -> Principal {
        let parts = principal.id.subject.split(separator: dot)
        guard parts.count == 2 else { return principal }
        return Principal(
            String(parts[1]),
            issuer: principal.id.issuer,
            scopes: principal.scopes,
            expiry: principal.expiry
        )
    }
}

/// Whose the access tokens are that came last: to read what they open costs more than all else about a request.
private final class PeopleByToken: Sendable {
    let principals = Mutex(TokenCache<Principal>(mostNew: 1000))
}

/// The accounts of people with tools as far as they were granted.
struct ScopedAccounts: Accounts {
    let accounts: CredentialAccounts
    let tools: ScopedTools

    func access(for principal: Principal) -> ToolAccess { tools.access(for: principal) }

    func account(for principal: Principal) -> Account { accounts.account(for: AccountSubject.account(of: principal)) }
}
