import Crypto
import Testing

@Suite struct `Cryptography` {
    private func bytes(_ hex: String) -> [UInt8] {
        var digits = Array(hex)[...]
        var bytes: [UInt8] = []
        while digits.count >= 2 {
            bytes.append(UInt8(String(digits.prefix(2)), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        return bytes
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `digests as FIPS 180 says`(_ text: String, _ digest: String) throws {
        #expect(try Crypto.digest(Array(text.utf8)) == bytes(digest))
    }

    @Test(arguments: [
        // RFC 4231, cases 1, 2 and 6; then an empty key.
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 131),
            "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ("", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func `authenticates as RFC 4231 says`(_ key: String, _ text: String, _ tag: String) throws {
        #expect(try Crypto.authentication(of: bytes(text), key: bytes(key)) == bytes(tag))
    }

    @Test func `derives keys as RFC 5869 says`() throws {
        // Case 3 has neither salt nor info; its first 32 bytes.
        let key = try Crypto.derivedKey(from: [UInt8](repeating: 0x0B, count: 22), purpose: "")
        #expect(key == bytes("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"))
    }

    @Test func `derives keys with a salt as RFC 5869 says`() throws {
        // HKDF is HMAC twice: the salt is the key of the first, and its result that of the second.
        let (secret, salt) = ([UInt8](repeating: 0x0B, count: 22), Array(UInt8(0)...12))
        let extracted = try Crypto.authentication(of: secret, key: salt)
        #expect(extracted == bytes("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"))
        let expanded = try Crypto.authentication(of: Array("a purpose".utf8) + [1], key: extracted)
        #expect(try Crypto.derivedKey(from: secret, salt: salt, purpose: "a purpose") == expanded)
    }

    @Test func `derives another key for another purpose, and for another salt`() throws {
        let secret = Array("a secret".utf8)
        let key = try Crypto.derivedKey(from: secret, purpose: "a")
        #expect(try key != Crypto.derivedKey(from: secret, purpose: "b"))
        #expect(try key != Crypto.derivedKey(from: secret, salt: [1], purpose: "a"))
    }

    @Test(
        arguments: [
            ([], [], true), ([1, 2, 3], [1, 2, 3], true), ([1, 2, 3], [1, 2, 2], false), ([0, 2], [1, 2], false),
            ([1], [1, 0], false), ([1, 1], [0, 1], false), ([0xFF, 0x0F], [0, 0xFF], false),
        ] as [([UInt8], [UInt8], Bool)]
    )
    func `compares bytes in the same time wherever they differ`(_ one: [UInt8], _ other: [UInt8], _ areEqual: Bool) {
        #expect(Crypto.areEqual(one, other) == areEqual)
    }

    @Test(arguments: [0, 1, 16, 1000])
    func `opens what it has sealed`(_ count: Int) throws {
        let key = try Crypto.randomBytes(32)
        let plain = try Crypto.randomBytes(count)
        for context in [[], Array("context".utf8)] {
            let sealed = try Crypto.sealed(plain, key: key, context: context)
            #expect(sealed.count == count + 28)
            #expect(try Crypto.opened(sealed, key: key, context: context) == plain)
        }
    }

    @Test func `never seals twice alike`() throws {
        let key = try Crypto.randomBytes(32)
        #expect(try Crypto.sealed([1, 2, 3], key: key) != Crypto.sealed([1, 2, 3], key: key))
    }

    @Test func `opens nothing that was touched`() throws {
        let key = try Crypto.randomBytes(32)
        let sealed = try Crypto.sealed(Array("plain".utf8), key: key, context: [1])
        for place in sealed.indices {
            var touched = sealed
            touched[place] ^= 1
            #expect(try Crypto.opened(touched, key: key, context: [1]) == nil)
        }
        #expect(try Crypto.opened(sealed, key: key, context: [2]) == nil)
        #expect(try Crypto.opened(sealed, key: Crypto.randomBytes(32), context: [1]) == nil)
        for count in 0..<sealed.count {
            #expect(try Crypto.opened(Array(sealed.prefix(count)), key: key, context: [1]) == nil)
        }
    }

    @Test func `yields bytes that differ`() throws {
        #expect(try Crypto.randomBytes(16) != Crypto.randomBytes(16))
        #expect(try Crypto.randomBytes(0).isEmpty)
    }
}
