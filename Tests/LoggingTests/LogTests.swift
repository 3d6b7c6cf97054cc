import Logging
import Testing

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

    @Test func `says with every line what it is about`() {
        let said = lines { log in
            let request = log.with(("account", "7f3a")).with(("request", "3"))
            request.info("tool", ("ms", "12"))
            request.warning("late")
            log.info("other")
        }
        #expect(
            said == ["info: tool account=7f3a request=3 ms=12", "warning: late account=7f3a request=3", "info: other"]
        )
    }

    @Test func `is an object with the time, for programs that collect logs`() {
        let lines = Lines()
        let redactor = Redactor()
        redactor.add(Secret("hunter2-hunter2"))
        let log = Log(.info, redactor: redactor, format: .json, now: { 1_785_240_000 }) { lines.all.append($0) }
        log.with(("request", "a\"b\nc")).info("done", ("ms", "12"), ("said", "hunter2-hunter2"))
        #expect(
            lines.all == [
                #"{"time":"2026-07-28T12:00:00Z","level":"info","event":"done","request":"a\"b⟨U+000A⟩c","ms":"12","said":"••••"}"#
            ]
        )
    }

    @Test func `is left out below the level asked for`() {
        #expect(lines(.warning) { $0.info("done") }.isEmpty)
        #expect(lines(.warning) { $0.error("broken") } == ["error: broken"])
    }

    @Test func `quotes values that could not be distinguished otherwise`() {
        #expect(
            lines { $0.info("x", ("a", "b c"), ("d", ""), ("e", "f\"g\\")) } == [#"info: x a="b c" d="" e="f\"g\\""#]
        )
    }

    @Test func `never breaks and never steers a terminal`() {
        #expect(
            lines { $0.info("a\nb\u{1B}[31m\u{85}\u{2028}\u{202E}c") } == [
                "info: a⟨U+000A⟩b⟨U+001B⟩[31m⟨3 hidden characters⟩c"
            ]
        )
    }

    /// Rows: G168.
    @Test func `holds no secret, not even one with a line break`() {
        let secret = "first-half\nsecond-half"
        let line = lines(secret: secret) { $0.info("got \(secret)", ("value", secret)) }.joined()
        #expect(!line.contains("half"))
    }

    @Test func `keeps its own words, whatever the secret`() {
        #expect(
            lines(secret: "warning-milliseconds-9") { $0.warning("x", ("milliseconds", "9")) }
                == ["warning: x milliseconds=9"]
        )
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
