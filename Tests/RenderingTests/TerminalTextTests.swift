import JSON
import Rendering
import Testing

/// Security M7: lines of the audit log were forged, and the screen of who checks it was cleared.
@Suite struct `Text on a terminal` {
    @Test(arguments: [
        ("create_tag", "create_tag"), ("Überprüft 表", "Überprüft 表"), ("", ""),
        ("a\n2026-01-02T00:00:00Z  refused", "a⟨U+000A⟩2026-01-02T00:00:00Z  refused"),
        ("a\tb\r", "a⟨U+0009⟩b"), ("a\u{1B}[2Kb", "a⟨U+001B⟩[2Kb"), ("a\u{9B}2Jb", "a⟨U+009B⟩2Jb"),
        ("a\u{202E}b", "a⟨U+202E⟩b"), ("a\u{2028}b", "a⟨U+2028⟩b"), ("\u{1B}]0;x\u{07}", "⟨U+001B⟩]0;x⟨U+0007⟩"),
    ])
    func `is one line in which nothing acts or hides`(text: String, shown: String) {
        #expect(TerminalText.line(text) == shown)
    }

    @Test func `is cut`() {
        let line = TerminalText.line(String(repeating: "x", count: 1000))
        #expect(line.unicodeScalars.count == 120 && line.last == "…")
        #expect(TerminalText.line(String(repeating: "x", count: 120)).last == "x")
        #expect(TerminalText.line(String(repeating: "\u{1B}x", count: 1000)).unicodeScalars.count == 120)
    }

    @Test func `is the same value as JSON`() throws {
        let value: JSON = ["name": "a\u{1B}\u{9B}\u{202E}\u{E0041}é\n", "client": "x"]
        let text = TerminalText.json(value)
        #expect(text == #"{"name":"a\u001b\u009b\u202e\udb40\udc41é\n","client":"x"}"#)
        #expect(try JSON(parsing: text) == value)
    }
}
