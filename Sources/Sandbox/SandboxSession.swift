import Crypto
import HTTP
import JSON
import Text

/// Who is signed in: tokens that expire, and one live token per credential, as the real product does it.
///
/// Tokens are signed with a random key, so that a dead one differs from an invented one without keeping a list.
struct SandboxSession: Sendable {
    private struct Credential: Hashable {
        let token: String
        let secret: String
    }

    private struct Live {
        let text: String
        let expiry: Double
    }

    private let life: Double
    private let secret: String
    private let scheme: String
    /// Made at the first sign-in: the cryptographic library is opened then, not at start.
    private var key: [UInt8]?
    private var live: [Credential: Live] = [:]
    private var issued = 0

    init(life: Double, secret: String, scheme: String) {
        self.life = life
        self.secret = secret
        self.scheme = scheme
    }

    mutating func signIn(_ call: SandboxCall, at now: Double) -> HTTPResponse {
        guard let authorization = call.authorization, authorization.nonBlank != nil else {
            return .refusal(.badRequest, "Prefix missing Token")
        }
        guard let body = call.body, !call.rawBody.isEmpty else {
            return .refusal(.badRequest, "The body must be a JSON object with userToken and userSecret")
        }
        let credential = Credential(token: body["userToken"]?.string ?? "", secret: body["userSecret"]?.string ?? "")
        guard credential.token.nonBlank != nil, credential.secret == secret else {
            return .refusal(.unauthorized, "Invalid user token or secret")
        }
        do {
            let token = try issuedToken(at: now)
            live[credential] = token
            return .json(["token": .string(token.text)])
        } catch {
            return .refusal(.internalServerError, error.description)
        }
    }

    /// Why this `Authorization` field does not let its bearer in; nil when it does.
    func refusal(of authorization: String?, at now: Double) -> HTTPResponse? {
        let words = authorization?.split(separator: " ", maxSplits: 1) ?? []
        guard words.count == 2, words[0].lowercased() == scheme.lowercased() else { return Self.unauthorized }
        let token = String(words[1])
        if let known = live.values.first(where: { $0.text == token }) {
            return known.expiry > now ? nil : Self.unauthorized
        }
        guard let expiry = genuineExpiry(of: token), expiry > now else { return Self.unauthorized }
        return Self.superseded
    }

    static let unauthorized = HTTPResponse.json(["message": "Unauthorized"], status: .unauthorized)
    static let superseded = HTTPResponse.json(
        ["message": "Invalid token, please generate a new token"],
        status: .badRequest
    )
}

extension SandboxSession {
    private mutating func issuedToken(at now: Double) throws(CryptoUnavailable) -> Live {
        let key = try signingKey()
        issued += 1
        let expiry = (now + life).rounded(.up)
        let payload: JSON = [
            "sub": "sandbox", "iat": .int(Int(now)), "exp": .int(Int(expiry)), "jti": .string(String(issued)),
        ]
        let header: JSON = ["alg": "HS256", "typ": "JWT"]
        let signed = [header, payload].map { Base64.encoded($0.bytes, .urlSafe) }.joined(separator: ".")
        let signature = try Crypto.authentication(of: Array(signed.utf8), key: key)
        return Live(text: signed + "." + Base64.encoded(signature, .urlSafe), expiry: expiry)
    }

    private mutating func signingKey() throws(CryptoUnavailable) -> [UInt8] {
        if let key { return key }
        let fresh = try Crypto.randomBytes(32)
        key = fresh
        return fresh
    }

    /// When a token of ours ends; nil for one that we never signed.
    private func genuineExpiry(of token: String) -> Double? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard let key, parts.count == 3, let signature = Base64.decoded(parts[2]),
            let expected = try? Crypto.authentication(of: Array("\(parts[0]).\(parts[1])".utf8), key: key),
            signature == expected, let payload = Base64.decoded(parts[1])
        else { return nil }
        return (try? JSON(parsing: payload))?["exp"]?.double
    }
}
