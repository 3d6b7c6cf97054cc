import Clock
import JOSE
package import JSON
package import Logging

/// What an identity provider asserts of a person, for one client and one server (ID-JAG).
package struct IdentityAssertion: Sendable {
    package let issuer: String
    /// Unique for its issuer.
    package let subject: String
    /// As its issuer names them; empty where it names none.
    package let scopes: [String]
    /// Its `jti`, which is good once until `expiry`.
    package let id: String
    package let expiry: Double
    package let claims: JSON
}

/// Verifies the assertions with which a client gets an access token for a person whom an identity provider has signed in
/// (RFC 7523 §3, Identity Assertion JWT Authorization Grant).
package struct AssertionVerifier: Sendable {
    /// What its `typ` has to be.
    package static let type = "oauth-id-jag+jwt"
    package static let longestLife = 300.0
    private static let longestID = 256

    private let audience: String
    private let resources: [String]
    private let issuers: TrustedIssuers
    private let leeway: Double
    private let now: @Sendable () -> Double

    /// `audience` is the exact issuer of this authorization server, `resources` are the addresses that its tokens are for.
    package init(
        audience: String,
        resources: [String],
        issuers: TrustedIssuers,
        leeway: Double = 60,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970
    ) {
        self.audience = audience
        self.resources = resources
        self.issuers = issuers
        self.leeway = leeway
        self.now = now
    }

    /// `client` is the one that has authenticated itself; that the assertion was not used before is for the store to say.
    package func verify(_ text: Secret, client: String) async throws(TokenRefusal) -> IdentityAssertion {
        let token = try JSONWebToken.read(text)
        let claims = token.claims
        guard token.type == Self.type else { throw .invalid("it is of another type") }
        guard let issuer = issuers[claims["iss"]?.string] else { throw .invalid("its issuer is not trusted") }
        try checkParties(claims, client: client)
        let expiry = try expiry(claims)
        guard let id = claims["jti"]?.string, !id.isEmpty, id.utf8.count <= Self.longestID else {
            throw .invalid("it has no `jti`, or too long a one")
        }
        let subject = try TokenRules.subject(claims, issuer: issuer.name)
        try await issuer.keys.requireSignature(of: token)
        return IdentityAssertion(
            issuer: issuer.name,
            subject: subject,
            scopes: claims["scope"]?.string?.split(separator: " ").map { String($0) } ?? [],
            id: id,
            expiry: expiry,
            claims: claims
        )
    }

    private func checkParties(_ claims: JSON, client: String) throws(TokenRefusal) {
        let audiences = claims["aud"]?.array ?? claims["aud"].map { [$0] } ?? []
        guard audiences.count == 1, audiences[0].string?.isIdentical(to: audience) == true else {
            throw .invalid("it is not for this server alone")
        }
        guard claims["client_id"]?.string?.isIdentical(to: client) == true else {
            throw .invalid("it is for another client")
        }
        guard let resource = claims["resource"]?.string, resources.contains(where: { $0.isIdentical(to: resource) })
        else { throw .invalid("it is for another resource") }
        for name in ["cnf", "authorization_details"] where claims[name] != nil {
            throw .invalid("it has `\(name)`, which is not supported")
        }
    }

    private func expiry(_ claims: JSON) throws(TokenRefusal) -> Double {
        let expiry: Double
        let issued: Double?
        do throws(JOSEFault) {
            expiry = try JSONWebToken.expiry(of: claims, at: now(), leeway: leeway)
            issued = try JSONWebToken.time("iat", claims)
        } catch {
            throw .invalid("times: \(error)")
        }
        guard let issued, (0...Self.longestLife).contains(expiry - issued) else {
            throw .invalid("it is good for longer than \(Int(Self.longestLife)) seconds")
        }
        return expiry
    }
}
