import JSON
import OAuth

/// What a client says of itself when it registers, as far as it is kept (RFC 7591 §2).
struct ClientMetadata: Hashable, Sendable {
    let name: String?
    let redirects: [RedirectURI]
    let grants: [GrantType]
    let authentication: OAuthClient.Authentication
    let applicationType: String?

    /// Keeps those redirects that `policy` allows, and complains only where none is left.
    init(registering json: JSON, _ policy: RedirectPolicy) throws(OAuthError) {
        guard json.object != nil else {
            throw .metadata("The body is no JSON object. Send client metadata (RFC 7591).")
        }
        name = ClientName.shown(json["client_name"]?.string)
        redirects = try Self.redirects(json["redirect_uris"], policy)
        grants = try Self.grants(json["grant_types"])
        authentication = try Self.authentication(json["token_endpoint_auth_method"])
        applicationType = json["application_type"]?.string.flatMap { ["web", "native"].contains($0) ? $0 : nil }
        if let types = json["response_types"], !types.isNull {
            guard types.array?.contains("code") == true else {
                throw .metadata("None of the response types is served. Register the response type code.")
            }
        }
    }

    private static func redirects(_ json: JSON?, _ policy: RedirectPolicy) throws(OAuthError) -> [RedirectURI] {
        guard let texts = json?.array, (1...10).contains(texts.count) else {
            throw OAuthError(.invalidRedirectURI, "redirect_uris must be a list of 1 to 10 addresses. Send them.")
        }
        let allowed = texts.compactMap { $0.string.flatMap { RedirectURI($0) } }.filter { policy.allows($0) }
        guard !allowed.isEmpty else {
            throw OAuthError(
                .invalidRedirectURI,
                "None of the redirect addresses is allowed here. Ask the operator of this server to allow yours."
            )
        }
        return allowed.enumerated().filter { place, uri in allowed.firstIndex(of: uri) == place }.map { $1 }
    }

    private static func grants(_ json: JSON?) throws(OAuthError) -> [GrantType] {
        let usual: [GrantType] = [.authorizationCode, .refreshToken]
        guard let json, !json.isNull else { return usual }
        let kept = usual.filter { type in json.array?.contains(.string(type.rawValue)) == true }
        guard kept.contains(.authorizationCode) else {
            throw .metadata("None of the grant types is served. Register the grant type authorization_code.")
        }
        return kept
    }

    private static func authentication(_ json: JSON?) throws(OAuthError) -> OAuthClient.Authentication {
        // RFC 7591 §2: what is left out means a secret in the header.
        guard let json, !json.isNull else { return .secretInHeader }
        guard let method = json.string.flatMap({ OAuthClient.Authentication(rawValue: $0) }),
            method != .signedAssertion
        else {
            throw .metadata(
                "That authentication method is not served. Register none, client_secret_post or client_secret_basic."
            )
        }
        return method
    }
}

// In the client id.
extension ClientMetadata {
    /// The same metadata is always the same bytes.
    func kept(nonce: String?) -> JSON {
        JSON.members(
            ("a", .string(authentication.rawValue)),
            ("g", .strings(grants.map { $0.rawValue })),
            ("n", name.map { .string($0) }),
            ("r", .strings(redirects.map { $0.text })),
            ("x", nonce.map { .string($0) })
        )
    }

    init?(kept json: JSON) {
        guard let method = json["a"]?.string.flatMap({ OAuthClient.Authentication(rawValue: $0) }) else { return nil }
        name = json["n"]?.string
        redirects = (json["r"]?.array ?? []).compactMap { $0.string.flatMap { RedirectURI($0) } }
        grants = (json["g"]?.array ?? []).compactMap { $0.string.flatMap { GrantType(rawValue: $0) } }
        authentication = method
        applicationType = nil
    }
}

extension OAuthError {
    static func metadata(_ description: String) -> OAuthError { OAuthError(.invalidClientMetadata, description) }
}
