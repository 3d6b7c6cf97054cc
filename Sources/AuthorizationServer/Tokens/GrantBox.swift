import Crypto

/// Seals what a grant holds, so that only its live tokens open it.
///
/// The content is under a data key of the grant, and that under a key for each token, which takes the token's secret
/// and the server's key. Who has the store and the server's keys has neither.
struct GrantBox {
    let dataKey: [UInt8]

    /// For a new grant.
    init() throws(CryptoUnavailable) { dataKey = try Crypto.randomBytes(32) }

    /// Nil when the token does not open it.
    init?(_ key: WrappedKey, of token: OpaqueToken, _ keys: KeySets) throws(CryptoUnavailable) {
        guard let set = keys[key.keySet],
            let dataKey = try Crypto.opened(
                key.bytes,
                key: Self.wrappingKey(of: token, set),
                context: Self.context(of: token)
            )
        else { return nil }
        self.dataKey = dataKey
    }

    func wrapped(for token: OpaqueToken, _ set: KeySet) throws(CryptoUnavailable) -> WrappedKey {
        let key = try Self.wrappingKey(of: token, set)
        return WrappedKey(keySet: set.id, bytes: try Crypto.sealed(dataKey, key: key, context: Self.context(of: token)))
    }

    func sealed(_ content: [UInt8], of grant: String, issuer: String) throws(CryptoUnavailable) -> [UInt8] {
        try Crypto.sealed(content, key: dataKey, context: Self.context(of: grant, issuer))
    }

    /// Nil for what belongs to another grant or another server.
    func opened(_ box: [UInt8], of grant: String, issuer: String) throws(CryptoUnavailable) -> [UInt8]? {
        try Crypto.opened(box, key: dataKey, context: Self.context(of: grant, issuer))
    }

    /// HKDF (RFC 5869) of the token's secret, with the server's key as salt.
    private static func wrappingKey(of token: OpaqueToken, _ set: KeySet) throws(CryptoUnavailable) -> [UInt8] {
        let secret = try Crypto.authentication(of: token.secret, key: set.seal)
        return try Crypto.derivedKey(from: secret, purpose: "\(token.kind.rawValue) \(token.grant)")
    }

    private static func context(of token: OpaqueToken) -> [UInt8] {
        Array("\(token.kind.rawValue) \(token.grant)".utf8)
    }

    private static func context(of grant: String, _ issuer: String) -> [UInt8] { Array("1 \(grant) \(issuer)".utf8) }
}
