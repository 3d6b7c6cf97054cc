package import Logging

/// How the token of a caller becomes the one that a remote server is called with.
package enum ExchangeWay: Hashable, Sendable {
    case exchange(ExchangeClient)
    case broker(KeycloakBroker)
}

/// A client that may exchange tokens at an authorization server (RFC 8693).
package struct ExchangeClient: Hashable, Sendable {
    /// Exactly as its metadata has it.
    package var issuer: String
    package var id: String
    package var secret: Secret
    /// With blanks between them; nil asks for no scope.
    package var scope: String?
    /// Whom the new token is for, by the name that the authorization server has for it.
    package var audience: String?
    /// The same by its address (RFC 8707); most do without.
    package var resource: String?

    package init(
        issuer: String,
        id: String,
        secret: Secret,
        scope: String? = nil,
        audience: String? = nil,
        resource: String? = nil
    ) {
        self.issuer = issuer
        self.id = id
        self.secret = secret
        self.scope = scope
        self.audience = audience
        self.resource = resource
    }
}

/// A Keycloak that keeps for its users the tokens of another identity provider, and hands them out.
package struct KeycloakBroker: Hashable, Sendable {
    package enum Renewal: String, Hashable, Sendable, CaseIterable {
        /// A refresh token is spent.
        case oidc
        /// The broker is asked for another one.
        case broker
    }

    /// The address of Keycloak, without `/realms`.
    package var base: String
    package var realm: String
    /// Its name for the identity provider; empty leaves callers' tokens as they are.
    package var alias: String
    package var renewal: Renewal

    package init(base: String, realm: String, alias: String, renewal: Renewal = .oidc) {
        self.base = base
        self.realm = realm
        self.alias = alias
        self.renewal = renewal
    }
}
