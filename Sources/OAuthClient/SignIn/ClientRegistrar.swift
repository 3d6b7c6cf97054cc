import HTTP
import JSON
import Logging

/// Makes this client known to an authorization server.
struct ClientRegistrar: Sendable {
    let client: any HTTPClient
    let vault: TokenVault
    let now: @Sendable () -> Double

    /// The configured client, else a document that describes it, else what was registered, else what is registered now.
    func identity(
        for request: SignInRequest,
        at server: SignInServer,
        redirect: String,
        scopes: [String]
    ) async throws(SignInFailure) -> ClientIdentity {
        let offered = server.authenticationMethods
        if let id = request.clientID {
            return ClientIdentity(id: id, secret: request.clientSecret, method: request.method, offered: offered)
        }
        if let document = request.clientDocument, server.takesClientDocuments { return ClientIdentity(id: document) }
        if let kept = try vault.registration(at: server.issuer), kept.redirect == redirect,
            now() < kept.end ?? .infinity
        {
            return kept.identity
        }
        guard let endpoint = server.registrationEndpoint else {
            throw SignInFailure(.noRegistration, "\(server.issuer) registers no clients by itself.")
        }
        let asked = RegisteredIdentity.request(
            redirect: redirect,
            method: Self.method(request.method, offered),
            scopes: scopes,
            takesCodes: server.deviceEndpoint != nil
        )
        let registration = try await registration(of: asked, at: endpoint, of: server.issuer, redirect)
        try await vault.keep(registration)
        return registration.identity
    }

    /// None where that is offered, or nothing is said; else post, else basic.
    private static func method(_ wanted: ClientAuthenticationMethod?, _ offered: [String]?)
        -> ClientAuthenticationMethod
    {
        if let wanted { return wanted }
        guard let offered else { return .none }
        return [.none, .post, .basic].first { offered.contains($0.rawValue) } ?? .none
    }

    private func registration(
        of asked: JSON,
        at endpoint: String,
        of issuer: String,
        _ redirect: String
    ) async throws(SignInFailure) -> RegisteredIdentity {
        var request = HTTPRequest(
            .post,
            endpoint,
            fields: ["Content-Type": "application/json", "Accept": "application/json"],
            body: asked.bytes,
            mayBeRepeated: false
        )
        request.timeLimit = .seconds(20)
        let response = try await client.response(to: request)
        guard response.status.isSuccess, let json = try? JSON(parsing: response.body),
            let id = json["client_id"]?.string
        else {
            let fault = GrantFault(response)
            let kind: SignInFailure.Kind = if case .unavailable = fault { .unreachable } else { .noRegistration }
            throw SignInFailure(kind, "\(issuer) was asked to register this client, and \(fault.reason).")
        }
        let method = (json["token_endpoint_auth_method"] ?? asked["token_endpoint_auth_method"])?.string
        let end = json["client_secret_expires_at"]?.double.flatMap { $0 > 0 ? $0 : nil }
        return RegisteredIdentity(
            issuer: issuer,
            identity: ClientIdentity(
                id: id,
                secret: json["client_secret"]?.string.map { Secret($0) },
                method: method.flatMap { ClientAuthenticationMethod(rawValue: $0) }
            ),
            redirect: redirect,
            end: end
        )
    }
}
