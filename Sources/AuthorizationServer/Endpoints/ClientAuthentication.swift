import Crypto
import HTTP
import Logging
import OAuth
import Text

/// How a request says which client it is from (RFC 6749 §2.3.1).
struct ClientAuthentication: Sendable {
    let id: String
    let secret: Secret?
    let method: OAuthClient.Authentication

    init(_ form: FormFields, _ fields: HTTPFields) throws(OAuthError) {
        let header = fields.values("Authorization")
        guard header.count < 2 else {
            throw OAuthError(.invalidRequest, "Authorization came more than once. Send it once.")
        }
        guard let text = header.first else {
            guard let id = form["client_id"] else { throw .unknownClient }
            self.id = id
            secret = form["client_secret"].map { Secret($0) }
            method = secret == nil ? .none : .secretInBody
            return
        }
        guard let (id, secret) = Self.basic(text) else { throw .unknownClient }
        guard form["client_secret"] == nil, form["client_id"] ?? id == id else {
            throw OAuthError(.invalidRequest, "The client proves itself in two ways. Send one of them.")
        }
        self.id = id
        self.secret = Secret(secret)
        method = .secretInHeader
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

    /// Exactly as it is registered.
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
}
