import Crypto
package import HTTP
import JSON
import Logging
import OAuth
import Synchronization
import Text

// Tokens.
extension AuthorizationServer {
    /// `POST /token` (RFC 6749 §3.2).
    package func token(_ request: EndpointRequest) async -> HTTPResponse {
        await answered(request) { form, client in
            guard let name = form["grant_type"] else {
                throw OAuthError(.invalidRequest, "grant_type is missing. Send authorization_code or refresh_token.")
            }
            guard let type = GrantType(rawValue: name), self.metadata.grants.contains(type) else {
                throw OAuthError(.unsupportedGrantType, "That grant type is not served. Use authorization_code.")
            }
            guard client.grants.contains(type) || type == .assertion && client.identity != .selfRegistered else {
                throw OAuthError(
                    .unauthorizedClient,
                    "The client is not registered for that grant type. Register again."
                )
            }
            if let seconds = try self.wait(for: form, type, client, request) { return .tooMany(seconds) }
            let tokens = try await self.tokens(type, form, client)
            self.note(
                "token issued",
                request,
                ("grant_type", type == .assertion ? "jwt-bearer" : type.rawValue),
                ("grant", tokens.grant),
                ("client", client.label),
                ("scope", tokens.scopes.joined(separator: " "))
            )
            return .fresh(.ok, tokens.json)
        }
    }

    private func tokens(
        _ type: GrantType,
        _ form: FormFields,
        _ client: OAuthClient
    ) async throws(OAuthError) -> IssuedTokens {
        switch type {
        case .authorizationCode: try await exchange(form, client)
        case .refreshToken: try await refresh(form, client)
        case .assertion: try await issuer.tokens(for: try await machines.consent(asserting: form, client, self))
        case .clientCredentials: try await issuer.tokens(for: try await machines.consent(of: form, client, self))
        }
    }

    private func exchange(_ form: FormFields, _ client: OAuthClient) async throws(OAuthError) -> IssuedTokens {
        guard let code = form["code"], let verifier = form["code_verifier"] else {
            throw OAuthError(.invalidRequest, "code or code_verifier is missing. Send both.")
        }
        return try await issuer.exchange(
            CodeExchange(
                code: Secret(code),
                client: client.id,
                redirectURI: form["redirect_uri"],
                verifier: Secret(verifier),
                resource: try resource(form)
            )
        )
    }

    private func refresh(_ form: FormFields, _ client: OAuthClient) async throws(OAuthError) -> IssuedTokens {
        guard let token = form["refresh_token"] else {
            throw OAuthError(.invalidRequest, "refresh_token is missing. Send it.")
        }
        return try await issuer.refresh(
            TokenRefresh(
                token: Secret(token),
                client: client.id,
                scopes: form["scope"].map { $0.split(separator: " ").map { String($0) } },
                resource: try resource(form)
            )
        )
    }

    private func resource(_ form: FormFields) throws(OAuthError) -> String? {
        guard let text = form["resource"] else { return nil }
        return try configuration.resource(named: text)
    }

    /// Seconds to wait for the next token of one grant, or of a client that has none; nil where there may be one.
    private func wait(
        for form: FormFields,
        _ type: GrantType,
        _ client: OAuthClient,
        _ request: EndpointRequest
    ) throws(CryptoUnavailable) -> Int? {
        if type == .clientCredentials {
            let key = try Self.key(of: client.id, at: request)
            return limits.withLock { $0.tokensOfGrant.take(key, at: now) }
        }
        guard let text = form["refresh_token"] ?? form["code"],
            let token = try? OpaqueToken(Secret(text), keys())
        else { return nil }
        return limits.withLock { $0.tokensOfGrant.take(token.grant, at: now) }
    }
}

// What the endpoints for programs have in common.
extension AuthorizationServer {
    /// Reads the form and the client, and answers what is thrown; failures are counted for the client at its address.
    func answered(
        _ request: EndpointRequest,
        _ answer: (FormFields, OAuthClient) async throws -> HTTPResponse
    ) async -> HTTPResponse {
        var failing: String?
        do {
            guard request.query?.isEmpty ?? true, let form = FormFields(body: request.body, request.fields),
                form.repeated.isEmpty
            else {
                throw OAuthError(
                    .invalidRequest,
                    "The body is no form with each parameter once. Send application/x-www-form-urlencoded."
                )
            }
            let proof = try ClientAuthentication(form, request.fields, issuer: configuration.issuer, at: now)
            let key = try Self.key(of: proof.id, at: request)
            failing = key
            if let seconds = limits.withLock({ $0.tokenFailures.wait(for: key, at: now) }) { return .tooMany(seconds) }
            return try await answer(form, try await client(proof, request))
        } catch {
            return refusal(error, request, counting: failing)
        }
    }

    /// Of a client at its address, since hosted clients share both; a digest, as what a client calls itself may be long.
    static func key(of client: String, at request: EndpointRequest) throws(CryptoUnavailable) -> String {
        try "\(Crypto.digest(Array(client.utf8)).prefix(8).hexadecimal) \(request.address)"
    }

    private func client(_ proof: ClientAuthentication, _ request: EndpointRequest) async throws -> OAuthClient {
        switch try await clients.client(proof.id, for: request.address) {
        case .client(let client):
            if proof.assertion != nil, client.mayHaveKeys {
                throw OAuthError.badProof(.unavailable("the document of the client cannot be fetched"))
            }
            guard try proof.proves(client) else { throw OAuthError.unknownClient }
            if let assertion = proof.assertion { try await requireSigned(assertion, client, request) }
            return client
        case .none(let why):
            note("client unknown", request, ("reason", why))
            throw OAuthError.unknownClient
        case .busy(let seconds): throw Busy(seconds: seconds)
        }
    }

    /// By a key of the client, and for the first time.
    private func requireSigned(
        _ assertion: ClientAssertion,
        _ client: OAuthClient,
        _ request: EndpointRequest
    ) async throws {
        guard let place = client.keys else { throw OAuthError.unknownClient }
        let keys: PublishedKeys
        switch clients.documents.keys(place, for: request.address) {
        case .keys(let found): keys = found
        case .none: throw OAuthError.badProof(.invalid("no key of the client can be used"))
        case .busy(let seconds): throw Busy(seconds: seconds)
        }
        do throws(TokenRefusal) {
            try await assertion.requireSignature(by: keys, algorithm: place.algorithm)
        } catch {
            throw OAuthError.badProof(error)
        }
        let isFirst = try await TokenIssuer.translated {
            try await issuer.store.isFirst("client\0\(client.id)\0\(assertion.id)", until: assertion.end)
        }
        guard isFirst else { throw OAuthError.badProof(.invalid("it was used before")) }
    }

    private struct Busy: Error { let seconds: Int }

    private func refusal(_ error: any Error, _ request: EndpointRequest, counting key: String?) -> HTTPResponse {
        if let busy = error as? Busy { return .tooMany(busy.seconds) }
        let error = error as? OAuthError ?? .failure
        note(
            "token request refused",
            request,
            ("error", error.code.rawValue),
            ("reason", error.cause ?? error.description)
        )
        switch error.code {
        case .temporarilyUnavailable: return .fresh(.serviceUnavailable, error.json, fields: ["Retry-After": "5"])
        case .serverError: return .fresh(.internalServerError, error.json)
        case .invalidClient:
            count(key)
            let isBasic = request.fields["Authorization"] != nil
            let fields: HTTPFields = isBasic ? ["WWW-Authenticate": "Basic realm=\"token\""] : [:]
            return .fresh(.unauthorized, error.json, fields: fields)
        default:
            count(key)
            return .fresh(.badRequest, error.json)
        }
    }

    /// A failure of a client; what named none is no one's.
    private func count(_ key: String?) {
        guard let key else { return }
        limits.withLock { $0.tokenFailures.add(key, at: now) }
    }
}

extension IssuedTokens {
    /// RFC 6749 §5.1.
    var json: JSON {
        JSON.members(
            ("access_token", .string(access.revealed)),
            ("token_type", "Bearer"),
            ("expires_in", .int(expiresIn)),
            ("refresh_token", refresh.map { .string($0.revealed) }),
            ("scope", .string(scopes.joined(separator: " ")))
        )
    }
}
