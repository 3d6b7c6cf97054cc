#if canImport(CCrypto) && os(Linux)
import CCrypto

extension Backend {
    /// A key of OpenSSL; it is only read, which OpenSSL allows several threads to do.
    final class Key: @unchecked Sendable {
        fileprivate let pointer: UnsafeMutableRawPointer

        fileprivate init?(_ pointer: UnsafeMutableRawPointer?) {
            guard let pointer else { return nil }
            self.pointer = pointer
        }

        deinit { oe_crypto_free_key(pointer) }
    }

    static func key(_ numbers: PublicKey.Numbers) throws(CryptoUnavailable) -> Key? {
        try requireLibrary()
        switch numbers {
        case .rsa(let modulus, let exponent):
            return Key(oe_crypto_rsa_key(modulus, modulus.count, exponent, exponent.count))
        case .ecdsa(let curve, let x, let y):
            let point = [4] + x + y
            return Key(oe_crypto_ec_key(name(of: curve), point, point.count))
        case .ed25519(let point):
            return Key(oe_crypto_ed25519_key(point, point.count))
        }
    }

    /// For all but ECDSA.
    static func verifies(
        _ signature: [UInt8],
        of message: [UInt8],
        by scheme: PublicKey.Scheme,
        _ key: Key
    ) -> Bool {
        let (digest, isPSS): (Int, Int32) =
            switch scheme {
            case .pkcs1(let digest): (digest.rawValue, 0)
            case .pss(let digest): (digest.rawValue, 1)
            case .ecdsa, .ed25519: (0, 0)
            }
        let isGood = oe_crypto_verify(
            key.pointer,
            Int32(digest),
            isPSS,
            message,
            message.count,
            signature,
            signature.count
        )
        return isGood == 1
    }

    static func verifies(
        _ signature: [UInt8],
        of message: [UInt8],
        on curve: PublicKey.Curve,
        _ key: Key
    ) -> Bool {
        let digest = Int32(curve.digest.rawValue)
        return oe_crypto_verify_ecdsa(key.pointer, digest, message, message.count, signature, curve.size) == 1
    }

    private static func name(of curve: PublicKey.Curve) -> String {
        switch curve {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }
}
#endif
