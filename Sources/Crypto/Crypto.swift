/// Digests, seals and random bytes, as functions on bytes.
///
/// The work is done by OpenSSL's libcrypto on Linux and by CryptoKit on macOS; no cryptography is written here.
package enum Crypto {
    /// SHA-256: 32 bytes.
    package static func digest(_ bytes: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        try Backend.digest(bytes)
    }

    /// HMAC-SHA256: 32 bytes.
    package static func authentication(of bytes: [UInt8], key: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        try Backend.authentication(of: bytes, key: key)
    }

    /// HKDF-SHA256 (RFC 5869): a 32-byte key for one `purpose`.
    package static func derivedKey(
        from secret: [UInt8],
        salt: [UInt8] = [],
        purpose: String
    ) throws(CryptoUnavailable) -> [UInt8] {
        try Backend.derivedKey(from: secret, salt: salt, purpose: Array(purpose.utf8))
    }

    /// Takes as long wherever the first difference is, so that no secret can be guessed byte by byte.
    package static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        // `|` and `^` bind alike: without the parentheses a later byte could take a difference back.
        return one.indices.reduce(UInt8(0)) { $0 | (one[$1] ^ other[$1]) } == 0
    }

    /// AES-256-GCM: a random 12-byte nonce, the sealed bytes, a 16-byte tag.
    ///
    /// `context` is authenticated, not sealed.
    package static func sealed(
        _ plain: [UInt8],
        key: [UInt8],
        context: [UInt8] = []
    ) throws(CryptoUnavailable) -> [UInt8] {
        try Backend.sealed(plain, key: key, context: context)
    }

    /// Nil when `sealed` was not made with this key and context, or was touched since.
    package static func opened(
        _ sealed: [UInt8],
        key: [UInt8],
        context: [UInt8] = []
    ) throws(CryptoUnavailable) -> [UInt8]? {
        guard sealed.count >= 28 else { return nil }
        return try Backend.opened(sealed, key: key, context: context)
    }

    package static func randomBytes(_ count: Int) throws(CryptoUnavailable) -> [UInt8] {
        try Backend.randomBytes(count)
    }
}

/// The cryptographic library is missing on this machine.
package struct CryptoUnavailable: Error, Hashable, CustomStringConvertible {
    package let reason: String

    package var description: String {
        "Cryptography is not available: \(reason). Install OpenSSL 3 (on Debian: `apt-get install libssl3`)."
    }
}
