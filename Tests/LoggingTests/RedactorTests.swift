import Logging
import Testing
import Text

@Suite struct `The redactor` {
    private static let secret = "s3cr3t/value+of=Ann"

    private func redactor(_ secrets: String...) -> Redactor {
        let redactor = Redactor()
        for secret in secrets { redactor.add(Secret(secret)) }
        return redactor
    }

    @Test(arguments: [
        secret,
        "before \(secret) after",
        "\(secret)\(secret)",
        PercentEncoding.encoded(secret),
        PercentEncoding.encoded(secret).replacing("%2F", with: "%2f").replacing("%2B", with: "%2b").replacing(
            "%3D",
            with: "%3d"
        ),
        secret.replacing("/", with: "\\/"),
        Base64.encoded(secret),
        Base64.encoded("x\(secret)"),
        Base64.encoded("xy\(secret)z", .urlSafe),
        Base64.encoded("user:\(secret)"),
        "Authorization: jwt \(secret)",
    ])
    func `strikes a secret however it is written`(_ text: String) {
        let struck = redactor(Self.secret).struck(text)
        #expect(struck.contains("••••"))
        #expect(!struck.contains("s3cr3t"))
        let core = Array(Base64.encoded(Self.secret).prefix(20))
        #expect(!struck.contains(String(core)))
    }

    @Test func `keeps what stands around a secret`() {
        #expect(redactor("abcdef").struck("<abcdef> and [abcdef]") == "<••••> and [••••]")
    }

    @Test func `strikes the longer of two secrets that begin alike`() {
        #expect(redactor("abcdef", "abcdefgh").struck("abcdefgh abcdef") == "•••• ••••")
    }

    @Test func `leaves nothing of two secrets that overlap`() {
        #expect(redactor("abcdef", "efghij").struck("-abcdefghij-") == "-••••-")
    }

    @Test func `strikes at the very beginning and end`() {
        let bytes = redactor("abcdef").struck(Array("abcdef-abcdef".utf8))
        #expect(String(decoding: bytes, as: UTF8.self) == "••••-••••")
    }

    @Test(arguments: ["", "abcde", "abcdxf", "the quick brown fox"])
    func `leaves other text alone`(_ text: String) {
        #expect(redactor("abcdef").struck(text) == text)
        #expect(Redactor().struck(text) == text)
    }

    @Test func `does not strike what is as short as a word`() {
        #expect(redactor("table").struck("a table") == "a table")
    }

    @Test func `strikes secrets with quotes inside JSON`() {
        #expect(!redactor(#"a"quoted"one"#).struck(#"{"x":"a\"quoted\"one"}"#).contains("quoted"))
    }

    @Test func `strikes secrets in HTML`() {
        #expect(redactor(#"a<b>&"c'd"#).struck("<p>a&lt;b&gt;&amp;&quot;c&#39;d</p>") == "<p>••••</p>")
    }

    @Test func `forgets a secret that is worthless`() {
        let redactor = redactor("abcdef", "uvwxyz")
        redactor.remove(Secret("abcdef"))
        #expect(redactor.struck("abcdef uvwxyz") == "abcdef ••••")
    }

    @Test func `finds a secret at every position among bytes like its own`() {
        let redactor = redactor("aabaab", "baabaa1")
        for before in 0..<40 {
            let text = String(repeating: "ab", count: before) + "_aabaab_" + String(repeating: "ba", count: 20)
            #expect(redactor.struck(text) == text.replacing("aabaab", with: "••••"))
        }
    }

    @Test func `agrees with a plain search on random text`() {
        var random = SystemRandomNumberGenerator()
        let letters = Array("abc".utf8)
        for _ in 0..<300 {
            let secret = String(
                decoding: (0..<7).map { _ in letters.randomElement(using: &random) ?? 0 },
                as: UTF8.self
            )
            let text = String(
                decoding: (0..<400).map { _ in letters.randomElement(using: &random) ?? 0 },
                as: UTF8.self
            )
            let hasHit = text.contains(secret)
            let struck = redactor(secret).struck(text)
            #expect(struck.contains(secret) == false)
            #expect((struck != text) == hasHit)
        }
    }
}

@Suite struct `A log line` {
    private final class Lines: @unchecked Sendable {
        var all: [String] = []
    }

    private func lines(_ level: Log.Level = .info, secret: String = "unused-secret", _ body: (Log) -> Void) -> [String]
    {
        let lines = Lines()
        let redactor = Redactor()
        redactor.add(Secret(secret))
        body(Log(level, redactor: redactor) { lines.all.append($0) })
        return lines.all
    }

    @Test func `has a level, a sentence and fields`() {
        #expect(lines { $0.info("done", ("ms", "12")) } == ["info: done ms=12"])
    }

    @Test func `is left out below the level asked for`() {
        #expect(lines(.warning) { $0.info("done") }.isEmpty)
        #expect(lines(.warning) { $0.error("broken") } == ["error: broken"])
    }

    @Test func `quotes values that could not be told apart otherwise`() {
        #expect(
            lines { $0.info("x", ("a", "b c"), ("d", ""), ("e", "f\"g\\")) } == [#"info: x a="b c" d="" e="f\"g\\""#]
        )
    }

    @Test func `never breaks and never steers a terminal`() {
        #expect(lines { $0.info("a\nb\u{1B}[31m\u{85}\u{2028}\u{202E}c") } == ["info: a b [31m   c"])
    }

    /// Rows: G168.
    @Test func `holds no secret, not even one with a line break`() {
        let secret = "first-half\nsecond-half"
        let line = lines(secret: secret) { $0.info("got \(secret)", ("value", secret)) }.joined()
        #expect(!line.contains("half"))
    }

    @Test func `shows dots for a secret however it is printed`() {
        let secret = Secret("hidden-value")
        var dumped = ""
        dump([secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains("hidden"))
        }
    }
}
