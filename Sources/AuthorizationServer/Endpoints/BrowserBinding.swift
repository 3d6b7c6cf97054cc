import Crypto
import HTTP
import Text

/// Ties what a browser began to that browser: a cookie for each, and a form that only a page for that cookie has.
struct BrowserBinding: Sendable {
    /// Of what was begun; not secret.
    let id: String
    /// The value of its cookie.
    let secret: String

    init() throws(CryptoUnavailable) {
        id = Base64.encoded(try Crypto.randomBytes(16), .urlSafe)
        secret = Base64.encoded(try Crypto.randomBytes(32), .urlSafe)
    }

    /// What the request brings for `id`; nil without its cookie.
    init?(_ id: String?, in request: EndpointRequest, isSecure: Bool) {
        guard let id, id.utf8.count == 22, id.utf8.allSatisfy(\.isURLSafe),
            let secret = request.cookie(Self.cookieName(id, isSecure: isSecure)), secret.utf8.count == 43
        else { return nil }
        self.id = id
        self.secret = secret
    }

    /// What a form for this cookie carries.
    func formCheck(_ set: KeySet) throws(CryptoUnavailable) -> String {
        Base64.encoded(try Crypto.authentication(of: Array("form \(id) \(secret)".utf8), key: set.cookie), .urlSafe)
    }

    func isGood(_ check: String?, _ keys: KeySets) throws(CryptoUnavailable) -> Bool {
        guard let check else { return false }
        for set in keys.sets where areEqual(Array(try formCheck(set).utf8), Array(check.utf8)) { return true }
        return false
    }

    /// Sealed so that only who has the cookie opens it.
    func sealed(_ plain: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        try Crypto.sealed(plain, key: try key, context: Array(id.utf8))
    }

    func opened(_ sealed: [UInt8]) throws(CryptoUnavailable) -> [UInt8]? {
        try Crypto.opened(sealed, key: try key, context: Array(id.utf8))
    }

    private var key: [UInt8] {
        get throws(CryptoUnavailable) {
            try Crypto.derivedKey(from: Array(secret.utf8), purpose: "authorization server: browser")
        }
    }

    static let life = 15 * 60

    /// A name of its own for each, so that two sign-ins in two tabs do not meet (RFC 6265bis §4.1.3.2).
    private static func cookieName(_ id: String, isSecure: Bool) -> String {
        (isSecure ? "__Host-" : "") + "oe_txn_" + id.prefix(12)
    }

    func cookie(isSecure: Bool) -> String { cookie(secret, Self.life, isSecure) }

    func cookieEnd(isSecure: Bool) -> String { cookie("", 0, isSecure) }

    private func cookie(_ value: String, _ life: Int, _ isSecure: Bool) -> String {
        "\(Self.cookieName(id, isSecure: isSecure))=\(value); Path=/; Max-Age=\(life); HttpOnly; SameSite=Lax"
            + (isSecure ? "; Secure" : "")
    }
}
