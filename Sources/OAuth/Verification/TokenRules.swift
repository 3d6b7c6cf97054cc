import JOSE
package import JSON
package import Logging
import Text

/// What an access token has to say to be taken (RFC 9068 §4, RFC 8725 §3).
package struct TokenRules: Sendable {
    /// Whom tokens have to be for: this server, by each name it has (RFC 8707 §2); nil where it does not matter, since they are
    /// only looked at on their way to someone else.
    package var audiences: [String]?
    /// Whether the client counts as the audience of a token that names none.
    package var takesClientAsAudience: Bool
    /// The only clients whose tokens are taken; nil for all.
    package var clients: [String]?
    /// The roles and permissions that count as scopes.
    package var roles: Set<String>
    /// Whether a token has to say in its header that it is an access token.
    package var requiresAccessTokenType: Bool
    /// By how many seconds the clocks may differ.
    package var leeway: Double

    package init(
        audiences: [String]?,
        takesClientAsAudience: Bool = false,
        clients: [String]? = nil,
        roles: Set<String> = [],
        requiresAccessTokenType: Bool = false,
        leeway: Double = 60
    ) {
        self.audiences = audiences
        self.takesClientAsAudience = takesClientAsAudience
        self.clients = clients
        self.roles = roles
        self.requiresAccessTokenType = requiresAccessTokenType
        self.leeway = leeway
    }

    /// Whether the `typ` of a header is that of an access token; ID tokens and assertions have others (RFC 9068 §2.1).
    func requireType(_ type: String?) throws(TokenRefusal) {
        switch type {
        case "at+jwt": break
        case "jwt" where !requiresAccessTokenType, nil where !requiresAccessTokenType: break
        default: throw .invalid("the token is of another type")
        }
    }

    /// The access token that these claims make, no matter who vouches for them.
    package func accessToken(
        _ claims: JSON,
        issuer: String,
        text: Secret,
        at now: Double
    ) throws(TokenRefusal) -> AccessToken {
        try Self.checkKind(claims)
        let client = Self.client(claims)
        try requireAudience(claims["aud"], client: client)
        try requireClient(client)
        return AccessToken(
            issuer: issuer,
            subject: try Self.subject(claims, issuer: issuer),
            scopes: scopes(claims),
            client: client,
            expiry: try expiry(claims, at: now),
            claims: claims,
            text: text
        )
    }

    func requireClient(_ client: String?) throws(TokenRefusal) {
        guard let clients, !clients.contains(where: { client?.isIdentical(to: $0) == true }) else { return }
        throw .invalid("its client is not among those that are allowed")
    }

    func expiry(_ claims: JSON, at now: Double) throws(TokenRefusal) -> Double {
        do throws(JOSEFault) {
            return try JSONWebToken.expiry(of: claims, at: now, leeway: leeway)
        } catch {
            throw .invalid("times: \(error)")
        }
    }

    /// Refuses ID tokens, refresh tokens, events, and tokens that only the holder of a key may use (RFC 9449, RFC 8705).
    static func checkKind(_ claims: JSON) throws(TokenRefusal) {
        for name in ["nonce", "at_hash", "c_hash", "events"] where claims[name] != nil {
            throw .invalid("it is no access token: it has `\(name)`")
        }
        if let use = claims["token_use"], use.string != "access" { throw .invalid("its `token_use` is another") }
        // Keycloak names the kind among the claims.
        if let type = claims["typ"], type.string != "Bearer" { throw .invalid("its `typ` is another") }
        if claims["cnf"] != nil { throw .invalid("it is bound to a key, which is not supported") }
    }

    func requireAudience(_ audience: JSON?, client: String?) throws(TokenRefusal) {
        guard let audiences else { return }
        let names = { (name: String) in audiences.contains { $0.isIdentical(to: name) } }
        guard let audience else {
            guard takesClientAsAudience, let client, names(client) else { throw .invalid("it names no audience") }
            return
        }
        let named = audience.string.map { [$0] } ?? audience.array?.compactMap { $0.string } ?? []
        guard !named.isEmpty, named.count == audience.array?.count ?? 1 else {
            throw .invalid("its audience is not a text or a list of texts")
        }
        guard named.contains(where: names) else { throw .invalid("it is for another audience") }
    }

    /// As RFC 8693 §4.3 names it, OpenID Connect, Entra v1 and Okta.
    package static func client(_ claims: JSON) -> String? {
        ["client_id", "azp", "appid", "cid"].lazy.compactMap { claims[$0]?.string }.first
    }

    private static let longestSubject = 512

    /// In ASCII, so that no two subjects are equal as texts that differ in their bytes.
    static func subject(_ claims: JSON, issuer: String) throws(TokenRefusal) -> String {
        let named = EntraIssuer.isEntra(issuer) ? EntraIssuer.subject(claims, issuer: issuer) : claims["sub"]?.string
        guard let named, !named.isEmpty else { throw .invalid("it does not say who it is for") }
        // What stands for half a character may stand for another's half.
        guard named.utf8.count <= longestSubject, !named.unicodeScalars.contains(where: { $0 == "\u{FFFD}" }),
            !named.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { throw .invalid("its subject is too long, or holds what cannot be written") }
        return PercentEncoding.encoded(named) { $0 >= 0x80 || $0 == UInt8(ascii: "%") }
    }

    /// `scope` (RFC 9068 §2.2.3), `scp` of Okta and Entra, and those of `permissions` and `roles` that count.
    package func scopes(_ claims: JSON) -> Set<String> {
        func texts(_ name: String) -> [String] {
            let value = claims[name]
            return value?.string?.split(separator: " ").map { String($0) } ?? value?.array?.compactMap { $0.string }
                ?? []
        }
        let granted = texts("scope") + texts("scp")
        let held = (texts("permissions") + texts("roles")).filter { roles.contains($0) }
        // A scope is printable ASCII (RFC 6749 §3.3).
        return Set((granted + held).filter { $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
    }
}
