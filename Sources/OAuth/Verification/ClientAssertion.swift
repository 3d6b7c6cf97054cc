import JOSE
import JSON
package import Logging

/// What a client has signed to prove who it is (RFC 7523 §3, OpenID Connect Core §9).
package struct ClientAssertion: Sendable {
    /// What its `client_assertion_type` has to be.
    package static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    package static let longestLife = 300.0
    /// How it may be signed.
    package static let algorithms = SignatureAlgorithm.allCases.map { $0.rawValue }
    private static let longestID = 256

    /// Who it says it is from.
    package let client: String
    /// Its `jti`, which is good once until `end`.
    package let id: String
    package let end: Double
    private let token: JSONWebToken

    /// Reads what was sent to one of `audiences`, at a moment; who has signed it is not known yet.
    ///
    /// `leeway` is by how many seconds the clocks may differ.
    package init(
        _ text: Secret,
        for audiences: [String],
        at now: Double,
        leeway: Double = 60
    ) throws(TokenRefusal) {
        token = try JSONWebToken.read(text)
        let claims = token.claims
        guard token.type.map({ ["jwt", "client-authentication+jwt"].contains($0) }) ?? true else {
            throw .invalid("it is of another type")
        }
        guard let client = claims["sub"]?.string, claims["iss"]?.string?.isIdentical(to: client) == true else {
            throw .invalid("its issuer and its subject are not one client")
        }
        let named = claims["aud"]?.array ?? claims["aud"].map { [$0] } ?? []
        guard named.count == 1, let audience = named[0].string,
            audiences.contains(where: { $0.isIdentical(to: audience) })
        else { throw .invalid("it is not for this server alone") }
        guard let id = claims["jti"]?.string, !id.isEmpty, id.utf8.count <= Self.longestID else {
            throw .invalid("it has no `jti`, or too long a one")
        }
        self.client = client
        self.id = id
        end = try Self.end(claims, at: now, leeway: leeway)
    }

    private static func end(_ claims: JSON, at now: Double, leeway: Double) throws(TokenRefusal) -> Double {
        let expiry: Double
        do throws(JOSEFault) {
            expiry = try JSONWebToken.expiry(of: claims, at: now, leeway: leeway)
        } catch {
            throw .invalid("times: \(error)")
        }
        guard expiry <= now + longestLife + leeway else {
            throw .invalid("it is good for longer than \(Int(longestLife)) seconds")
        }
        return expiry + leeway
    }

    /// `algorithm` is the only one that the client uses, where it says so.
    package func requireSignature(by keys: PublishedKeys, algorithm: String?) async throws(TokenRefusal) {
        guard algorithm == nil || algorithm == token.algorithm.rawValue else {
            throw .invalid("it is signed by another algorithm than its client uses")
        }
        try await keys.requireSignature(of: token)
    }
}
