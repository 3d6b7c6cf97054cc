import JSON
import TestSupport
import Testing
import Text

@testable import JOSE

@Suite struct `A signed token` {
    private let signer = TestSigner("one")

    private func fault(_ text: String) -> JOSEFault? {
        do throws(JOSEFault) {
            _ = try JSONWebToken(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `is read with its header and claims`() throws {
        let token = try JSONWebToken(signer.token(["sub": "someone"], header: ["typ": "application/AT+JWT"]))
        #expect(token.claims == ["sub": "someone"])
        #expect(token.algorithm == .edDSA)
        #expect(token.keyID == "one")
        #expect(token.type == "at+jwt")
        let key = try #require(try JSONWebKey(signer.jwk))
        #expect(token.isSigned(by: key))
        #expect(try !token.isSigned(by: #require(try JSONWebKey(TestSigner("two").jwk))))
    }

    @Test func `has three parts, and an encrypted one five`() {
        #expect(fault("") == .notCompact)
        #expect(fault("e30.e30") == .notCompact)
        #expect(fault("a.b.c.d") == .notCompact)
        #expect(fault("e30.a.b.c.d") == .encrypted)
    }

    @Test func `is 16 KiB at most`() {
        let long = signer.token(["sub": .string(String(repeating: "a", count: 12_100))])
        #expect(long.utf8.count < 16_384 && fault(long) == nil)
        let longer = signer.token(["sub": .string(String(repeating: "a", count: 12_300))])
        #expect(longer.utf8.count > 16_384 && fault(longer) == .tooLong)
    }

    @Test(arguments: ["=", " ", "\n", "+", "/", "é"])
    func `is base64url and nothing else`(end: String) {
        #expect(fault(signer.token([:]) + end) == .notBase64)
    }

    @Test func `has one way to be written`() throws {
        let token = signer.token([:])
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let place = try #require(token.last.flatMap { digits.firstIndex(of: $0) })
        // The next character differs only in bits that stand for nothing.
        #expect(fault(token.dropLast() + String(digits[place + 1])) == .notBase64)
    }

    @Test(arguments: [
        (#"{"alg":"EdDSA"}"#, "no", JOSEFault.notJSON),
        (#"{"alg":"EdDSA"}"#, "[]", .notObject),
        (#"{"alg":"EdDSA"}"#, #"{"iss":"a","iss":"b"}"#, .repeatedName),
        (#"{"alg":"EdDSA"}"#, #"{"a":[{"b":1,"b":1}]}"#, .repeatedName),
        (#"{"alg":"EdDSA"}"#, #"{"iss":"a","\u0069ss":"b"}"#, .repeatedName),
        (#"{"alg":"EdDSA","alg":"EdDSA"}"#, "{}", .repeatedName),
        (#""EdDSA""#, "{}", .notObject),
        ("{}", "{}", .noAlgorithm),
        (#"{"alg":7}"#, "{}", .wrongKind(member: "alg")),
        (#"{"alg":"EdDSA","kid":7}"#, "{}", .wrongKind(member: "kid")),
        (#"{"alg":"EdDSA","typ":["at+jwt"]}"#, "{}", .wrongKind(member: "typ")),
        (#"{"alg":"EdDSA","crit":["exp"],"exp":1}"#, "{}", .criticalExtension),
        (#"{"alg":"EdDSA","crit":[]}"#, "{}", .criticalExtension),
        (#"{"alg":"EdDSA","b64":false}"#, "{}", .unencodedPayload),
    ])
    func `is refused where it can be read in two ways`(header: String, claims: String, fault: JOSEFault) {
        #expect(self.fault(signer.token(header: header, claims: claims)) == fault)
    }

    @Test(arguments: [
        "none", "None", "NONE", "", "HS256", "HS384", "HS512", "RS1", "ES256K", "rs256", "RSA-OAEP", "dir",
    ])
    func `is refused with an algorithm that proves nothing or is not known`(name: String) {
        #expect(fault(signer.token([:], header: ["alg": .string(name)])) == .unknownAlgorithm)
    }

    @Test func `is not verified with a key that it brings along`() throws {
        let other = TestSigner("two")
        let token = try JSONWebToken(
            other.token([:], header: ["jwk": other.jwk, "jku": "https://evil.example.com/keys", "kid": "one"])
        )
        #expect(try !JSONWebKeySet(signer.jwks.bytes).hasSigned(token))
    }

    @Test func `is good for no other bytes`() throws {
        let set = try JSONWebKeySet(signer.jwks.bytes)
        let bytes = Array(signer.token(["sub": "someone"]).utf8)
        for place in bytes.indices {
            var changed = bytes
            changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            guard changed != bytes, let token = try? JSONWebToken(String(decoding: changed, as: UTF8.self)) else {
                continue
            }
            #expect(!set.hasSigned(token), "byte \(place)")
        }
    }
}

@Suite struct `The times of a token` {
    private func expiry(_ claims: JSON, at now: Double = 1000) -> Result<Double, JOSEFault> {
        Result { () throws(JOSEFault) in try JSONWebToken.expiry(of: claims, at: now, leeway: 60) }
    }

    @Test func `have an end`() {
        #expect(expiry([:]) == .failure(.noExpiry))
        #expect(expiry(["exp": 2000]) == .success(2000))
        #expect(expiry(["exp": 2000.5]) == .success(2000.5))
    }

    @Test func `have a leeway of a minute`() {
        #expect(expiry(["exp": 941]) == .success(941))
        #expect(expiry(["exp": 940]) == .failure(.expired))
        #expect(expiry(["exp": 2000, "nbf": 1060]) == .success(2000))
        #expect(expiry(["exp": 2000, "nbf": 1061]) == .failure(.notYetValid))
        #expect(expiry(["exp": 2000, "iat": 1060]) == .success(2000))
        #expect(expiry(["exp": 2000, "iat": 1061]) == .failure(.issuedInFuture))
    }

    @Test(arguments: ["exp", "nbf", "iat"])
    func `are numbers that a clock can show`(claim: String) throws {
        for text in ["-1", "1e400", "1e300", #""2000""#, "null", "true", "[2000]", "253402300800"] {
            var claims: JSON = ["exp": 2000]
            claims[claim] = try JSON(parsing: text)
            #expect(expiry(claims) == .failure(.notTime(claim: claim)), "\(text)")
        }
    }
}
