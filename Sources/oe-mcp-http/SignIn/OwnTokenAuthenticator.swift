import AuthorizationServer
import HTTP
import HTTPServer
import Logging
import MCP
import OAuth
import OvalEdge
import OvalEdgeTools
import Settings
import StreamableHTTP
import Telemetry

/// Knows people by access tokens of our own, each of which opens the user token and secret that were typed for it.
struct OwnTokenAuthenticator: Authenticator {
    let credentialFields = ["Authorization"]
    let challengesAll = true

    private let issuer: TokenIssuer
    private let accounts: CredentialAccounts
    private let challenges: ScopeChallenges
    private let metrics: Metrics
    private let log: Log

    init(_ issuer: TokenIssuer, _ accounts: CredentialAccounts, metrics: Metrics, log: Log) {
        self.issuer = issuer
        self.accounts = accounts
        self.metrics = metrics
        self.log = log
        challenges = ScopeChallenges(issuer: issuer.configuration.issuer, scopes: issuer.configuration.scopes)
    }

    func presents(_ head: HTTPRequestHead) -> Bool { head.fields["Authorization"] != nil }

    func authenticate(_ head: HTTPRequestHead) -> Authentication {
        let token: Secret
        switch BearerField(head.fields) {
        case .none: return .refused(challenges.withoutToken(for: head))
        case .unusable(let text): return .refused(HTTPRefusal(.badRequest, "invalid_request", text))
        case .found(let found): token = found
        }
        do throws(TokenRefusal) {
            guard let opened = try issuer.openedAtHand(token) else { return .later { await self.look(token, head) } }
            return authenticate(opened, head)
        } catch {
            return .refused(refusal(error, head))
        }
    }

    private func look(_ token: Secret, _ head: HTTPRequestHead) async -> Authentication {
        do throws(TokenRefusal) {
            let authentication = authenticate(try await issuer.opened(token), head)
            return if case .later(let work) = authentication { await work() } else { authentication }
        } catch {
            return .refused(refusal(error, head))
        }
    }

    private func authenticate(_ opened: OpenedToken, _ head: HTTPRequestHead) -> Authentication {
        guard let credentials = SealedCredentials.credentials(opened.content),
            let person = try? accounts.principal(with: credentials)
        else { return .refused(.notSignedInNow) }
        let principal = Principal(
            person.id.subject,
            issuer: person.id.issuer,
            scopes: Set(opened.scopes),
            expiry: opened.end
        )
        if let account = accounts.signedIn(principal) {
            metrics.looked(.hit)
            return .accepted(Caller(principal, log: account.log))
        }
        return .later { await self.signIn(principal, credentials, opened, head) }
    }

    private func signIn(
        _ principal: Principal,
        _ credentials: Credentials,
        _ opened: OpenedToken,
        _ head: HTTPRequestHead
    ) async -> Authentication {
        do throws(OvalEdgeError) {
            let account = try await accounts.signIn(principal, with: credentials)
            metrics.looked(.miss)
            return .accepted(Caller(principal, log: account.log))
        } catch {
            metrics.looked(error.delivery == .notSent ? .negative : .miss)
            guard error.refusesCredentials else { return .refused(.notSignedInNow) }
            return await revoke(opened, head)
        }
    }

    /// OvalEdge takes the credential no more: the client has to have its person sign in again.
    private func revoke(_ opened: OpenedToken, _ head: HTTPRequestHead) async -> Authentication {
        do throws(GrantsUnavailable) {
            try await issuer.store.revokeGrant(opened.grant, for: .credentialRefused)
        } catch {
            return .refused(.notSignedInNow)
        }
        log.warning("grant revoked", ("grant", opened.grant), ("by", "OvalEdge, which refused its credential"))
        return .refused(challenges.badToken(for: head))
    }

    private func refusal(_ refusal: TokenRefusal, _ head: HTTPRequestHead) -> HTTPRefusal {
        switch refusal {
        case .invalid: return challenges.badToken(for: head)
        case .unavailable(let reason):
            log.error("access token not looked up", ("reason", reason))
            return .notSignedInNow
        }
    }

    func refusal(of caller: Caller, doing need: AccessNeed) -> HTTPRefusal? {
        challenges.refusal(of: caller.principal.scopes ?? [], doing: need)
    }
}

extension HTTPRefusal {
    /// Not 401, which would have clients throw away a token that is good.
    fileprivate static let notSignedInNow = HTTPRefusal(
        .serviceUnavailable,
        "temporarily_unavailable",
        "The sign-in behind this token cannot be used at the moment. Try again in a few seconds.",
        fields: ["Retry-After": "5"]
    )
}
