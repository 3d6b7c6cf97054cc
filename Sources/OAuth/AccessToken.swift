package import JSON
package import Logging

/// What an access token says, once it has been verified.
package struct AccessToken: Sendable {
    /// The exact `iss`.
    package let issuer: String
    /// The `sub`; unique for its issuer.
    package let subject: String
    /// As the issuer names them, until they are read as those of this server.
    package internal(set) var scopes: Set<String>
    /// `client_id`, `azp`, `appid` or `cid`; nil where the token does not say.
    package let client: String?
    /// In seconds since 1970.
    package let expiry: Double
    /// All claims, or all members of the answer of an introspection.
    package let claims: JSON
    /// As it came.
    package let text: Secret

    package init(
        issuer: String,
        subject: String,
        scopes: Set<String>,
        client: String?,
        expiry: Double,
        claims: JSON,
        text: Secret
    ) {
        self.issuer = issuer
        self.subject = subject
        self.scopes = scopes
        self.client = client
        self.expiry = expiry
        self.claims = claims
        self.text = text
    }
}

/// Why an access token is not taken.
package enum TokenRefusal: Error, Hashable, Sendable {
    /// It is expired, revoked, from someone else, for someone else or no access token at all; the reason is for the log.
    case invalid(String)
    /// Those who know cannot be asked at the moment; the reason is for the log.
    case unavailable(String)
}
