package import Crypto
package import Logging
import Text

/// A code, an access token or a refresh token as it travels: kind, grant, secret and a keyed checksum.
///
/// `oeat_` + 22 characters + `_` + 43 characters + 8 characters; by the last, what was made up is known.
package struct OpaqueToken: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case code = "oeac"
        case access = "oeat"
        case refresh = "oert"
    }

    package let kind: Kind
    package let grant: String
    /// 32 bytes.
    let secret: [UInt8]

    private static let (grantLength, secretLength, checksumLength) = (22, 43, 8)

    init(_ kind: Kind, of grant: String, secret: [UInt8]) {
        self.kind = kind
        self.grant = grant
        self.secret = secret
    }

    static func new(_ kind: Kind, of grant: String) throws(CryptoUnavailable) -> OpaqueToken {
        OpaqueToken(kind, of: grant, secret: try Crypto.randomBytes(32))
    }

    static func newGrantID() throws(CryptoUnavailable) -> String {
        Base64.encoded(try Crypto.randomBytes(16), .urlSafe)
    }

    /// Nil for anything that was not made by one of these key sets.
    package init?(_ text: Secret, _ keys: KeySets) throws(CryptoUnavailable) {
        guard let (token, checksum) = Self.parts(of: text.revealed) else { return nil }
        for set in keys.sets where try areEqual(Array(token.checksum(set).utf8), checksum) {
            self = token
            return
        }
        return nil
    }

    package func written(with set: KeySet) throws(CryptoUnavailable) -> Secret {
        Secret(unchecked + (try checksum(set)))
    }

    /// By which the store knows it.
    var hash: [UInt8] { get throws(CryptoUnavailable) { try Crypto.digest(secret) } }

    private var unchecked: String { "\(kind.rawValue)_\(grant)_\(Base64.encoded(secret, .urlSafe))" }

    private func checksum(_ set: KeySet) throws(CryptoUnavailable) -> String {
        let digest = try Crypto.authentication(of: Array(unchecked.utf8), key: set.token)
        return Base64.encoded(Array(digest.prefix(Self.checksumLength * 6 / 8)), .urlSafe)
    }

    /// What has the shape of a token, and the checksum it brings.
    private static func parts(of text: String) -> (OpaqueToken, [UInt8])? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5 + grantLength + 1 + secretLength + checksumLength,
            let kind = Kind(rawValue: String(decoding: bytes[..<4], as: UTF8.self)),
            bytes[4] == UInt8(ascii: "_"), bytes[5 + grantLength] == UInt8(ascii: "_")
        else { return nil }
        let grant = String(decoding: bytes[5..<5 + grantLength], as: UTF8.self)
        let end = bytes.count - checksumLength
        guard let id = Base64.decoded(grant), id.count == 16, Base64.encoded(id, .urlSafe) == grant,
            let secret = Base64.decoded(String(decoding: bytes[(6 + grantLength)..<end], as: UTF8.self)),
            secret.count == 32
        else { return nil }
        return (OpaqueToken(kind, of: grant, secret: secret), Array(bytes[end...]))
    }
}

/// Takes as long for bytes that differ as for equal ones.
func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}
