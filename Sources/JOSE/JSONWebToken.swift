import Crypto
package import JSON
import Text

/// A signed token in its compact form (RFC 7515 §3.1, RFC 7519), read strictly and not verified yet.
///
/// Keys that a token brings along, or names the address of (`jwk`, `jku`, `x5u`, `x5c`), are not looked at.
package struct JSONWebToken: Sendable {
    package static let longest = 16 << 10

    package let header: JSON
    package let claims: JSON
    package let algorithm: SignatureAlgorithm
    /// The `kid`.
    package let keyID: String?
    /// The `typ` in small letters, without `application/` in front (RFC 7515 §4.1.9).
    package let type: String?
    /// The header and the claims as they came.
    private let signed: [UInt8]
    private let signature: [UInt8]

    package init(_ text: String) throws(JOSEFault) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.longest else { throw .tooLong }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw parts.count == 5 ? .encrypted : .notCompact }
        guard let signature = Base64.decodedStrictly(parts[2]) else { throw .notBase64 }
        header = try Self.object(parts[0])
        claims = try Self.object(parts[1])
        signed = Array(bytes[..<parts[1].endIndex])
        self.signature = signature
        algorithm = try Self.algorithm(header)
        keyID = try Self.text("kid", header)
        type = try Self.text("typ", header).map { Self.mediaType($0.lowercased()) }
    }

    package func isSigned(by key: JSONWebKey) -> Bool {
        key.fits(algorithm) && key.key.verifies(signature, of: signed, by: algorithm.scheme)
    }

    private static func object(_ part: ArraySlice<UInt8>) throws(JOSEFault) -> JSON {
        guard let bytes = Base64.decodedStrictly(part) else { throw .notBase64 }
        guard let json = try? JSON(parsing: bytes, within: JSON.Limits(depth: 32)) else { throw .notJSON }
        guard json.object != nil else { throw .notObject }
        guard !json.repeatsNames else { throw .repeatedName }
        return json
    }

    private static func algorithm(_ header: JSON) throws(JOSEFault) -> SignatureAlgorithm {
        guard let name = try text("alg", header) else { throw .noAlgorithm }
        guard let algorithm = SignatureAlgorithm(rawValue: name) else { throw .unknownAlgorithm }
        // No extension is known here, so that none can be understood (RFC 7515 §4.1.11).
        guard header["crit"] == nil else { throw .criticalExtension }
        guard header["b64"] == nil else { throw .unencodedPayload }
        return algorithm
    }

    private static func text(_ name: String, _ header: JSON) throws(JOSEFault) -> String? {
        guard let value = header[name] else { return nil }
        guard let text = value.string else { throw .wrongKind(member: name) }
        return text
    }

    private static func mediaType(_ name: String) -> String {
        let prefix = "application/"
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }
}

extension JSONWebToken {
    /// When it ends, in seconds since 1970, if it is good at this moment (RFC 7519 §4.1.4 to §4.1.6).
    ///
    /// `leeway` is by how many seconds the clocks may differ.
    package static func expiry(
        of claims: JSON,
        at now: Double,
        leeway: Double
    ) throws(JOSEFault) -> Double {
        guard let expiry = try time("exp", claims) else { throw .noExpiry }
        guard now < expiry + leeway else { throw .expired }
        if let start = try time("nbf", claims), start > now + leeway { throw .notYetValid }
        if let issued = try time("iat", claims), issued > now + leeway { throw .issuedInFuture }
        return expiry
    }

    /// Nil where the claim is missing; after the year 9999 there is no time that can be written.
    package static func time(_ claim: String, _ claims: JSON) throws(JOSEFault) -> Double? {
        guard let value = claims[claim] else { return nil }
        guard let time = value.double, (0...253_402_300_799).contains(time) else { throw .notTime(claim: claim) }
        return time
    }
}
