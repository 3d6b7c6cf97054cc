import OAuth
import Text

/// What a client asks of a person through their browser (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2).
struct AuthorizationRequest: Hashable, Sendable {
    let state: String?
    let challenge: String
    let scopes: [String]
    let resource: String

    /// Where it would go, which has to be good before anything is said to anyone there.
    struct Target: Hashable, Sendable {
        let client: String
        let redirect: String

        /// Nil where one of the two is missing or came twice.
        init?(_ fields: FormFields) {
            guard fields.repeated.isDisjoint(with: ["client_id", "redirect_uri"]), let client = fields["client_id"],
                let redirect = fields["redirect_uri"]
            else { return nil }
            self.client = client
            self.redirect = redirect
        }
    }

    /// What it is refused for is said to the client.
    init(_ fields: FormFields, _ configuration: AuthorizationServerConfiguration) throws(OAuthError) {
        guard fields.repeated.isEmpty else {
            throw OAuthError(.invalidRequest, "A parameter came more than once. Send each once.")
        }
        try Self.checkType(fields)
        guard fields["state"].map({ $0.utf8.count <= Self.longestState }) ?? true else {
            throw OAuthError(.invalidRequest, "state is longer than \(Self.longestState) bytes. Send less.")
        }
        state = fields["state"]
        challenge = try Self.challenge(fields)
        resource = try configuration.resource(named: fields["resource"])
        scopes = configuration.scopes(asked: fields["scope"])
    }

    /// It is kept while a person signs in.
    private static let longestState = 4096

    private static func checkType(_ fields: FormFields) throws(OAuthError) {
        if fields["request"] != nil {
            throw OAuthError(.requestNotSupported, "Request objects are not served. Send the parameters themselves.")
        }
        if fields["request_uri"] != nil {
            throw OAuthError(.requestURINotSupported, "Request objects are not served. Send the parameters themselves.")
        }
        guard let type = fields["response_type"] else {
            throw OAuthError(.invalidRequest, "response_type is missing. Send response_type=code.")
        }
        guard type == "code" else {
            throw OAuthError(.unsupportedResponseType, "That response type is not served. Send response_type=code.")
        }
        if let mode = fields["response_mode"], mode != "query" {
            throw OAuthError(.invalidRequest, "That response mode is not served. Leave it out, or send query.")
        }
        if fields["prompt"]?.split(separator: " ").contains("none") == true {
            throw OAuthError(.loginRequired, "A person has to sign in each time. Send the request without prompt=none.")
        }
    }

    /// A missing method would mean `plain`, which is no protection (RFC 9700 §2.1.1).
    private static func challenge(_ fields: FormFields) throws(OAuthError) -> String {
        guard fields["code_challenge_method"] == "S256", let challenge = fields["code_challenge"],
            challenge.utf8.count == 43, challenge.utf8.allSatisfy(\.isURLSafe)
        else {
            throw OAuthError(
                .invalidRequest,
                "There is no usable code challenge. Send code_challenge with 43 characters, and code_challenge_method=S256."
            )
        }
        return challenge
    }
}

extension UInt8 {
    /// Whether Base64 for addresses has it.
    var isURLSafe: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

extension AuthorizationServerConfiguration {
    /// The accepted resource that is meant; the first where none is named.
    func resource(named text: String?) throws(OAuthError) -> String {
        guard let text else { return resources.first ?? issuer }
        let wanted = Self.comparable(text)
        guard let found = resources.first(where: { Self.comparable($0) == wanted }) else {
            throw OAuthError(
                .invalidTarget,
                "This server issues no tokens for that resource. Name the address of this server."
            )
        }
        return found
    }

    /// Scheme and host in small letters, and without one slash at the end.
    private static func comparable(_ text: String) -> String {
        guard let mark = text.range(ofFirst: "://") else { return text }
        let authority = text[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let rest = text[authority.endIndex...]
        return text[..<authority.endIndex].lowercased() + (rest.hasSuffix("/") ? rest.dropLast() : rest)
    }

    /// Those that are known, in our order; the usual ones where none is.
    func scopes(asked text: String?) -> [String] {
        let asked = Set((text ?? "").split(separator: " ").map { String($0) })
        let known = scopes.filter { asked.contains($0) }
        return known.isEmpty ? scopes.filter { defaultScopes.contains($0) } : known
    }
}
