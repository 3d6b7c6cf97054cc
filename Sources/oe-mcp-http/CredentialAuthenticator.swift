import Crypto
import HTTP
import HTTPServer
import MCP
import OvalEdge
import OvalEdgeTools
import StreamableHTTP
import Synchronization
import Telemetry

/// Knows people by the user token and secret that each of their requests brings.
final class CredentialAuthenticator: Authenticator {
    let credentialFields = CredentialFields.names
    private let accounts: CredentialAccounts
    private let aliases: Atomic<Bool>
    private let metrics: Metrics

    /// `takesAliases` says whether credentials may be in fields that have other uses, too.
    init(_ accounts: CredentialAccounts, takesAliases: Bool, metrics: Metrics) {
        self.metrics = metrics
        self.accounts = accounts
        aliases = Atomic(takesAliases)
    }

    private var takesAliases: Bool { aliases.load(ordering: .relaxed) }

    /// From the next request on.
    func change(takesAliases: Bool) { aliases.store(takesAliases, ordering: .relaxed) }

    func presents(_ head: HTTPRequestHead) -> Bool {
        CredentialFields.areThere(in: head.fields, takesAliases: takesAliases)
    }

    func authenticate(_ head: HTTPRequestHead) -> Authentication {
        switch CredentialFields(head.fields, takesAliases: takesAliases) {
        case .none: .refused(.noCredentials)
        case .unusable(let text): .refused(HTTPRefusal(.unauthorized, "unauthorized", text))
        case .found(let credentials): authenticate(credentials)
        }
    }

    private func authenticate(_ credentials: Credentials) -> Authentication {
        guard let principal = try? accounts.principal(with: credentials) else { return .refused(.signInFailed) }
        if let account = accounts.signedIn(principal) {
            metrics.looked(.hit)
            return .accepted(Caller(principal, log: account.log))
        }
        return .later { [accounts, metrics] in
            do throws(OvalEdgeError) {
                let account = try await accounts.signIn(principal, with: credentials)
                metrics.looked(.miss)
                return .accepted(Caller(principal, log: account.log))
            } catch {
                metrics.looked(error.delivery == .notSent ? .negative : .miss)
                return .refused(error.refusesCredentials ? .invalidCredentials : .signInFailed)
            }
        }
    }
}

/// What OvalEdge has said is in the log, and never in an answer.
extension HTTPRefusal {
    fileprivate static let noCredentials = HTTPRefusal(
        .unauthorized,
        "unauthorized",
        """
        No credentials came with this request. Send your OvalEdge user token and secret in X-OvalEdge-Token and \
        X-OvalEdge-Secret, or both in X-OvalEdge-Credentials as <token>::<secret>.
        """
    )
    fileprivate static let invalidCredentials = HTTPRefusal(
        .unauthorized,
        "invalid_credentials",
        "Invalid credentials: OvalEdge refused this user token and secret. Check both, and that they have not expired."
    )
    fileprivate static let signInFailed = HTTPRefusal(
        .badGateway,
        "server_error",
        "Token exchange failed: OvalEdge gave no session token. Try again later, or ask this server's operator."
    )
}
