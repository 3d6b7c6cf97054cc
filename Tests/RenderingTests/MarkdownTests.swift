import JSON
import Rendering
import Testing

@Suite struct `Text for models` {
    @Test(arguments: [
        ("order_id", "order_id"), ("_private", #"\_private"#), ("__init__", #"\_\_init\_\_"#), ("a__b", "a__b"),
        ("snake_", #"snake\_"#), ("*bold*", #"\*bold\*"#), ("a|b", #"a\|b"#), ("[x](y)", #"\[x\](y)"#),
        ("<b>", #"\<b>"#), ("`code`", #"\`code\`"#), (#"a\b"#, #"a\\b"#), ("# x", ##"\# x"##), ("a # x", "a # x"),
        ("> quote", #"\> quote"#), ("- item", #"\- item"#), ("AT&T", #"AT\&T"#), ("a & b", "a & b"),
        ("&lt;", #"\&lt;"#),
        ("~~no~~", #"\~~no\~~"#), ("line\nbreak\r\nhere", "line break here"),
        ("«a» é «", #"\«a» é \«"#), ("__a__b_ _", #"\_\_a__b\_ \_"#),
        ("  spaces  ", "spaces"),
    ])
    func `escapes what has power, and no more`(text: String, expected: String) {
        #expect(Inline("\(escaped: text)").text == expected)
    }

    @Test(arguments: [
        ("x", "https://a/b c(d)", "[x](https://a/b%20c%28d%29)"), ("[x]", "http://a/", #"[\[x\]](http://a/)"#),
        ("x", "javascript:alert(1)", "x"), ("x", "ovaledge://catalog", "x"),
        ("x", "https://a/\n](b", "[x](https://a/%0A%5D%28b)"),
        ("x", "http://[::1]:8080/a[0]", "[x](http://[::1]:8080/a%5B0%5D)"),
        ("x", "https://[2001:db8::7]/#nav/table?id=1", "[x](https://[2001:db8::7]/#nav/table?id=1)"),
        ("x", "http://[a](b)/", "[x](http://[a]%28b%29/)"), ("x", "http://[x](b)/", "[x](http://%5Bx%5D%28b%29/)"),
        ("x", "http://[::1", "[x](http://%5B::1)"),
    ])
    func `links only where a browser goes`(label: String, url: String, expected: String) {
        #expect(Inline("\(link: label, to: url)").text == expected)
    }

    @Test func `cuts excerpts between words`() {
        #expect(Inline("\(excerpt: "one two\n three", upTo: 20)").text == "one two three")
        #expect(Inline("\(excerpt: "one two three", upTo: 9)").text == "one two …")
        #expect(Inline("\(excerpt: "abcdefghij", upTo: 4)").text == "abcd …")
    }

    @Test func `keeps cells and code on one line`() {
        var text = Markdown()
        text.table(of: [["name": "a|b\nc", "flag": true, "more": [1]], ["name": .null]], SizeLimits(items: 5))
        #expect(text.text == "| name | flag | more |\n|---|---|---|\n| a\\|b c | yes | 1 |\n|  | not known |  |")
        #expect(Inline("\(code: "a`b\nc")").text == "`a b c`")
    }
}

/// A black flag with the region in tag characters behind it, which are not seen.
private func flag(_ region: String) -> String { "\u{1F3F4}" + tags(region) }

private func tags(_ text: String) -> String {
    let tags = (text.unicodeScalars.map { $0.value } + [0x7F]).compactMap { Unicode.Scalar(0xE0000 + $0) }
    return String(String.UnicodeScalarView(tags))
}

@Suite struct `Untrusted text` {
    @Test(arguments: [
        ("plain ünïcode 😀 مرحبا\n\tx", "plain ünïcode 😀 مرحبا\n\tx"),
        ("a\u{200B}b\u{FEFF}\u{AD}c\r\n", "a⟨U+200B⟩b⟨2 hidden characters⟩c\n"),
        // Words and signs that need a joiner keep it; ASCII, and a row of them, do not.
        ("می\u{200C}خواهم 👩\u{200D}💻 ❤\u{FE0F}\u{200D}🔥", "می\u{200C}خواهم 👩\u{200D}💻 ❤\u{FE0F}\u{200D}🔥"),
        ("id\u{200D} é\u{200C}\u{200D}\u{200C}", "id⟨U+200D⟩ é\u{200C}⟨2 hidden characters⟩"),
        ("a\u{202E}b", "a⟨U+202E⟩b"),
        ("a\u{2066}\u{2069}b", "a⟨2 hidden characters⟩b"),
        (
            "x" + String(String.UnicodeScalarView([0xE0041, 0xE0042, 0xE007F].compactMap { Unicode.Scalar($0) })),
            "x⟨3 hidden characters⟩"
        ),
        // England; not a text spelled in the same characters, nor one that goes on behind it.
        (flag("gbeng"), flag("gbeng")), ("\(flag("gbsct"))\(flag("gbwls")).", "\(flag("gbsct"))\(flag("gbwls"))."),
        (flag("gb"), "\u{1F3F4}⟨3 hidden characters⟩"), (flag("usca"), "\u{1F3F4}⟨5 hidden characters⟩"),
        (flag("gbengx"), "\u{1F3F4}⟨7 hidden characters⟩"),
        (flag("gbeng") + tags("x") + "\u{200D}", flag("gbeng") + "⟨3 hidden characters⟩"),
        (tags("gbeng"), "⟨6 hidden characters⟩"), ("\u{1F3F4}\u{FE0F}x", "\u{1F3F4}\u{FE0F}x"),
        ("a\u{1B}[31mb\u{7}", "a⟨U+001B⟩[31mb⟨U+0007⟩"),
        ("\u{85}\u{2028}", "⟨2 hidden characters⟩"),
        ("a\u{FFF9}b\u{FFFB}", "a⟨U+FFF9⟩b⟨U+FFFB⟩"),
        ("a\u{3164}\u{115F}b\u{34F}", "a⟨2 hidden characters⟩b⟨U+034F⟩"),
        ("a\u{1D173}b\u{E0101}", "a⟨U+1D173⟩b⟨U+E0101⟩"),
        // One selector makes a sign a picture; a row of them can spell anything.
        ("⚠\u{FE0F} a\u{FE0F}\u{FE0E}\u{FE0F}b", "⚠\u{FE0F} a\u{FE0F}⟨2 hidden characters⟩b"),
        ("\u{FE0F}x", "⟨U+FE0F⟩x"),
        ("", ""),
    ])
    func `hides nothing`(text: String, expected: String) {
        #expect(Untrusted.cleaned(text) == expected)
    }

    @Test func `is cleaned wherever it is in a value`() {
        let json: JSON = ["a\u{200B}": ["\u{202E}", 1, ["b": "x\u{0}"]]]
        #expect(Untrusted.cleaned(json) == ["a⟨U+200B⟩": ["⟨U+202E⟩", 1, ["b": "x⟨U+0000⟩"]]])
    }
}
