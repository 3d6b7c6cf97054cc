import Testing
import Text

@Suite struct `Base64 text` {
    /// The vectors of RFC 4648 §10, and two whose characters differ between the alphabets.
    static let vectors: [([UInt8], standard: String, urlSafe: String)] = [
        ([], "", ""),
        (Array("f".utf8), "Zg==", "Zg"),
        (Array("fo".utf8), "Zm8=", "Zm8"),
        (Array("foo".utf8), "Zm9v", "Zm9v"),
        (Array("foob".utf8), "Zm9vYg==", "Zm9vYg"),
        (Array("fooba".utf8), "Zm9vYmE=", "Zm9vYmE"),
        (Array("foobar".utf8), "Zm9vYmFy", "Zm9vYmFy"),
        ([0xFB, 0xFF, 0xBF], "+/+/", "-_-_"),
        ([0xFF, 0xFE], "//4=", "__4"),
    ]

    @Test(arguments: vectors) func `is written in both alphabets`(bytes: [UInt8], standard: String, urlSafe: String) {
        #expect(Base64.encoded(bytes) == standard)
        #expect(Base64.encoded(bytes, .urlSafe) == urlSafe)
    }

    @Test(arguments: vectors) func `is read in both alphabets`(bytes: [UInt8], standard: String, urlSafe: String) {
        #expect(Base64.decoded(standard) == bytes)
        #expect(Base64.decoded(urlSafe) == bytes)
    }

    @Test(arguments: ["Z", "Zm9vY", "Zg===", "Zg=", "Zm9v=", "Zg=x", "=", "====", "Zm 9v", "Zm9v\n", "Zm9ü", "Zm9*"])
    func `that is invalid is nil`(text: String) {
        #expect(Base64.decoded(text) == nil)
    }

    @Test(arguments: vectors) func `is read strictly in one form only`(
        bytes: [UInt8],
        standard: String,
        urlSafe: String
    ) {
        #expect(Base64.decodedStrictly(urlSafe) == bytes)
        #expect(standard == urlSafe || Base64.decodedStrictly(standard) == nil)
    }

    @Test(arguments: ["Z", "Zh", "Zm9vY", "Zm9vYh", "Zm9", "Zg==", "Zm 9v", "Zm9v\n", "Zm9ü", "+/+/", "Zm9v."])
    func `that has another form is nil where it is read strictly`(text: String) {
        #expect(Base64.decodedStrictly(text) == nil)
    }

    @Test(arguments: [Base64.Alphabet.standard, .urlSafe]) func `comes back as it went`(alphabet: Base64.Alphabet) {
        let all = (0...255).map { UInt8($0) }
        for count in 0...256 {
            let bytes = Array(all.prefix(count))
            #expect(Base64.decoded(Base64.encoded(bytes, alphabet)) == bytes)
        }
    }
}

@Suite struct `Percent-encoding` {
    @Test(arguments: [
        ("", ""), ("abcXYZ019-._~", "abcXYZ019-._~"), ("a b", "a%20b"), ("100%", "100%25"),
        ("a/b?c=d&e", "a%2Fb%3Fc%3Dd%26e"),
        ("ü", "%C3%BC"), ("€", "%E2%82%AC"), ("\u{1F600}", "%F0%9F%98%80"), ("\n\0", "%0A%00"), ("+", "%2B"),
    ])
    func `goes and comes back`(text: String, encoded: String) {
        #expect(PercentEncoding.encoded(text) == encoded)
        #expect(PercentEncoding.decoded(encoded) == text)
    }

    @Test func `is read in small letters too, and leaves the rest alone`() {
        #expect(PercentEncoding.decoded("%c3%bc+/?") == "ü+/?")
    }

    @Test(arguments: ["%", "%2", "a%", "%zz", "%2g", "%-1", "%+1", "%FF", "%C3", "%ED%A0%80"])
    func `that is invalid is nil`(text: String) {
        #expect(PercentEncoding.decoded(text) == nil)
    }
}

@Suite struct `Bytes as hexadecimal digits` {
    @Test(arguments: [([], ""), ([0], "00"), ([15, 16, 255], "0f10ff")] as [([UInt8], String)])
    func `have two each`(_ bytes: [UInt8], _ text: String) {
        #expect(bytes.hexadecimal == text)
    }
}
