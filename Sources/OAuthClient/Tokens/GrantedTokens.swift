import HTTP
import JSON
package import Logging
import Text

/// What a token endpoint has issued (RFC 6749 §5.1, RFC 8693 §2.2.1).
package struct GrantedTokens: Hashable, Sendable {
    package let access: Secret
    /// As the server writes it; nil where it does not say.
    package let type: String?
    /// How many seconds the access token is good; nil where neither the answer nor the token says.
    package let life: Double?
    package let refresh: Secret?
    /// What was granted, where that is not what was asked for.
    package let scope: String?
    /// Claims about the person (OpenID Connect), as they came over an authenticated connection.
    package let identity: Secret?
    /// What kind of token it is (RFC 8693), where the answer says.
    package let issuedType: String?

    /// `now` is when it came, in seconds since 1970.
    init(_ json: JSON, at now: Double) throws(GrantFault) {
        guard let text = json["access_token"]?.string, Self.isSendable(text) else {
            throw .unusable("its answer has no usable access token")
        }
        type = json["token_type"]?.string
        // RFC 8693 §2.2.1 has `N_A` for what is not used as an access token at its issuer.
        guard ["bearer", "n_a", nil].contains(type?.lowercased()) else {
            throw .unusable("its token is of another type than Bearer")
        }
        access = Secret(text)
        let stated = json["expires_in"]?.double ?? json["expires_in"]?.string.flatMap { Double($0) }
        let read = ReadableToken.expiry(of: text).map { $0 - now }
        let lives = [stated, read].compactMap { $0 }.filter { $0.isFinite }
        life = lives.min().map { max($0, 0) }
        refresh = json["refresh_token"]?.string.flatMap { Self.isSendable($0) ? Secret($0) : nil }
        scope = json["scope"]?.string
        identity = json["id_token"]?.string.map { Secret($0) }
        issuedType = json["issued_token_type"]?.string
    }

    private static func isSendable(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 65_536 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// Why a token endpoint has issued nothing.
package enum GrantFault: Error, Hashable, Sendable {
    /// The server says no; its own code, such as `invalid_grant`, or its status.
    case refused(code: String)
    /// It could not say, so that it may be asked again later.
    case unavailable(String)
    /// It answered with what cannot be used.
    case unusable(String)

    /// A reply that is no success.
    init(_ response: HTTPResponse) {
        let json = try? JSON(parsing: response.body)
        if let code = json?["error"]?.string, Self.isCode(code), !Self.isMomentary(response.status) {
            self = .refused(code: code)
        } else if [.badRequest, .unauthorized, .forbidden].contains(response.status) {
            self = .refused(code: "status \(response.status)")
        } else if Self.isMomentary(response.status) {
            self = .unavailable("it answered with status \(response.status)")
        } else {
            // A page that is not there, or a redirect, says nothing about what was asked for.
            self = .unusable("it answered with status \(response.status)")
        }
    }

    /// One end of a sentence that begins with who was asked; the code is the server's, nothing else of its answer is.
    package var reason: String {
        switch self {
        case .refused(let code): "it refuses (\(code))"
        case .unavailable(let reason), .unusable(let reason): reason
        }
    }

    package var code: String? { if case .refused(let code) = self { code } else { nil } }

    private static func isMomentary(_ status: HTTPStatus) -> Bool {
        status.rawValue >= 500 || status == .tooManyRequests || status == .requestTimeout
    }

    /// Only what looks like a code is repeated: a server may answer with the token that it was sent.
    private static func isCode(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 48
            && text.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "_") }
    }
}

/// What can be read in an access token without believing it.
enum ReadableToken {
    /// The `exp` of a token that is a JWT; it may shorten a token's life, and proves nothing.
    static func expiry(of token: String) -> Double? { claims(of: token)?["exp"]?.double }

    /// The claims of what looks like a JWT, not verified.
    static func claims(of token: String) -> JSON? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decodedStrictly(parts[1]) else { return nil }
        return try? JSON(parsing: bytes, within: JSON.Limits(depth: 16, values: 10_000))
    }
}
