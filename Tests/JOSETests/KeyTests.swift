import Crypto
import JSON
import TestSupport
import Testing
import Text

@testable import JOSE

/// A key and what it signed, made by others.
private struct Vector: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let key: JSON
    let token: String

    static let all: [Vector] = {
        guard let text = try? SourceFile(#filePath, "Vectors/signatures.json").text(),
            let vectors = try? JSON(parsing: text).array
        else { return [] }
        return vectors.compactMap { json in
            guard let name = json["name"]?.string, let key = json["key"], let token = json["token"]?.string else {
                return nil
            }
            return Vector(testDescription: name, key: key, token: token)
        }
    }()

    static func named(_ name: String) throws -> Vector { try #require(all.first { $0.testDescription == name }) }

    /// The parts of the token: payloads of the oldest ones are no claims.
    func parts() throws -> (algorithm: SignatureAlgorithm, signed: [UInt8], signature: [UInt8]) {
        let parts = token.split(separator: ".")
        let header = try JSON(parsing: #require(Base64.decodedStrictly(parts[0])))
        let name = try #require(header["alg"]?.string)
        return (
            try #require(SignatureAlgorithm(rawValue: name)),
            Array("\(parts[0]).\(parts[1])".utf8),
            try #require(Base64.decodedStrictly(parts[2]))
        )
    }
}

@Suite struct `A signature` {
    /// RFC 7515 A.2 to A.4, RFC 8037 A.4, and each algorithm as joserfc 1.8 signs with it.
    @Test(arguments: Vector.all)
    fileprivate func `that others made is verified, and no other with that key`(_ vector: Vector) throws {
        let key = try #require(try JSONWebKey(vector.key))
        let (algorithm, signed, signature) = try vector.parts()
        let scheme = algorithm.scheme
        #expect(algorithm.fits(key.key.numbers))
        #expect(key.key.verifies(signature, of: signed, by: scheme))
        for place in stride(from: 0, to: signature.count, by: 13) {
            var changed = signature
            changed[place] ^= 1
            #expect(!key.key.verifies(changed, of: signed, by: scheme))
        }
        #expect(!key.key.verifies(signature, of: signed + [0], by: scheme))
        for other in [[], Array(signature.dropLast()), signature + [0], [UInt8](repeating: 0, count: signature.count)] {
            #expect(!key.key.verifies(other, of: signed, by: scheme))
        }
        // Nor by any other algorithm.
        for other in SignatureAlgorithm.allCases where other.scheme != scheme {
            #expect(!key.key.verifies(signature, of: signed, by: other.scheme), "\(other)")
        }
    }

    @Test func `was made with each algorithm there is`() throws {
        let algorithms = try Set(Vector.all.map { try $0.parts().algorithm })
        #expect(algorithms == Set(SignatureAlgorithm.allCases))
    }

    @Test func `of a curve counts only with the algorithm of that curve`() throws {
        let vector = try Vector.named("ES256")
        let key = try #require(try JSONWebKey(vector.key))
        #expect(key.fits(.es256) && !key.fits(.es384) && !key.fits(.rs256) && !key.fits(.edDSA))
    }

    @Test func `counts only with the algorithm that its key names`() throws {
        var json = try Vector.named("RS256").key
        let token = try JSONWebToken(Vector.named("RS256").token)
        json["alg"] = "RS256"
        #expect(try token.isSigned(by: #require(try JSONWebKey(json))))
        json["alg"] = "PS256"
        #expect(try !token.isSigned(by: #require(try JSONWebKey(json))))
    }
}

@Suite struct `A key` {
    private func key(_ name: String, _ changes: JSON) throws -> JSONWebKey? {
        var json = try Vector.named(name).key
        for member in changes.object?.members ?? [] { json[member.name] = member.value.isNull ? nil : member.value }
        return try JSONWebKey(json)
    }

    private func number(_ bytes: [UInt8]) -> JSON { .string(Base64.encoded(bytes, .urlSafe)) }

    @Test(
        arguments: [
            ["use": "enc"], ["use": 7], ["key_ops": ["encrypt"]], ["key_ops": "verify"], ["alg": "RSA-OAEP"],
            ["alg": "HS256"], ["alg": "ES256"], ["alg": 7], ["kty": "oct"], ["kty": "EC"], ["kty": .null], ["n": .null],
            ["n": "not base64!"], ["n": "AQAB"], ["e": .null], ["e": "AQ"], ["e": "Ag"], ["e": "AA"], ["e": ""],
            ["e": "AQAAAAAAAAAAAQ"],
        ] as [JSON]
    )
    func `that is not for signatures, too weak or broken is not taken`(changes: JSON) throws {
        #expect(try key("RS256", [:]) != nil)
        #expect(try key("RS256", changes) == nil)
    }

    @Test(arguments: [["use": "sig"], ["key_ops": ["verify"]], ["alg": "PS512"], ["x5c": ["nothing"]]] as [JSON])
    func `may say what it is for`(changes: JSON) throws { #expect(try key("RS256", changes) != nil) }

    @Test func `of RSA has 2048 to 8192 bits`() throws {
        func modulus(_ bits: Int) -> JSON {
            var bytes = [UInt8](repeating: 0xFF, count: (bits + 7) / 8)
            if bits % 8 > 0 { bytes[0] = UInt8(1 << (bits % 8) - 1) }
            return number(bytes)
        }
        for bits in [1024, 2047, 8193, 16_384] { #expect(try key("RS256", ["n": modulus(bits)]) == nil, "\(bits)") }
        for bits in [2048, 3072, 8192] { #expect(try key("RS256", ["n": modulus(bits)]) != nil, "\(bits)") }
    }

    @Test func `may have zeros in front of its modulus`() throws {
        let vector = try Vector.named("RS256")
        let modulus = try #require(vector.key["n"]?.string.flatMap { Base64.decoded($0) })
        let padded = try #require(try key("RS256", ["n": number([0] + modulus)]))
        #expect(try JSONWebToken(vector.token).isSigned(by: padded))
    }

    @Test(arguments: ["P-256": "ES256", "P-384": "ES384", "P-521": "ES512"].sorted { $0.key < $1.key })
    func `of a curve is a point of it`(curve: String, name: String) throws {
        #expect(try key(name, ["crv": .string(curve)]) != nil)
        let x = try #require(Vector.named(name).key["x"]?.string.flatMap { Base64.decoded($0) })
        var off = x
        off[off.count - 1] ^= 1
        for other in [number(off), number(Array(x.dropFirst())), number([0] + x), number([]), 7, .null] as [JSON] {
            #expect(try key(name, ["x": other]) == nil)
        }
        let infinity = number([UInt8](repeating: 0, count: x.count))
        #expect(try key(name, ["x": infinity, "y": infinity]) == nil)
        for other in ["P-256", "P-384", "P-521", "secp256k1", "Ed25519"] where other != curve {
            #expect(try key(name, ["crv": .string(other)]) == nil)
        }
    }

    @Test(arguments: [["crv": "X25519"], ["crv": "Ed448"], ["x": "AQAB"], ["x": .null], ["kty": "EC"]] as [JSON])
    func `of Ed25519 has 32 bytes`(changes: JSON) throws { #expect(try key("EdDSA", changes) == nil) }
}

@Suite struct `A set of keys` {
    private func fault(_ bytes: [UInt8]) -> JOSEFault? {
        do throws(JOSEFault) {
            _ = try JSONWebKeySet(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func `leaves out what is not for signatures`() throws {
        let encrypting = try JSON(parsing: #"{"kty":"oct","k":"AAAA","kid":"two"}"#)
        let set = try JSONWebKeySet((["keys": [TestSigner("one").jwk, encrypting, 7, [:]]] as JSON).bytes)
        #expect(set.keys.map { $0.id } == ["one"])
    }

    @Test func `has bounds`() {
        let key = TestSigner("one").jwk
        func keys(_ count: Int) -> JSON { ["keys": .array(Array(repeating: key, count: count))] }
        #expect(fault(keys(64).bytes) == nil)
        #expect(fault(keys(65).bytes) == .tooManyKeys)
        #expect(fault([UInt8](repeating: 0x20, count: 256 << 10) + keys(1).bytes) == .tooLong)
        #expect(fault(Array("[]".utf8)) == .noKeys)
        #expect(fault(Array("{}".utf8)) == .noKeys)
        #expect(fault(Array(#"{"keys":{}}"#.utf8)) == .noKeys)
        #expect(fault(Array(#"{"keys":[],"keys":[]}"#.utf8)) == .repeatedName)
        #expect(fault(Array("<html>".utf8)) == .notJSON)
        let many = "[" + repeatElement("0", count: 20_000).joined(separator: ",") + "]"
        #expect(fault(Array(#"{"keys":\#(many)}"#.utf8)) == .notJSON)
    }

    @Test func `is tried in part where a token names no key`() throws {
        let signers = (1...5).map { TestSigner("key \($0)") }
        func set(_ count: Int) throws -> JSONWebKeySet {
            try JSONWebKeySet((["keys": .array(signers.prefix(count).map { $0.jwk })] as JSON).bytes)
        }
        let last = try JSONWebToken(signers[3].token([:], header: ["kid": .null]))
        #expect(try set(4).hasSigned(last))
        #expect(try !set(5).hasSigned(last))
        #expect(try !set(3).hasSigned(last))
        #expect(try set(5).hasSigned(JSONWebToken(signers[3].token([:]))))
        #expect(try !set(5).hasSigned(JSONWebToken(signers[3].token([:], header: ["kid": "key 3"]))))
    }
}
