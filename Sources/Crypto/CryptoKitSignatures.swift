#if canImport(CryptoKit)
import CoreFoundation
import CryptoKit
import FoundationEssentials
import Security

extension Backend {
    enum Key: @unchecked Sendable {
        case rsa(SecKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    static func key(_ numbers: PublicKey.Numbers) throws(CryptoUnavailable) -> Key? {
        switch numbers {
        case .rsa(let modulus, let exponent):
            rsaKey(modulus: modulus, exponent: exponent).map { .rsa($0) }
        case .ecdsa(.p256, let x, let y):
            (try? P256.Signing.PublicKey(x963Representation: [4] + x + y)).map { .p256($0) }
        case .ecdsa(.p384, let x, let y):
            (try? P384.Signing.PublicKey(x963Representation: [4] + x + y)).map { .p384($0) }
        case .ecdsa(.p521, let x, let y):
            (try? P521.Signing.PublicKey(x963Representation: [4] + x + y)).map { .p521($0) }
        case .ed25519(let point):
            (try? Curve25519.Signing.PublicKey(rawRepresentation: point)).map { .ed25519($0) }
        }
    }

    /// For all but ECDSA.
    static func verifies(
        _ signature: [UInt8],
        of message: [UInt8],
        by scheme: PublicKey.Scheme,
        _ key: Key
    ) -> Bool {
        switch (key, scheme) {
        case (.rsa(let key), .pkcs1(let digest)): isSigned(message, signature, key, pkcs1(digest))
        case (.rsa(let key), .pss(let digest)): isSigned(message, signature, key, pss(digest))
        case (.ed25519(let key), .ed25519): key.isValidSignature(signature, for: message)
        default: false
        }
    }

    /// CryptoKit takes each curve's own digest.
    static func verifies(
        _ signature: [UInt8],
        of message: [UInt8],
        on curve: PublicKey.Curve,
        _ key: Key
    ) -> Bool {
        switch key {
        case .p256(let key):
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } == true
        case .p384(let key):
            (try? P384.Signing.ECDSASignature(rawRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } == true
        case .p521(let key):
            (try? P521.Signing.ECDSASignature(rawRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } == true
        case .rsa, .ed25519: false
        }
    }
}

// RSA, which CryptoKit does not have.
extension Backend {
    private static func rsaKey(modulus: [UInt8], exponent: [UInt8]) -> SecKey? {
        let written = element(0x30, element(0x02, positive(modulus)) + element(0x02, positive(exponent)))
        guard let data = CFDataCreate(nil, written, written.count),
            let attributes = CFDictionaryCreateMutable(nil, 2, nil, nil)
        else { return nil }
        // The names and values are constants, which outlive the dictionary.
        for (name, value) in [(kSecAttrKeyType, kSecAttrKeyTypeRSA), (kSecAttrKeyClass, kSecAttrKeyClassPublic)] {
            CFDictionarySetValue(
                attributes,
                Unmanaged.passUnretained(name).toOpaque(),
                Unmanaged.passUnretained(value).toOpaque()
            )
        }
        return SecKeyCreateWithData(data, attributes, nil)
    }

    private static func isSigned(
        _ message: [UInt8],
        _ signature: [UInt8],
        _ key: SecKey,
        _ algorithm: SecKeyAlgorithm
    ) -> Bool {
        guard let message = CFDataCreate(nil, message, message.count),
            let signature = CFDataCreate(nil, signature, signature.count)
        else { return false }
        return SecKeyVerifySignature(key, algorithm, message, signature, nil)
    }

    private static func pkcs1(_ digest: PublicKey.Digest) -> SecKeyAlgorithm {
        switch digest {
        case .sha256: .rsaSignatureMessagePKCS1v15SHA256
        case .sha384: .rsaSignatureMessagePKCS1v15SHA384
        case .sha512: .rsaSignatureMessagePKCS1v15SHA512
        }
    }

    private static func pss(_ digest: PublicKey.Digest) -> SecKeyAlgorithm {
        switch digest {
        case .sha256: .rsaSignatureMessagePSSSHA256
        case .sha384: .rsaSignatureMessagePSSSHA384
        case .sha512: .rsaSignatureMessagePSSSHA512
        }
    }

    /// An element of DER.
    private static func element(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 128 else { return [kind, UInt8(content.count)] + content }
        return [kind, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    }

    /// A whole number of DER, whose first bit would make it negative.
    private static func positive(_ number: [UInt8]) -> [UInt8] { (number.first ?? 0) < 0x80 ? number : [0] + number }
}
#endif
