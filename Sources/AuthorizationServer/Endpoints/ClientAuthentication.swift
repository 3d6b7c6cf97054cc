import Crypto
import HTTP
import Logging
import OAuth
import Text

/// How a request says which client it is from (RFC 6749 §2.3.1, RFC 7521 §4.2).
struct ClientAuthentication: Sendable {
    let id: String
    let secret: Secret?
    let assertion: ClientAssertion?
    let method: OAuthClient.Authentication

    /// `issuer` is this server, `now` a moment in seconds since 1970.
    init(_ form: FormFields, _ fields: HTTPFields, issuer: String, at now: Double) throws(OAuthError) {
        let header = fields.values("Authorization")
        guard header.count < 2 else {
            throw OAuthError(.invalidRequest, "Authorization came more than once. Send it once.")
        }
        if let text = form["client_assertion"] {
            guard header.isEmpty, form["client_secret"] == nil else { throw .twoProofs }
            let assertion = try Self.assertion(Secret(text), form, issuer, at: now)
            guard form["client_id"] ?? assertion.client == assertion.client else { throw .unknownClient }
            (id, secret, self.assertion, method) = (assertion.client, nil, assertion, .signedAssertion)
            return
        }
        assertion = nil
        guard let text = header.first else {
            guard let id = form["client_id"] else { throw .unknownClient }
            self.id = id
            secret = form["client_secret"].map { Secret($0) }
            method = secret == nil ? .none : .secretInBody
            return
        }
        guard let (id, secret) = Self.basic(text) else { throw .unknownClient }
        guard form["client_secret"] == nil, form["client_id"] ?? id == id else {
            throw .twoProofs
        }
        self.id = id
        self.secret = Secret(secret)
        method = .secretInHeader
    }

    private static func assertion(
        _ text: Secret,
        _ form: FormFields,
        _ issuer: String,
        at now: Double
    ) throws(OAuthError) -> ClientAssertion {
        guard form["client_assertion_type"] == ClientAssertion.type else {
            throw OAuthError(
                .invalidRequest,
                "client_assertion_type is missing or not served. Send \(ClientAssertion.type)."
            )
        }
        do throws(TokenRefusal) {
            return try ClientAssertion(text, for: [issuer, issuer + "/token"], at: now)
        } catch {
            throw .badProof(error)
        }
    }

    /// Both parts are encoded as forms are.
    private static func basic(_ text: String) -> (String, String)? {
        guard text.prefix(6).lowercased() == "basic ", let bytes = Base64.decoded(text.dropFirst(6).trimmed),
            let pair = String(validating: bytes, as: UTF8.self), let colon = pair.firstIndex(of: ":")
        else { return nil }
        let parts = [pair[..<colon], pair[colon...].dropFirst()].map { part in
            PercentEncoding.decoded(part.replacing(every: "+", with: " "))
        }
        guard let id = parts[0], let secret = parts[1], !id.isEmpty else { return nil }
        return (id, secret)
    }

    /// Exactly as it is registered; whose key has signed an assertion is to be looked at besides.
    func proves(_ client: OAuthClient) throws(CryptoUnavailable) -> Bool {
        guard client.authentication.contains(method) else { return false }
        guard let digest = client.secretDigest else { return secret == nil }
        guard let secret else { return false }
        return areEqual(try Crypto.digest(Array(secret.revealed.utf8)), digest)
    }
}

extension OAuthError {
    static let unknownClient = OAuthError(
        .invalidClient,
        "The client is unknown here, or did not prove itself as it is registered. Register again."
    )

    fileprivate static let twoProofs = OAuthError(
        .invalidRequest,
        "The client proves itself in two ways. Send one of them."
    )

    /// What a client has signed is not good, or cannot be looked at now.
    static func badProof(_ refusal: TokenRefusal) -> OAuthError {
        switch refusal {
        case .invalid(let why): OAuthError(.invalidClient, unknownClient.description, cause: why)
        case .unavailable(let why):
            OAuthError(
                .temporarilyUnavailable,
                "The keys of the client cannot be fetched now. Try again in a minute.",
                cause: why
            )
        }
    }
}
