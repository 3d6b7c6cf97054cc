import Crypto
package import HTTP
import JSON
package import Logging
import Synchronization
import Text

/// The client that a bridge is at an issuer, for people who sign in with a browser.
package struct FacadeConfiguration: Hashable, Sendable {
    /// Exactly as its metadata has it.
    package var issuer: String
    package var clientID: String
    package var clientSecret: Secret?
    /// With blanks between them; nil asks for no scope of its own.
    package var scope: String?
    /// Where browsers return to, as it is registered.
    package var redirect: String
    /// What the tokens are for (RFC 8707); nil where that is left out.
    package var resource: String?

    package init(
        issuer: String,
        clientID: String,
        clientSecret: Secret?,
        scope: String? = nil,
        redirect: String,
        resource: String? = nil
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.scope = scope
        self.redirect = redirect
        self.resource = resource
    }
}

/// Signs the people in who use a bridge with a browser: `begin` sends one to the issuer, `finish` takes what it brings back.
package final class FacadeSignIn: Sendable {
    /// A sign-in that has begun.
    package struct Begun: Hashable, Sendable {
        /// Where the browser has to go.
        package let address: String
        /// What the browser keeps until it is back, in a cookie of ten minutes: without it an answer is good for no other
        /// browser.
        package let binding: Secret
    }

    private struct Pending {
        let attempt: AuthorizationAttempt
        let binding: String
        let path: String
    }

    private let configuration: FacadeConfiguration
    private let documents: IssuerDocuments
    private let endpoint: TokenEndpoint
    private let clock: ClientClock
    private let log: Log
    private let pending = Mutex<[String: Pending]>([:])

    /// So many sign-ins may be under way; then the oldest is forgotten.
    static let most = 10_000

    /// `client` must follow no redirect.
    package init(
        _ configuration: FacadeConfiguration,
        client: any HTTPClient,
        clock: ClientClock = .system,
        log: Log
    ) {
        self.configuration = configuration
        self.clock = clock
        self.log = log
        documents = IssuerDocuments(client, now: clock.now)
        endpoint = TokenEndpoint(client: client, now: clock.now)
    }

    /// Whether a browser may be sent there afterwards: to a path of this origin, and nowhere else.
    package static func isOwn(_ path: String) -> Bool {
        let bytes = Array(path.utf8.prefix(2))
        return bytes.first == UInt8(ascii: "/") && bytes.dropFirst().first != UInt8(ascii: "/")
            && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }

    /// `path` is where the browser goes afterwards, which is one of this origin (``isOwn(_:)``).
    package func begin(returningTo path: String) async throws(SignInFailure) -> Begun {
        let server = try await documents.server(configuration.issuer)
        let binding: String
        do throws(CryptoUnavailable) {
            binding = Base64.encoded(try Crypto.randomBytes(16), .urlSafe)
        } catch {
            throw SignInFailure(.store, "\(error)")
        }
        let now = clock.now()
        let resource = configuration.resource
        let attempt = try AuthorizationAttempt(
            site: SignInSite(server: configuration.redirect, resource: resource ?? "", authorization: server),
            identity: identity(at: server),
            redirect: configuration.redirect,
            scopes: scopes(at: server),
            resource: resource,
            at: now
        )
        let address = try attempt.address()
        let entry = Pending(attempt: attempt, binding: binding, path: Self.isOwn(path) ? path : "/")
        pending.withLock { pending in
            pending = pending.filter { now < $0.value.attempt.began + AuthorizationAttempt.life }
            if pending.count >= Self.most,
                let oldest = pending.min(by: { $0.value.attempt.began < $1.value.attempt.began })
            {
                pending[oldest.key] = nil
            }
            pending[attempt.state] = entry
        }
        return Begun(address: address, binding: Secret(binding))
    }

    /// `query` is what the browser has brought, `binding` what its cookie says.
    package func finish(
        query: String,
        binding: Secret?
    ) async throws(SignInFailure) -> (account: FacadeAccount, path: String) {
        guard let entry = taken(query, binding) else {
            throw SignInFailure(.notOurs, "This answer belongs to no sign-in that this browser has begun here.")
        }
        let code: String
        switch entry.attempt.verdict(on: query, at: clock.now()) {
        case .code(let text): code = text
        case .failed(let failure): throw failure
        case .notOurs: throw SignInFailure(.notOurs, "This answer belongs to no sign-in that was begun here.")
        }
        let (server, identity) = (entry.attempt.site.authorization, entry.attempt.identity)
        let tokens: GrantedTokens
        do throws(GrantFault) {
            tokens = try await endpoint.tokens(from: server.tokenEndpoint, entry.attempt.form(code: code), as: identity)
        } catch {
            throw SignInFlow.failure(error, of: server)
        }
        let record = record(tokens, of: entry.attempt)
        let claims = await claims(of: tokens, at: server)
        return (FacadeAccount(record, claims: claims, endpoint: endpoint, clock: clock, log: log), entry.path)
    }

    /// The sign-in that an answer belongs to, which is good once, and for the browser that began it.
    private func taken(_ query: String, _ binding: Secret?) -> Pending? {
        guard let state = URLText.queryItems(query).first(where: { $0.name == "state" })?.value, let binding else {
            return nil
        }
        return pending.withLock { pending in
            guard let entry = pending[state],
                Crypto.areEqual(Array(entry.binding.utf8), Array(binding.revealed.utf8))
            else { return nil }
            pending[state] = nil
            return entry
        }
    }

    private func identity(at server: SignInServer) -> ClientIdentity {
        ClientIdentity(
            id: configuration.clientID,
            secret: configuration.clientSecret,
            offered: server.authenticationMethods
        )
    }

    private func scopes(at server: SignInServer) -> [String] {
        let configured = configuration.scope?.split(separator: " ").map { String($0) } ?? []
        return server.isOpenID && !configured.contains("openid") ? ["openid"] + configured : configured
    }

    private func record(_ tokens: GrantedTokens, of attempt: AuthorizationAttempt) -> SignInRecord {
        let server = attempt.site.authorization
        return SignInRecord(
            server: configuration.redirect,
            profile: "",
            issuer: server.issuer,
            resource: attempt.resource,
            client: attempt.identity,
            scopes: attempt.scopes,
            granted: attempt.scopes,
            tokenEndpoint: server.tokenEndpoint,
            revocationEndpoint: server.revocationEndpoint,
            isService: false,
            access: tokens.access,
            received: clock.now()
        ).with(tokens, at: clock.now())
    }

    /// Who it is, as the issuer says: over the connection to it, so that no signature has to vouch for it.
    private func claims(of tokens: GrantedTokens, at server: SignInServer) async -> JSON {
        if let address = server.userInfoEndpoint, let told = await endpoint.userInfo(at: address, tokens.access) {
            return told
        }
        guard let claims = tokens.identity.flatMap({ ReadableToken.claims(of: $0.revealed) }),
            claims["iss"]?.string == server.issuer,
            claims["aud"]?.string == configuration.clientID
                || SignInServer.texts(claims["aud"]).contains(configuration.clientID)
        else { return [:] }
        return claims
    }
}

extension TokenEndpoint {
    /// What an issuer says of the person to whom a token belongs (OpenID Connect Core 1.0 §5.3).
    fileprivate func userInfo(at address: String, _ access: Secret) async -> JSON? {
        var request = HTTPRequest(.get, address, fields: ["Accept": "application/json"])
        request.fields["Authorization"] = "Bearer " + access.revealed
        guard let response = try? await response(to: request), response.status == .ok,
            let json = try? JSON(parsing: response.body), json.object != nil
        else { return nil }
        return json
    }
}
