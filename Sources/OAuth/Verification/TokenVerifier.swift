import Clock
import JOSE
import JSON
package import Logging
import Synchronization

/// Verifies access tokens of identity providers: JSON Web Tokens by the keys of their issuer (RFC 9068), or each token by
/// asking the provider (RFC 7662), and never the one where the other fails.
package final class TokenVerifier: Sendable {
    private let rules: TokenRules
    private let issuers: TrustedIssuers
    private let introspection: Introspection?
    private let keptSeconds: Double
    private let now: @Sendable () -> Double
    private let granted: @Sendable (Set<String>) -> Set<String>
    private let verified = Mutex(TokenCache<AccessToken>())

    /// A token is not kept for longer, since its issuer may have withdrawn it.
    package static let mostKeptSeconds = 60.0

    /// `keptSeconds` is for how long a token that was verified is not verified again.
    ///
    /// `granted` is what the scopes are here that a token names.
    package init(
        _ rules: TokenRules,
        issuers: TrustedIssuers,
        introspection: Introspection? = nil,
        keptSeconds: Double = mostKeptSeconds,
        granted: @escaping @Sendable (Set<String>) -> Set<String> = { $0 },
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970
    ) {
        self.rules = rules
        self.issuers = issuers
        self.introspection = introspection
        self.keptSeconds = min(keptSeconds, Self.mostKeptSeconds)
        self.granted = granted
        self.now = now
    }

    func known(_ token: Secret) throws(TokenRefusal) -> AccessToken? {
        try Self.requireLength(of: token)
        let now = now()
        return verified.withLock { $0.kept(token, at: now) }
    }

    /// What is known, or can be verified, without asking anyone: nil where someone has to be asked.
    ///
    /// Called on the library's thread, so it must not wait.
    package func verifyAtHand(_ token: Secret) throws(TokenRefusal) -> AccessToken? {
        if let known = try known(token) { return known }
        guard introspection == nil else { return nil }
        let now = now()
        let (parts, issuer, result) = try claims(of: token, at: now)
        switch issuer.keys.haveSignedAtHand(parts) {
        case true?: return kept(result, since: now)
        case false?: throw .notSigned
        case nil: return nil
        }
    }

    package func verify(_ token: Secret) async throws(TokenRefusal) -> AccessToken {
        if let known = try known(token) { return known }
        let before = now()
        let result =
            if let introspection { try await introspected(token, by: introspection) } else { try await read(token) }
        return kept(result, since: before)
    }

    private func kept(_ token: AccessToken, since before: Double) -> AccessToken {
        var result = token
        result.scopes = granted(token.scopes)
        // A token is good for a while after its end, by the leeway; then it is verified each time.
        let end = min(before + keptSeconds, result.expiry)
        verified.withLock { $0.insert(result, for: token.text, until: end) }
        return result
    }

    private static func requireLength(of token: Secret) throws(TokenRefusal) {
        guard token.revealed.utf8.count <= JSONWebToken.longest else { throw .invalid("it is too long") }
    }

    private func read(_ text: Secret) async throws(TokenRefusal) -> AccessToken {
        let (token, issuer, result) = try claims(of: text, at: now())
        try await issuer.keys.requireSignature(of: token)
        return result
    }

    /// All that its text says is checked before anyone is asked for a key.
    private func claims(
        of text: Secret,
        at now: Double
    ) throws(TokenRefusal) -> (JSONWebToken, TrustedIssuer, AccessToken) {
        let token = try JSONWebToken.read(text)
        guard let issuer = issuers[token.claims["iss"]?.string] else { throw .invalid("its issuer is not trusted") }
        try rules.requireType(token.type)
        return (token, issuer, try rules.accessToken(token.claims, issuer: issuer.name, text: text, at: now))
    }

    private func introspected(
        _ text: Secret,
        by introspection: Introspection
    ) async throws(TokenRefusal) -> AccessToken {
        if let token = try? JSONWebToken(text.revealed) {
            try rules.requireType(token.type)
            // No provider is shown a token of another.
            if let named = token.claims["iss"], issuers[named.string] == nil {
                throw .invalid("its issuer is not trusted")
            }
        }
        let claims: JSON?
        do throws(ProviderFailure) {
            claims = try await introspection.claims(of: text)
        } catch {
            throw .unavailable("\(error)")
        }
        guard let claims else { throw .invalid("the identity provider says that it is not active") }
        // The answer may leave out who the issuer is: the one that was asked.
        let issuer = claims["iss"] == nil ? issuers.first : issuers[claims["iss"]?.string]
        guard let issuer else { throw .invalid("its issuer is not trusted") }
        return try rules.accessToken(claims, issuer: issuer.name, text: text, at: now())
    }
}

extension JSONWebToken {
    static func read(_ text: Secret) throws(TokenRefusal) -> JSONWebToken {
        do throws(JOSEFault) {
            return try JSONWebToken(text.revealed)
        } catch {
            throw .invalid("it cannot be read: \(error)")
        }
    }
}
