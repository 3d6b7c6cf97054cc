import HTTP
import Logging
import Text

/// The access token of a request (RFC 6750 §2.1).
enum BearerField {
    case none
    case found(Secret)
    /// Two sentences.
    case unusable(String)

    init(_ fields: HTTPFields) {
        let values = fields.values("Authorization")
        guard let value = values.first else {
            self = .none
            return
        }
        guard values.count == 1, CredentialFields.names.allSatisfy({ fields[$0] == nil }) else {
            self = .unusable(
                "The request carries credentials twice. Send one Authorization field, and no X-OvalEdge field."
            )
            return
        }
        let scheme = value.trimmed.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else {
            self = .none
            return
        }
        let token = value.trimmed.dropFirst(scheme.count).trimmed
        guard !token.isEmpty, token.utf8.count <= 16_384, token.utf8.allSatisfy(Self.isTokenCharacter) else {
            self = .unusable("Authorization has no usable token. Send Bearer, a blank and the access token.")
            return
        }
        self = .found(Secret(token))
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~+/=".utf8.contains(byte)
        }
    }
}
