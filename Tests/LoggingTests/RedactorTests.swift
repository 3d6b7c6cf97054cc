import Logging
import TestSupport
import Testing
import Text

@Suite struct `The redactor` {
    private static let secret = "s3cr3t/value+of=Ann"

    private func redactor(_ secrets: String...) -> Redactor {
        let redactor = Redactor()
        for secret in secrets { redactor.add(Secret(secret)) }
        return redactor
    }

    /// Secrets as they are made: letters and digits, Base64 in both alphabets, a JWT, and two that a person thought of.
    private static let secrets = [
        "q7RkW2mXc9TfLz4pVb8nYd1s", "Zm9vYmFy+mF6L3F1eA/ZGVtbw==", "d-4_uX9kQw7-zR2_mB5tY8vC",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0b3J0dXJlIn0._zaN-8__sWq3vK-_Lr0_", "s3c/Rt+Vq=Lm%Tz?ü8w~'\"x",
        "usr tok*Qx7\"&<Zw>9_k",
    ]

    @Test func `knows the secrets of its parent as they come and go, and none of its siblings`() {
        let process = redactor("secret-of-the-process")
        let (ann, bob) = (Redactor(parent: process), Redactor(parent: process))
        ann.add(Secret("annas-own-secret-1"))
        let text = "secret-of-the-process annas-own-secret-1 came-later-9"
        #expect(ann.redacted(text) == "•••• •••• came-later-9")
        #expect(bob.redacted(text) == "•••• annas-own-secret-1 came-later-9")
        process.add(Secret("came-later-9"))
        #expect(ann.redacted(text) == "•••• •••• ••••")
        process.remove(Secret("secret-of-the-process"))
        #expect(bob.redacted(text) == "secret-of-the-process annas-own-secret-1 ••••")
        #expect(process.redacted(text) == "secret-of-the-process annas-own-secret-1 ••••")
    }

    @Test(arguments: secrets, SecretForm.all(of: "").map { $0.name })
    func `redacts a secret however it is written`(secret: String, form: String) throws {
        let text = try #require(SecretForm.all(of: secret).first { $0.name == form }).text
        let detector = LeakDetector(["the secret": secret])
        for place in ["", "who is ", "https://a.example/?q=", "{\"a\":\"", String(repeating: "x", count: 290)] {
            let redacted = redactor(secret).redacted(place + text + " in the end")
            #expect(redacted.contains("••••"))
            #expect(detector.leaks(in: redacted.utf8) == [])
            #expect(redacted.hasPrefix(place) && redacted.hasSuffix(" in the end"))
        }
    }

    @Test(arguments: secrets)
    func `finds a secret among others, even where escapes need not be read`(secret: String) {
        let redactor = redactor(Self.secret, "another-1-secret", secret)
        for (name, text) in SecretForm.all(of: secret) {
            #expect(redactor.finder.redacted("<\(text)>") != nil, "\(name)")
            #expect(redactor.finder.mayHold(Array("<\(text)>".utf8)), "\(name)")
        }
    }

    @Test(arguments: ["plain", "JSON", "percent"], [1..<40, 4..<40, 12..<40, 20..<40, 28..<40, 3..<26, 11..<34])
    func `redacts a part of a secret from anywhere in it`(form: String, part: Range<Int>) throws {
        let secret = "Kq7Zp2Xv9Lm4Nt8Rb3Yw6Hc1Jd5Gf0SsTtUuVvWw"
        let all = Array(secret.utf8)
        let text = String(decoding: all[part], as: UTF8.self)
        let written =
            switch form {
            case "JSON": all[part].map { "\\u00" + String($0, radix: 16) }.joined()
            case "percent": all[part].map { "%" + String($0, radix: 16) }.joined()
            default: text
            }
        #expect(redactor(secret).redacted("<\(written)>") == "<••••>")
        #expect(redactor(secret).finder.redacted("{\"said\":\"\(text)\"}") == "{\"said\":\"••••\"}")
    }

    @Test func `redacts a part of a secret that is encoded`() {
        let secret = "Kq7Zp2Xv9Lm4Nt8Rb3Yw6Hc1Jd5Gf0SsTtUuVvWw"
        let part = Array(secret.utf8.suffix(28))
        let redactor = redactor(secret)
        #expect(redactor.redacted("<\(part.map { String($0, radix: 16) }.joined())>") == "<••••>")
        #expect(redactor.finder.mayHold(Array(Base64.encoded(part).utf8)))
    }

    @Test func `redacts the end and long parts of a long token`() {
        var random = SeededNumbers(seed: 7)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let bytes = (0..<900).map { _ in letters.randomElement(using: &random) ?? 0 }
        let token = "eyJ" + String(decoding: bytes, as: UTF8.self)
        let redactor = redactor(token)
        #expect(redactor.redacted("<\(token.suffix(12))>") == "<••••>")
        for start in 0..<token.count - 60 {
            #expect(redactor.redacted("<\(token.dropFirst(start).prefix(60))>") == "<••••>", "\(start)")
        }
    }

    @Test(arguments: [
        "the quick brown fox", "100% of [them] &amp; more \\u00e9", "|------------|", "AAAAAAAAAAAAAAAAAAAAAAAA",
        "%", "&", "\\", "&#;", "&#x110000;", "\\ud800", "\\ud83d\\u", "%4", "%zz", "&amp", "&#99999999999;", "ü",
    ])
    func `leaves other text alone`(_ text: String) {
        #expect(redactor(Self.secret, "a------------z1", "AAAAAAAAAAAAAAAAAAAAAAAAbcd").redacted(text) == text)
        #expect(Redactor().redacted(text) == text)
    }

    @Test func `keeps the text around a secret`() {
        #expect(redactor("abcdef-12").redacted("<abcdef-12> and [abcdef-12]") == "<••••> and [••••]")
    }

    @Test func `redacts the longer of two secrets that begin alike`() {
        #expect(redactor("abcdef-12", "abcdef-1234").redacted("abcdef-1234 abcdef-12") == "•••• ••••")
    }

    @Test func `redacts each of two session tokens that begin alike`() {
        let head = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0b3J0dXJlI"
        let redactor = redactor(head + "n0.aaa111bbb222", head + "m0.ccc333ddd444")
        #expect(redactor.redacted(head + "m0.ccc333ddd444!") == "••••!")
        #expect(redactor.redacted(head + "n0.aaa111bbb222!") == "••••!")
    }

    @Test func `leaves nothing of two secrets that overlap`() {
        #expect(redactor("abcdef-12", "f-12ghij").redacted("-abcdef-12ghij-") == "-••••-")
    }

    @Test func `redacts at the very beginning and end`() {
        #expect(redactor("abcdef-12").redacted("abcdef-12-abcdef-12") == "••••-••••")
    }

    @Test func `redacts whole characters`() {
        #expect(redactor("secret-1234-\u{FC}x").redacted("secret-1234-\u{F6}x") == "••••x")
    }

    @Test(arguments: [
        ("table1!", Secret.Weakness.short), ("", .short), ("12345678", .number), ("2026-11-29", .number),
        ("jsonrpcs", .word), ("OvalEdge", .word), ("complete", .word), ("--------------------", .uniform),
        ("abababababababababab", .uniform),
    ])
    func `does not redact what could be a word or a number`(_ text: String, _ weakness: Secret.Weakness) {
        #expect(Secret(text).weakness == weakness)
        #expect(redactor(text).redacted("a \(text) here") == "a \(text) here")
    }

    @Test(
        arguments: secrets + ["sandbox-secret", "hunter2hunter2", "qwertzuiopasdfgh", "1234567890123456", "p@ss/w0rd"]
    )
    func `treats what no one writes by accident as a secret`(_ text: String) {
        #expect(Secret(text).weakness == nil)
        #expect(redactor(text).redacted("a \(text) here") == "a •••• here")
    }

    @Test func `redacts no part of a secret that is a word by itself`() {
        let redactor = redactor("production-catalog-x7Kq9", "http://alice.smith:x7Kq9@proxy.example")
        #expect(
            redactor.redacted("the production-catalog of http://alice.smith")
                == "the production-catalog of http://alice.smith"
        )
        #expect(redactor.redacted("production-catalog-x7Kq9") == "••••")
    }

    @Test func `forgets a secret that is worthless`() {
        let redactor = redactor("abcdef-12", "uvwxyz-34")
        redactor.remove(Secret("abcdef-12"))
        #expect(redactor.redacted("abcdef-12 uvwxyz-34") == "abcdef-12 ••••")
    }

    @Test func `redacts a secret as long as one of those who added it needs that`() {
        let redactor = redactor("abcdef-12")
        redactor.add(Secret("abcdef-12"))
        redactor.remove(Secret("abcdef-12"))
        #expect(redactor.redacted("abcdef-12") == "••••")
        redactor.remove(Secret("abcdef-12"))
        #expect(redactor.redacted("abcdef-12") == "abcdef-12")
    }

    @Test func `finds a secret at every position among bytes like its own`() {
        let redactor = redactor("abcabd1ab", "babdab1aba2")
        for before in 0..<40 {
            let text = String(repeating: "ab", count: before) + "_abcabd1ab_" + String(repeating: "ba", count: 20)
            #expect(redactor.redacted(text) == text.replacing("abcabd1ab", with: "••••"))
        }
    }

    @Test(arguments: 0..<300)
    func `agrees with a plain search on random text`(seed: Int) {
        var random = SeededNumbers(seed: UInt64(seed))
        let letters = Array("abc1".utf8)
        func text(_ count: Int) -> String {
            String(decoding: (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }, as: UTF8.self)
        }
        let secret = text(8)
        let haystack = text(2000) + (seed.isMultiple(of: 2) ? secret : "") + text(20)
        let redacted = redactor(secret).redacted(haystack)
        guard Secret(secret).weakness == nil else { return #expect(redacted == haystack) }
        #expect(redacted.contains(secret) == false)
        #expect((redacted != haystack) == haystack.contains(secret))
    }

    /// The work for a text grows with its length, not with the number of escapes in it or of secrets like it.
    @Test func `is quick with hostile text`() {
        let redactor = redactor(Self.secrets[3], Self.secrets[4], "abcdabcdabcdabcdabcd1")
        let pieces = ["eyJhbGciOiJI", "%2525252525", "&amp;amp;amp;#x3d;", "\\\\\\u003d", "abcd"]
        for piece in pieces {
            let start = ContinuousClock.now
            _ = redactor.redacted(String(repeating: piece, count: 100_000 / piece.utf8.count))
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }
}
