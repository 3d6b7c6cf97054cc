package import JSON
import Text

#if canImport(CryptoKit)
import CryptoKit
import FoundationEssentials
#else
import Glibc
#endif

/// A private key (Ed25519) with which a test signs tokens.
///
/// The program itself signs nothing, so that what it lacks is here.
package struct TestSigner: Sendable {
    package let keyID: String
    private let seed: [UInt8]

    /// The same key for the same name.
    package init(_ keyID: String) {
        self.keyID = keyID
        let name = Array(keyID.utf8)
        seed = (0..<32).map { UInt8($0) ^ (name.isEmpty ? 0 : name[$0 % name.count]) }
    }

    /// The public key as a set of keys has it.
    package var jwk: JSON {
        [
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": .string(keyID),
            "x": .string(Base64.encoded(publicKey, .urlSafe)),
        ]
    }

    /// A set of keys with this one alone.
    package var jwks: JSON { ["keys": [jwk]] }

    /// Members of `header` stand in place of the usual ones; those that are null are left out.
    package func token(_ claims: JSON, header changes: JSON = [:]) -> String {
        var header: JSON = ["alg": "EdDSA", "typ": "at+jwt", "kid": .string(keyID)]
        for member in changes.object?.members ?? [] { header[member.name] = member.value.isNull ? nil : member.value }
        return token(header: header.text, claims: claims.text)
    }

    package func token(header: String, claims: String) -> String {
        let signed = "\(Base64.encoded(header, .urlSafe)).\(Base64.encoded(claims, .urlSafe))"
        return "\(signed).\(Base64.encoded(signature(of: Array(signed.utf8)), .urlSafe))"
    }
}

#if canImport(CryptoKit)
extension TestSigner {
    private var key: Curve25519.Signing.PrivateKey? { try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) }
    private var publicKey: [UInt8] { key.map { Array($0.publicKey.rawRepresentation) } ?? [] }
    private func signature(of bytes: [UInt8]) -> [UInt8] { (try? key?.signature(for: bytes)).map { Array($0) } ?? [] }
}
#else
extension TestSigner {
    private var publicKey: [UInt8] {
        withKey { key in
            OpenSSL.filled(32) { OpenSSL.publicKey(key, $0, $1) }
        }
    }

    private func signature(of bytes: [UInt8]) -> [UInt8] {
        withKey { key in
            let context = OpenSSL.newContext()
            defer { OpenSSL.freeContext(context) }
            precondition(OpenSSL.begin(context, nil, nil, nil, key) == 1)
            return OpenSSL.filled(64) { OpenSSL.sign(context, $0, $1, bytes, bytes.count) }
        }
    }

    private func withKey(_ work: (OpaquePointer?) -> [UInt8]) -> [UInt8] {
        let key = OpenSSL.newKey(1087, nil, seed, seed.count)
        defer { OpenSSL.freeKey(key) }
        return work(key)
    }
}

private enum OpenSSL {
    typealias Bytes = UnsafeMutablePointer<UInt8>
    typealias Count = UnsafeMutablePointer<Int>

    static let newKey = function(
        "EVP_PKEY_new_raw_private_key",
        as: (@convention(c) (CInt, OpaquePointer?, UnsafePointer<UInt8>, Int) -> OpaquePointer?).self
    )
    static let freeKey = function("EVP_PKEY_free", as: (@convention(c) (OpaquePointer?) -> Void).self)
    static let publicKey = function(
        "EVP_PKEY_get_raw_public_key",
        as: (@convention(c) (OpaquePointer?, Bytes, Count) -> CInt).self
    )
    static let newContext = function("EVP_MD_CTX_new", as: (@convention(c) () -> OpaquePointer?).self)
    static let freeContext = function("EVP_MD_CTX_free", as: (@convention(c) (OpaquePointer?) -> Void).self)
    static let begin = function(
        "EVP_DigestSignInit",
        as: (@convention(c) (OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?) -> CInt)
            .self
    )
    static let sign = function(
        "EVP_DigestSign",
        as: (@convention(c) (OpaquePointer?, Bytes, Count, UnsafePointer<UInt8>, Int) -> CInt).self
    )

    static func filled(_ count: Int, _ fill: (Bytes, Count) -> CInt) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var length = count
        let isDone = bytes.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map { fill($0, &length) } }
        precondition(isDone == 1 && length == count, "libcrypto refused an operation.")
        return bytes
    }

    private static func function<Function>(_ name: String, as type: Function.Type) -> Function {
        guard let symbol = dlsym(dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL), name) else {
            fatalError("libcrypto.so.3 lacks \(name).")
        }
        return unsafeBitCast(symbol, to: type)
    }
}
#endif
