/// A public key that says whether it has signed something.
///
/// Made once, so that a verification costs no more than the verification; it may be used by several threads at a time.
package final class PublicKey: Sendable {
    /// The numbers that a key is made of, each with its highest byte first.
    package enum Numbers: Hashable, Sendable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        case ecdsa(Curve, x: [UInt8], y: [UInt8])
        case ed25519([UInt8])
    }

    package enum Curve: Hashable, Sendable, CaseIterable {
        case p256, p384, p521

        /// Bytes of a coordinate, and of half a signature.
        package var size: Int {
            switch self {
            case .p256: 32
            case .p384: 48
            case .p521: 66
            }
        }

        var digest: Digest {
            switch self {
            case .p256: .sha256
            case .p384: .sha384
            case .p521: .sha512
            }
        }
    }

    package enum Digest: Int, Sendable {
        case sha256 = 256
        case sha384 = 384
        case sha512 = 512
    }

    /// How a signature is made.
    package enum Scheme: Hashable, Sendable {
        /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
        case pkcs1(Digest)
        /// RSASSA-PSS with a salt as long as the digest (RFC 8017 §8.1).
        case pss(Digest)
        /// With the curve's own digest; the signature is r and s, each as long as a coordinate (RFC 7518 §3.4).
        case ecdsa
        /// Ed25519 (RFC 8032 §5.1).
        case ed25519
    }

    package let numbers: Numbers
    private let handle: Backend.Key

    /// Bits of a modulus that is neither weak nor slow.
    private static let modulusBits = 2048...8192
    private static let longestExponent = 8

    /// Nil when the numbers are no key, or one that is too weak.
    package init?(_ numbers: Numbers) throws(CryptoUnavailable) {
        guard Self.areSound(numbers), let handle = try Backend.key(numbers) else { return nil }
        self.numbers = numbers
        self.handle = handle
    }

    /// False for a scheme of another kind of key, too.
    package func verifies(_ signature: [UInt8], of message: [UInt8], by scheme: Scheme) -> Bool {
        switch (numbers, scheme) {
        case (.rsa, .pkcs1), (.rsa, .pss), (.ed25519, .ed25519):
            Backend.verifies(signature, of: message, by: scheme, handle)
        case (.ecdsa(let curve, _, _), .ecdsa):
            signature.count == 2 * curve.size && Backend.verifies(signature, of: message, on: curve, handle)
        default: false
        }
    }

    private static func areSound(_ numbers: Numbers) -> Bool {
        switch numbers {
        case .rsa(let modulus, let exponent):
            guard let last = exponent.last, let first = modulus.first, exponent.count <= longestExponent else {
                return false
            }
            // An exponent of 1 would let everyone sign.
            let isExponent = last & 1 == 1 && exponent.first != 0 && exponent != [1]
            let bits = modulus.count * 8 - first.leadingZeroBitCount
            return isExponent && first != 0 && modulus.last.map { $0 & 1 } == 1 && modulusBits.contains(bits)
        case .ecdsa(let curve, let x, let y): return x.count == curve.size && y.count == curve.size
        case .ed25519(let point): return point.count == 32
        }
    }
}
