import Testing
import Text

@Suite struct `The width of a text on a terminal` {
    @Test(
        arguments: [
            ("", 0), ("plain", 5), ("Ünïcødé", 7), ("e\u{301}", 1), ("日本語", 6), ("한국", 4),
            ("\u{1112}\u{1161}\u{11AB}", 2),
            ("ｆｕｌｌ", 8), ("ｶﾅ", 2), ("…", 1), ("✓", 1), ("🙂", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("1️⃣", 2),
            ("a\u{200B}b", 2), ("Ω≈", 2),
        ] as [(String, Int)]
    )
    func `counts what is seen`(text: String, columns: Int) {
        #expect(DisplayWidth.columns(of: text) == columns)
    }

    @Test func `is kept by leaving the end away`() {
        #expect(DisplayWidth.fitting("plain", 5) == "plain")
        #expect(DisplayWidth.fitting("plain", 4) == "pla…")
        #expect(DisplayWidth.fitting("日本語", 5) == "日本…")
        #expect(DisplayWidth.fitting("日本語", 4) == "日…")
        #expect(DisplayWidth.fitting("日本語", 1) == "…")
        #expect(DisplayWidth.fitting("日本語", 0) == "")
    }
}
