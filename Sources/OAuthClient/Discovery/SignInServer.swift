import HTTP
package import JSON

/// What an authorization server says of itself (RFC 8414 §2), as far as a client needs it.
package struct SignInServer: Hashable, Sendable {
    /// Exactly as it is written in the document.
    package let issuer: String
    package let authorizationEndpoint: String?
    package let tokenEndpoint: String
    package let registrationEndpoint: String?
    package let revocationEndpoint: String?
    package let deviceEndpoint: String?
    package let userInfoEndpoint: String?
    /// How clients authenticate at the token endpoint, where the document says.
    package let authenticationMethods: [String]?
    package let scopes: [String]
    package let challengeMethods: [String]?
    /// Whether it takes the address of a document as a client's id.
    package let takesClientDocuments: Bool
    /// Whether every answer of its authorization endpoint names it (RFC 9207).
    package let namesItself: Bool
    /// Whether it speaks OpenID Connect.
    package let isOpenID: Bool
    /// Whether it publishes nothing, and its endpoints are where revision 2025-03-26 has them.
    package let isAssumed: Bool

    /// `issuer` is the one that was asked, which has to be the one that answers (RFC 8414 §3.3); nil takes the document's
    /// own where that is `origin`, with a slash or without.
    package init(_ json: JSON, of issuer: String?, origin: String, _ rule: AddressRule) throws(SignInFailure) {
        let asked = issuer ?? origin
        guard let named = json["issuer"]?.string else {
            throw SignInFailure(.metadata, "The metadata of \(asked) names no issuer.")
        }
        let isExpected =
            issuer.map { $0.hasSameBytes(as: named) }
            ?? (named.hasSameBytes(as: origin) || named.hasSameBytes(as: origin + "/"))
        guard isExpected else {
            throw SignInFailure(.metadata, "The metadata of \(asked) is that of another issuer, \(named).")
        }
        guard let token = try Self.address("token_endpoint", json, asked, rule) else {
            throw SignInFailure(.metadata, "The metadata of \(asked) has no token endpoint.")
        }
        self.issuer = named
        tokenEndpoint = token
        authorizationEndpoint = try Self.address("authorization_endpoint", json, asked, rule)
        registrationEndpoint = try Self.address("registration_endpoint", json, asked, rule)
        revocationEndpoint = try Self.address("revocation_endpoint", json, asked, rule)
        deviceEndpoint = try Self.address("device_authorization_endpoint", json, asked, rule)
        userInfoEndpoint = try Self.address("userinfo_endpoint", json, asked, rule)
        authenticationMethods = json["token_endpoint_auth_methods_supported"].map { Self.texts($0) }
        scopes = Self.texts(json["scopes_supported"])
        challengeMethods = json["code_challenge_methods_supported"].map { Self.texts($0) }
        takesClientDocuments = json["client_id_metadata_document_supported"] == true
        namesItself = json["authorization_response_iss_parameter_supported"] == true
        isOpenID =
            scopes.contains("openid") || userInfoEndpoint != nil || json["id_token_signing_alg_values_supported"] != nil
        isAssumed = false
    }

    /// The one that a server of 2025-03-26 is itself, where it publishes nothing.
    package init(assumedAt origin: String) {
        issuer = origin
        authorizationEndpoint = origin + "/authorize"
        tokenEndpoint = origin + "/token"
        registrationEndpoint = origin + "/register"
        revocationEndpoint = nil
        deviceEndpoint = nil
        userInfoEndpoint = nil
        authenticationMethods = nil
        scopes = []
        challengeMethods = nil
        takesClientDocuments = false
        namesItself = false
        isOpenID = false
        isAssumed = true
    }

    private static func address(
        _ name: String,
        _ json: JSON,
        _ issuer: String,
        _ rule: AddressRule
    ) throws(SignInFailure) -> String? {
        guard let member = json[name], !member.isNull else { return nil }
        guard let address = member.string, rule.allows(address) else {
            throw SignInFailure(
                .metadata,
                "The metadata of \(issuer) has an address as \(name) that may not be called."
            )
        }
        return address
    }

    static func texts(_ json: JSON?) -> [String] { json?.array?.compactMap { $0.string } ?? [] }
}
