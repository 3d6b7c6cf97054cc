import Crypto

/// How a token may be signed (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2); all others, `none` and those with a shared
/// secret among them, are refused (RFC 8725 §3.1).
package enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"
    /// The newer name of EdDSA with this curve.
    case ed25519 = "Ed25519"

    var scheme: PublicKey.Scheme {
        switch self {
        case .rs256: .pkcs1(.sha256)
        case .rs384: .pkcs1(.sha384)
        case .rs512: .pkcs1(.sha512)
        case .ps256: .pss(.sha256)
        case .ps384: .pss(.sha384)
        case .ps512: .pss(.sha512)
        case .es256, .es384, .es512: .ecdsa
        case .edDSA, .ed25519: .ed25519
        }
    }

    /// Whether a key of this kind signs so: the key decides, not the token.
    func fits(_ numbers: PublicKey.Numbers) -> Bool {
        switch numbers {
        case .rsa:
            switch scheme {
            case .pkcs1, .pss: true
            case .ecdsa, .ed25519: false
            }
        case .ecdsa(.p256, _, _): self == .es256
        case .ecdsa(.p384, _, _): self == .es384
        case .ecdsa(.p521, _, _): self == .es512
        case .ed25519: scheme == .ed25519
        }
    }
}
