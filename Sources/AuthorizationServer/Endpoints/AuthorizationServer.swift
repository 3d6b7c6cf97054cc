import Crypto
package import HTTP
import JSON
package import Logging
import OAuth
import Synchronization
import Text

/// The endpoints at which clients and people sign in, each a function from a request to its answer.
///
/// Nothing of a query, a body, a cookie or a token is in any line of its log.
package final class AuthorizationServer: Sendable {
    package let configuration: AuthorizationServerConfiguration
    package let issuer: TokenIssuer
    let clients: ClientDirectory
    let check: any SignInCheck
    let pages: SignInPages
    let machines: MachineGrants
    let keys: @Sendable () -> KeySets
    let log: Log
    let limits = Mutex(EndpointLimits())

    package init(
        _ issuer: TokenIssuer,
        clients: ClientDirectory,
        check: any SignInCheck,
        words: SignInWords,
        machines: MachineGrants = MachineGrants(),
        keys: @escaping @Sendable () -> KeySets,
        log: Log
    ) {
        configuration = issuer.configuration
        self.issuer = issuer
        self.clients = clients
        self.check = check
        self.machines = machines
        self.keys = keys
        self.log = log
        let days = { (seconds: Double) in Int((seconds / 86_400).rounded()) }
        pages = SignInPages(
            words: words,
            host: String(configuration.issuer.drop { $0 != "/" }.drop { $0 == "/" }),
            days: days(configuration.grantLife),
            unusedDays: days(configuration.refreshLife)
        )
    }

    var now: Double { issuer.store.now() }
    var isSecure: Bool { configuration.issuer.hasPrefix("https://") }

    /// What clients read first.
    package var metadata: ServerMetadata {
        ServerMetadata(
            issuer: configuration.issuer,
            scopes: configuration.scopes,
            grants: [.authorizationCode, .refreshToken] + machines.grants,
            namesIssuer: configuration.namesIssuer,
            takesRegistrations: clients.takesRegistrations,
            takesDocuments: clients.documents.isOffered,
            takesKeys: clients.documents.takesKeys
        )
    }

    /// A line of the log about what came of a request.
    func note(_ event: String, _ request: EndpointRequest, _ fields: Log.Field...) {
        log.write(.info, event, [("request", request.id)] + fields)
    }
}

// Registration.
extension AuthorizationServer {
    /// `POST /register` (RFC 7591 §3).
    package func register(_ request: EndpointRequest) async -> HTTPResponse {
        let now = now
        let seconds = limits.withLock { limits in
            limits.registrations.take(request.address, at: now) ?? limits.allRegistrations.take("all", at: now)
        }
        if let seconds { return .tooMany(seconds) }
        do {
            guard Self.isJSON(request), let json = try? JSON(parsing: request.body, within: JSON.Limits(depth: 16))
            else {
                throw OAuthError.metadata("The body is no JSON object. Send client metadata (RFC 7591).")
            }
            guard let answer = try clients.register(json, scopes: configuration.scopes, at: now) else {
                let text = "Clients do not register here. Ask the operator of this server for a client id."
                return .fresh(.forbidden, OAuthError(.accessDenied, text).json)
            }
            return .fresh(201, answer)
        } catch let error as OAuthError {
            note("registration refused", request, ("error", error.code.rawValue))
            return .fresh(.badRequest, error.json)
        } catch {
            return .fresh(.internalServerError, OAuthError.failure.json)
        }
    }

    private static func isJSON(_ request: EndpointRequest) -> Bool {
        let types = request.fields.values("Content-Type")
        guard types.count == 1, request.fields["Content-Encoding"] == nil else { return false }
        return types[0].split(separator: ";").first?.trimmed.lowercased() == "application/json"
    }
}

// Revocation.
extension AuthorizationServer {
    /// `POST /revoke` (RFC 7009 §2).
    package func revoke(_ request: EndpointRequest) async -> HTTPResponse {
        await answered(request) { form, client in
            let key = try Self.key(of: client.id, at: request)
            let seconds = self.limits.withLock { $0.revocations.take(key, at: self.now) }
            if let seconds { return .tooMany(seconds) }
            guard let token = form["token"] else {
                throw OAuthError(.invalidRequest, "token is missing. Send the token to revoke.")
            }
            try await self.issuer.revoke(Secret(token), by: client.id)
            self.note("token revoked", request, ("by", client.label))
            return HTTPResponse(.ok, fields: ["Cache-Control": "no-store"])
        }
    }
}

extension OAuthError {
    static let failure = OAuthError(.serverError, "The server failed. Ask its operator to look into its log.")
}

extension OAuthClient {
    /// What the log calls it.
    var label: String {
        switch identity {
        case .published(let host): host
        case .selfRegistered: "registered"
        case .configured: id
        }
    }
}

extension HTTPResponse {
    static func tooMany(_ seconds: Int) -> HTTPResponse {
        let error = OAuthError(.temporarilyUnavailable, "There were too many requests. Wait \(seconds) seconds.")
        return .fresh(.tooManyRequests, error.json, fields: ["Retry-After": String(seconds)])
    }
}
