import AuthorizationServer
import Clock
import HTTP
import HTTPServer
import JSON
import OAuth
import StreamableHTTP

/// Stands in as the authorization server where clients can neither register at the identity provider nor be given its address.
///
/// It only says where things are: browsers go from the client to the provider's own page and from there back to the
/// client, whose redirect addresses the provider checks, and tokens are fetched from the provider. No redirect, code or
/// token passes here, so that there is no consent of our own to ask for, as a proxy of the sign-in would have to.
struct ProviderFacade: Sendable {
    /// The address under which clients reach this server, without a slash at its end.
    let base: String
    /// The client that is registered at the provider for all who ask here; nil where people type one.
    let clientID: String?
    let scopes: ScopeNames
    /// What the provider says of itself.
    let metadata: @Sendable () async throws(ProviderFailure) -> JSON

    typealias Route = StreamableHTTPConfiguration.Route

    var routes: [Route] {
        let documents = [
            ("/.well-known/oauth-authorization-server", false), ("/.well-known/openid-configuration", true),
        ].map { path, isOpenID in
            Route(path, methods: [.get], pages: .all, bodyLimit: 0) { _ in await document(isOpenID: isOpenID) }
        }
        guard let clientID else { return documents }
        let registration = Route("/register", methods: [.post], pages: .all, bodyLimit: ClientRegistration.longest) {
            ClientRegistration.registration(of: $0.body, $0.head.fields, clientID: clientID)
        }
        return documents + [registration]
    }

    private func document(isOpenID: Bool) async -> HTTPResponse {
        do throws(ProviderFailure) {
            return .metadata(document(try await metadata(), isOpenID: isOpenID))
        } catch {
            let refusal = OAuthError(
                .temporarilyUnavailable,
                "The identity provider cannot be asked at the moment. Try again in a few seconds."
            )
            var response = HTTPResponse.unstored(.serviceUnavailable, refusal.json)
            response.fields["Retry-After"] = "5"
            return response
        }
    }

    /// The issuer is this server, since a client looks for the document at the issuer it was given (RFC 8414 §3.3).
    private func document(_ provider: JSON, isOpenID: Bool) -> JSON {
        .members(
            ("issuer", .string(base)),
            ("authorization_endpoint", provider["authorization_endpoint"]),
            ("token_endpoint", provider["token_endpoint"]),
            ("jwks_uri", provider["jwks_uri"]),
            ("registration_endpoint", clientID == nil ? nil : .string(base + "/register")),
            ("revocation_endpoint", provider["revocation_endpoint"]),
            ("response_types_supported", ["code"]),
            ("response_modes_supported", ["query"]),
            ("grant_types_supported", ["authorization_code", "refresh_token"]),
            ("code_challenge_methods_supported", ["S256"]),
            ("token_endpoint_auth_methods_supported", .strings(methods(provider))),
            ("scopes_supported", .strings(scopes(provider))),
            ("subject_types_supported", isOpenID ? provider["subject_types_supported"] ?? ["public"] : nil),
            (
                "id_token_signing_alg_values_supported",
                isOpenID ? provider["id_token_signing_alg_values_supported"] ?? ["RS256"] : nil
            )
        )
    }

    /// Clients without a secret are those that this is for.
    private func methods(_ provider: JSON) -> [String] {
        let theirs = provider["token_endpoint_auth_methods_supported"]?.array?.compactMap { $0.string } ?? []
        return theirs.contains("none") ? theirs : theirs + ["none"]
    }

    /// Clients ask for `offline_access` where it is named, and some get no refresh token without it.
    private func scopes(_ provider: JSON) -> [String] {
        let own = scopes.all
        let offline = "offline_access"
        let isKnown = provider["scopes_supported"]?.array?.contains(.string(offline)) ?? false
        return isKnown && !own.contains(offline) ? own + [offline] : own
    }
}

/// The answer to clients that want to register (RFC 7591): all are the one that is registered at the provider.
///
/// Nothing is kept of what they send, and the secret of that client is never given out.
enum ClientRegistration {
    static let longest = 16 << 10
    private static let mostRedirects = 10

    static func registration(of body: [UInt8], _ fields: HTTPFields, clientID: String) -> HTTPResponse {
        do throws(OAuthError) {
            let metadata = try metadata(in: body, fields)
            return .unstored(201, accepted(metadata, clientID, try redirects(in: metadata)))
        } catch {
            return .unstored(.badRequest, error.json)
        }
    }

    private static func metadata(in body: [UInt8], _ fields: HTTPFields) throws(OAuthError) -> JSON {
        let types = fields.values("Content-Type")
        let type = types.first?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } }
        guard types.count == 1, type == "application/json" else {
            throw OAuthError(
                .invalidClientMetadata,
                "The body is not JSON. Send it with Content-Type: application/json."
            )
        }
        guard let json = try? JSON(parsing: body, within: JSON.Limits(depth: 8, values: 1000)),
            json.object != nil
        else { throw OAuthError(.invalidClientMetadata, "The body is not a JSON object. Send one, as RFC 7591 says.") }
        return json
    }

    private static func redirects(in metadata: JSON) throws(OAuthError) -> [String] {
        let texts = metadata["redirect_uris"]?.array?.map { $0.string ?? "" } ?? []
        // The provider takes only those that are registered there; others could do harm wherever they are.
        guard (1...mostRedirects).contains(texts.count), texts.allSatisfy({ RedirectURI($0) != nil }) else {
            throw OAuthError(
                .invalidRedirectURI,
                "redirect_uris must name one to \(mostRedirects) addresses. Send absolute ones without a fragment."
            )
        }
        return texts
    }

    private static func accepted(_ metadata: JSON, _ clientID: String, _ redirects: [String]) -> JSON {
        let name = ClientName.shown(metadata["client_name"]?.string)
        return .members(
            ("client_id", .string(clientID)),
            ("client_id_issued_at", .int(Int(SystemClock.secondsSince1970()))),
            ("client_name", name.map { .string($0) }),
            ("redirect_uris", .strings(redirects)),
            ("grant_types", ["authorization_code", "refresh_token"]),
            ("response_types", ["code"]),
            ("token_endpoint_auth_method", "none")
        )
    }
}
