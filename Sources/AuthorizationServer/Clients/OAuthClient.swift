/// A client as the authorization server knows it.
package struct OAuthClient: Hashable, Sendable {
    /// How it proves who it is at the token endpoint (RFC 7591 §2).
    package enum Authentication: String, CaseIterable, Sendable {
        case none
        case secretInBody = "client_secret_post"
        case secretInHeader = "client_secret_basic"
        case signedAssertion = "private_key_jwt"
    }

    /// What stands for the name that it gives itself.
    package enum Identity: Hashable, Sendable {
        /// A document at this host has it.
        case published(host: String)
        /// Nothing.
        case selfRegistered
        /// The operator of this server.
        case configured
    }

    package let id: String
    /// As it calls itself; anything may be in it.
    package let name: String
    package let identity: Identity
    package let redirects: [RedirectURI]
    package let authentication: Set<Authentication>
    /// SHA-256 of its secret; nil for a client without one.
    package let secretDigest: [UInt8]?
    /// Nil for a client that signs nothing.
    package let keys: ClientKeys?
    package let grants: Set<GrantType>
    /// Whether it may have keys that are not known, since its document cannot be fetched now.
    package internal(set) var mayHaveKeys = false

    package init(
        id: String,
        name: String,
        identity: Identity,
        redirects: [RedirectURI],
        authentication: Set<Authentication> = [.none],
        secretDigest: [UInt8]? = nil,
        keys: ClientKeys? = nil,
        grants: Set<GrantType> = [.authorizationCode, .refreshToken]
    ) {
        self.id = id
        self.name = name
        self.identity = identity
        self.redirects = redirects
        self.authentication = authentication
        self.secretDigest = secretDigest
        self.keys = keys
        self.grants = grants
    }

    /// The one that was registered for what a request asks for; nil for others.
    package func redirect(_ text: String) -> RedirectURI? {
        guard let asked = RedirectURI(text) else { return nil }
        return redirects.contains { asked.matches($0) } ? asked : nil
    }

    package var isPublic: Bool { secretDigest == nil }
}

/// How tokens are asked for (RFC 6749 §1.3, RFC 7523 §2.1).
package enum GrantType: String, CaseIterable, Sendable {
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case assertion = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    case clientCredentials = "client_credentials"
}
