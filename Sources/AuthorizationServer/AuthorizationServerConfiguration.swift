/// How an authorization server of our own issues tokens.
package struct AuthorizationServerConfiguration: Hashable, Sendable {
    /// Scheme, host and port, without a slash at the end; the same bytes wherever the issuer is named.
    package var issuer: String
    /// The addresses that a token can be for; the first stands for all where a client names none.
    package var resources: [String]
    /// What can be granted.
    package var scopes: [String]
    /// What is granted where a client asks for nothing that is known.
    package var defaultScopes: [String]
    /// Lives in seconds: of access tokens, of unused refresh tokens, of what a person agreed to.
    package var accessLife = 3600.0
    package var refreshLife = 30 * 86_400.0
    package var grantLife = 90 * 86_400.0
    /// For so many seconds a refresh token that was used still leads to its successor.
    package var refreshGrace = 120.0
    /// Whether answers of the authorization endpoint name the issuer (RFC 9207).
    package var namesIssuer = true

    package init(issuer: String, resources: [String], scopes: [String], defaultScopes: [String]) {
        self.issuer = issuer
        self.resources = resources
        self.scopes = scopes
        self.defaultScopes = defaultScopes
    }
}
