#if canImport(CryptoKit)
import CryptoKit
import FoundationEssentials

enum Backend {
    static func digest(_ bytes: [UInt8]) throws(CryptoUnavailable) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    static func authentication(of bytes: [UInt8], key: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
    }

    static func derivedKey(
        from secret: [UInt8],
        salt: [UInt8],
        purpose: [UInt8]
    ) throws(CryptoUnavailable) -> [UInt8] {
        let secret = SymmetricKey(data: secret)
        return HKDF<SHA256>.deriveKey(inputKeyMaterial: secret, salt: salt, info: purpose, outputByteCount: 32)
            .withUnsafeBytes { Array($0) }
    }

    static func sealed(_ plain: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptoUnavailable) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(plain, using: SymmetricKey(data: key), authenticating: context)
            return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw CryptoUnavailable(reason: "CryptoKit refused to seal")
        }
    }

    static func opened(_ sealed: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptoUnavailable) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let plain = try? AES.GCM.open(box, using: SymmetricKey(data: key), authenticating: context)
        else { return nil }
        return Array(plain)
    }

    static func randomBytes(_ count: Int) throws(CryptoUnavailable) -> [UInt8] {
        SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) }
    }
}
#endif
