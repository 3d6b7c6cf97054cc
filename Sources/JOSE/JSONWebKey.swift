package import Crypto
package import JSON
import Text

/// A public key for signatures as JSON writes it (RFC 7517, RFC 7518 §6, RFC 8037 §2).
package struct JSONWebKey: Sendable {
    /// Its `kid`.
    package let id: String?
    /// The only algorithm it is for; nil for all that its kind can.
    package let algorithm: SignatureAlgorithm?
    package let key: PublicKey

    /// Nil for a key that is not for signatures, of a kind that is not known here, too weak, or broken, and for a private
    /// one: what is published so may be in any hands.
    package init?(_ json: JSON) throws(CryptoUnavailable) {
        guard json["d"] == nil, json["use"].map({ $0 == "sig" }) ?? true,
            json["key_ops"].map({ $0.array?.contains("verify") == true }) ?? true,
            let numbers = Self.numbers(json), let key = try PublicKey(numbers)
        else { return nil }
        algorithm = json["alg"]?.string.flatMap { SignatureAlgorithm(rawValue: $0) }
        // One that names an algorithm which is not known here is for nothing else.
        guard json["alg"] == nil || algorithm?.fits(numbers) == true else { return nil }
        id = json["kid"]?.string
        self.key = key
    }

    /// Whether it may have signed a token that says so of itself.
    func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        algorithm.fits(key.numbers) && (self.algorithm == nil || self.algorithm == algorithm)
    }

    private static func numbers(_ json: JSON) -> PublicKey.Numbers? {
        func number(_ name: String) -> [UInt8]? { json[name]?.string.flatMap { Base64.decodedStrictly($0) } }
        switch (json["kty"]?.string, json["crv"]?.string) {
        case ("RSA", _):
            guard let modulus = number("n"), let exponent = number("e") else { return nil }
            // Zeros in front do not belong to the number (RFC 7518 §2), though some write them.
            return .rsa(modulus: Array(modulus.drop { $0 == 0 }), exponent: Array(exponent.drop { $0 == 0 }))
        case ("EC", let name?):
            guard let curve = curves[name], let x = number("x"), let y = number("y") else { return nil }
            return .ecdsa(curve, x: x, y: y)
        case ("OKP", "Ed25519"): return number("x").map { .ed25519($0) }
        default: return nil
        }
    }

    private static let curves: [String: PublicKey.Curve] = ["P-256": .p256, "P-384": .p384, "P-521": .p521]
}

/// The keys of an issuer (RFC 7517 §5), without those that are not for signatures.
package struct JSONWebKeySet: Sendable {
    package static let longest = 256 << 10
    package static let mostKeys = 64
    /// More keys than this are not tried for a token that names none.
    package static let mostCandidates = 4

    package let keys: [JSONWebKey]

    package init(_ bytes: [UInt8]) throws(JOSEFault) {
        guard bytes.count <= Self.longest else { throw .tooLong }
        guard let json = try? JSON(parsing: bytes, within: JSON.Limits(depth: 16, values: 10_000)) else {
            throw .notJSON
        }
        guard !json.repeatsNames else { throw .repeatedName }
        guard let all = json["keys"]?.array else { throw .noKeys }
        guard all.count <= Self.mostKeys else { throw .tooManyKeys }
        do throws(CryptoUnavailable) {
            var keys: [JSONWebKey] = []
            for json in all { try JSONWebKey(json).map { keys.append($0) } }
            self.keys = keys
        } catch {
            throw .unavailable(error)
        }
    }

    /// Those that may have signed the token: with its `kid`, or all of its kind where it has none.
    package func candidates(for token: JSONWebToken) -> [JSONWebKey] {
        keys.filter { $0.fits(token.algorithm) && (token.keyID == nil || $0.id == token.keyID) }
    }

    /// Whether it has the key that the token names; false for one that names none.
    package func names(_ token: JSONWebToken) -> Bool {
        token.keyID.map { id in keys.contains { $0.id == id } } ?? false
    }

    /// False also where more than a few would have to be tried.
    package func hasSigned(_ token: JSONWebToken) -> Bool {
        let candidates = candidates(for: token)
        return candidates.count <= Self.mostCandidates && candidates.contains { token.isSigned(by: $0) }
    }
}
