import Clock
import JOSE
import JSON
import Logging
import OAuth
import Settings
import Text

/// A person's access token compared with the settings, claim by claim; of the token itself nothing is shown.
struct TokenExamination: Sendable {
    private let settings: OAuthSettings
    private let keys: [String: JSONWebKeySet]
    private let now: Double

    /// `keys` are those of each issuer, as far as they could be got.
    init(_ settings: OAuthSettings, keys: [String: JSONWebKeySet], now: Double = SystemClock.secondsSince1970()) {
        self.settings = settings
        self.keys = keys
        self.now = now
    }

    func checks(of text: Secret) -> [RemoteCheck] {
        let token: JSONWebToken
        do throws(JOSEFault) { token = try JSONWebToken(text.revealed) } catch {
            guard settings.provider.introspectionURL == nil else {
                return [.ok("token form", "not a JWT, and asked about at OAUTH_INTROSPECTION_URL")]
            }
            return [.failed("token form", "it cannot be read: \(error)", remedy: Self.otherForm)]
        }
        let issuer = token.claims["iss"]?.string
        return [.ok("token form", "a JWT, \(token.algorithm.rawValue)"), self.issuer(issuer)]
            + TokenRules.Part.allCases.map { verdict(on: $0, token, issuer ?? "") }
            + [scopes(token), signature(token, issuer)]
    }

    private static let otherForm = """
        Have the identity provider give a signed JWT for the audience of this server, or set OAUTH_INTROSPECTION_URL.
        """

    private func issuer(_ issuer: String?) -> RemoteCheck {
        let name = "token issuer (iss)"
        let trusted = settings.provider.issuers
        guard let issuer else {
            let remedy = "Present an access token of \(trusted.first ?? "the identity provider")."
            return .failed(name, "it is missing", remedy: remedy)
        }
        if trusted.contains(where: { $0.isIdentical(to: issuer) }) { return .ok(name, issuer) }
        let near = trusted.first { $0 + "/" == issuer || issuer + "/" == $0 }
        let detail = near.map { "\(issuer), where the settings have \($0): they differ by the slash at the end" }
        let remedy = "Write OAUTH_ISSUER=\(issuer), if that is your identity provider."
        return .failed(name, detail ?? "\(issuer) is not trusted", remedy: remedy)
    }

    private func verdict(on part: TokenRules.Part, _ token: JSONWebToken, _ issuer: String) -> RemoteCheck {
        let name = "token \(part.name)"
        let shown = part.shown(of: token)
        switch TokenRules(settings).refusal(for: part, of: token, issuer: issuer, at: now) {
        case nil: return .ok(name, shown)
        case .invalid(let why)?, .unavailable(let why)?:
            return .failed(name, "\(shown): \(why)", remedy: part.remedy(settings.provider, token))
        }
    }

    private func scopes(_ token: JSONWebToken) -> RemoteCheck {
        let name = "token scopes"
        let theirs = TokenRules(settings).scopes(token.claims)
        let ours = settings.granted(theirs)
        let written = theirs.isEmpty ? "none" : theirs.sorted().joined(separator: " ")
        guard !ours.isEmpty else {
            let remedy = """
                Have the identity provider grant \(CatalogScope.read.rawValue), or say in OAUTH_SCOPE_MAP which of its \
                scopes stands for it.
                """
            return .failed(name, "\(written), of which none stands for a scope of this server", remedy: remedy)
        }
        return .ok(name, "\(written), good for \(ours.sorted().joined(separator: " "))")
    }

    private func signature(_ token: JSONWebToken, _ issuer: String?) -> RemoteCheck {
        let name = "token signature"
        guard let issuer, let keys = keys[issuer] else {
            let remedy = "Correct the lines about the provider and the issuer first."
            return .skipped(name, "not verified without the keys of its issuer", remedy: remedy)
        }
        if keys.hasSigned(token) { return .ok(name, "made by a key of the issuer") }
        let detail = keys.names(token) ? "it is wrong" : "the issuer has no key that it could be made by"
        return .failed(name, detail, remedy: "Get a new token from the identity provider, and present it whole.")
    }
}

extension TokenRules.Part {
    fileprivate var name: String {
        switch self {
        case .type: "type (typ)"
        case .kind: "kind"
        case .audience: "audience (aud)"
        case .client: "client"
        case .subject: "subject (sub)"
        case .times: "times (exp, nbf, iat)"
        }
    }

    /// What the token has, as far as it says nothing of a person.
    fileprivate func shown(of token: JSONWebToken) -> String {
        let claims = token.claims
        return switch self {
        case .type: token.type ?? "none"
        case .kind: "as its claims show"
        case .audience:
            claims["aud"]?.string ?? (claims["aud"]?.array ?? ["none"]).map { $0.string ?? "?" }.joined(separator: ", ")
        case .client: TokenRules.client(claims) ?? "not named"
        case .subject: "as its claims show"
        case .times: "exp \(claims["exp"]?.text ?? "none")"
        }
    }

    fileprivate func remedy(_ provider: ProviderSettings, _ token: JSONWebToken) -> String {
        let audiences = provider.audience?.texts.joined(separator: ", ") ?? "nothing"
        return switch self {
        case .type: "Present an access token; for one without the type at+jwt, set OAUTH_REQUIRE_AT_JWT=false."
        case .kind: "Present an access token of a client, and not an ID token."
        case .audience where token.claims["aud"] == nil:
            """
            Have the identity provider write OAUTH_AUDIENCE (\(audiences)) into aud, or set OAUTH_AUDIENCE_CLAIM=client_id \
            where it never writes one.
            """
        case .audience:
            "OAUTH_AUDIENCE has \(audiences): have the identity provider write that into aud, or change the setting."
        case .client: "Add it to OAUTH_ALLOWED_CLIENTS, if its people may use this server."
        case .subject: "Present a token of a person, with sub (Entra: tid and oid)."
        case .times: "Get a new token, and check the clock of this machine."
        }
    }
}

/// A token of this server's own sign-in, which only the server can read.
struct OwnTokenForm: Hashable, Sendable {
    /// Nil where it may be an access token.
    static func fault(of token: Secret) -> String? {
        switch token.revealed.prefix(5) {
        case "oeat_": nil
        case "oert_": "it is a refresh token, which is for /token alone"
        case "oeac_": "it is a code, which is for /token alone"
        default: "it is no access token of this server"
        }
    }
}
