#if canImport(CCrypto) && os(Linux)
import CCrypto

enum Backend {
    static func digest(_ bytes: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        try filled(32) { oe_crypto_sha256(bytes, bytes.count, $0) }
    }

    static func authentication(of bytes: [UInt8], key: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        try filled(32) { oe_crypto_hmac_sha256(key, key.count, bytes, bytes.count, $0) }
    }

    static func derivedKey(
        from secret: [UInt8],
        salt: [UInt8],
        purpose: [UInt8]
    ) throws(CryptoUnavailable) -> [UInt8] {
        try filled(32) { out in
            oe_crypto_hkdf_sha256(secret, secret.count, salt, salt.count, purpose, purpose.count, out, 32)
        }
    }

    static func sealed(_ plain: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        precondition(key.count == 32, "a key of AES-256 has 32 bytes")
        let nonce = try randomBytes(12)
        let body = try filled(plain.count + 16) { out in
            oe_crypto_seal(key, nonce, context, context.count, plain, plain.count, out, out + plain.count)
        }
        return nonce + body
    }

    static func opened(_ sealed: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptoUnavailable) -> [UInt8]? {
        precondition(key.count == 32, "a key of AES-256 has 32 bytes")
        try requireLibrary()
        let count = sealed.count - 28
        var plain = [UInt8](repeating: 0, count: count)
        let isGenuine = sealed.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return oe_crypto_open(
                key,
                base,
                context,
                context.count,
                base + 12,
                count,
                base + 12 + count,
                &plain
            ) == 1
        }
        return isGenuine ? plain : nil
    }

    static func randomBytes(_ count: Int) throws(CryptoUnavailable) -> [UInt8] {
        try filled(count) { oe_crypto_random($0, count) }
    }

    private static func filled(
        _ count: Int,
        _ body: (UnsafeMutablePointer<UInt8>) -> Int32
    ) throws(CryptoUnavailable) -> [UInt8] {
        try requireLibrary()
        var isDone = false
        let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            isDone = body(base) == 1
            filled = isDone ? count : 0
        }
        guard isDone else { throw CryptoUnavailable(reason: "libcrypto refused an operation") }
        return bytes
    }

    static func requireLibrary() throws(CryptoUnavailable) {
        var reason: UnsafePointer<CChar>?
        guard oe_crypto_available(&reason) == 1 else {
            throw CryptoUnavailable(reason: reason.map { String(cString: $0) } ?? "unknown cause")
        }
    }
}
#endif
