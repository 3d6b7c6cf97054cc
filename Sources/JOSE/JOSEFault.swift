package import Crypto

/// Why a token or a set of keys cannot be used; nothing of what came is in its sentence.
package enum JOSEFault: Error, Hashable, Sendable {
    case tooLong
    case encrypted
    case notCompact
    case notBase64
    case notJSON
    case notObject
    case repeatedName
    case wrongKind(member: String)
    case noAlgorithm
    case unknownAlgorithm
    case criticalExtension
    case unencodedPayload
    case noKeys
    case tooManyKeys
    case noExpiry
    case notTime(claim: String)
    case expired
    case notYetValid
    case issuedInFuture
    case unavailable(CryptoUnavailable)
}

extension JOSEFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLong: "longer than is read"
        case .encrypted: "encrypted"
        case .notCompact: "not three parts with dots between them"
        case .notBase64: "a part that is not strict base64url"
        case .notJSON: "a part that is not JSON"
        case .notObject: "a part that is not an object"
        case .repeatedName: "a name that occurs twice"
        case .wrongKind(let member): "`\(member)` is of another kind than it should be"
        case .noAlgorithm: "no algorithm"
        case .unknownAlgorithm: "an algorithm that is not accepted"
        case .criticalExtension: "a critical extension"
        case .unencodedPayload: "a payload that is not encoded"
        case .noKeys: "no list of keys"
        case .tooManyKeys: "more than \(JSONWebKeySet.mostKeys) keys"
        case .noExpiry: "no `exp`"
        case .notTime(let claim): "`\(claim)` is not a time"
        case .expired: "expired"
        case .notYetValid: "not valid yet"
        case .issuedInFuture: "issued in the future"
        case .unavailable(let error): "\(error)"
        }
    }
}
