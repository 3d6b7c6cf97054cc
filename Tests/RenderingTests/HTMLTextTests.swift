import OvalEdge
import Rendering
import Testing

@Suite struct `HTML as text` {
    @Test(arguments: [
        ("plain", "plain"),
        ("", ""),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<br/>Three<BR />Four", "One\nTwo\nThree\nFour"),
        ("<h2>Scope</h2>All <b>customer</b>&nbsp;data", "Scope\nAll customer data"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>d", "- a\n- b\n  - c\nd"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<li>stray</li>", "- stray"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A | B\n1 | 2"),
        ("a &amp; b &lt;c&gt; &#65;&#x42; &eacute; &unknown; &", "a & b <c> AB é &unknown; &"),
        ("&#0; &#xD800; &#99999999999;", "&#xD800; &#99999999999;"),
        ("a < b and c > d, x<y>z", "a < b and c > d, x<y>z"),
        ("List<String> and <T>", "List<String> and <T>"),
        ("<script>alert('<p>')</script>after<style>p{}</style>", "after"),
        ("<script>never closed", ""),
        ("a<!-- hidden <p> -->b<!-- open", "ab"),
        ("<!DOCTYPE html><html><head><title>x</title></head><body>y</body></html>", "y"),
        (#"<a href="https://e.example/x">words</a>"#, "words (https://e.example/x)"),
        (#"<a href="https://e.example/x">https://e.example/x</a>"#, "https://e.example/x"),
        (#"<a href="javascript:alert(1)">words</a>"#, "words"),
        (#"<a title='a > b' href=https://e.example/>words</a>"#, "words (https://e.example/)"),
        (#"<img src="x" alt="A &amp; B">"#, "(image: A & B)"),
        ("<p class=\"x\" onclick='y'>  many \n\t spaces  </p>", "many spaces"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p unclosed", "<p unclosed"),
        ("x</p></ul></ol></li>y", "x\ny"),
        ("<li><p>a</p><p>b</p></li><li><div>c</div></li>", "- a\nb\n- c"),
        ("<table><tr><td><p>A</p></td><td></td><td>C<br>D</td></tr></table>", "A | – | C D"),
        ("<table><tr><td></td><td>&nbsp;</td></tr></table>after", "after"),
        ("<table><tr><td>A</td><td><ul><li>b</li><li>c</li></ul></td></tr></table>", "A | b; c"),
        ("<table><tr><td><h2>Laid out</h2><p>One</p><p>Two</p></td></tr></table>", "Laid out\nOne\nTwo"),
        ("First\nSecond <b>line</b>\n\nThird", "First\nSecond line\nThird"),
        ("<p>One\u{A0}\u{A0}and&#160;two&shy;</p>", "One and two"),
        ("&#147;Word&#148; &#150; it&#146;s", "“Word” – it’s"),
        ("<p>Text<o:p>&nbsp;</o:p></p><![endif]--><?xml:namespace prefix = o />", "Text"),
        ("<head><body>a</body>", "a"),
        ("&lt;p&gt;About &lt;b&gt;customers&lt;/b&gt; &amp;amp; more&amp;nbsp;&lt;/p&gt;", "About customers & more"),
        ("<p>&lt;p&gt;Escaped&lt;br&gt;twice&lt;/p&gt;</p>", "Escaped\ntwice"),
        ("<p>Write &lt;p&gt; and &lt;/p&gt; around it</p>", "Write <p> and </p> around it"),
    ])
    func `reads as people read it`(html: String, text: String) {
        #expect(HTMLText(html).plain == text)
    }

    @Test(
        arguments: [
            ("<p><b>Call recordings</b></p><p>Ninety days.</p>", [.heading, .text]),
            ("<p><strong>Nothing is ever deleted.</strong></p>", [.text]),
            ("<p><b>Note</b> this</p>", [.text]),
            ("<h3></h3>text", [.text]),
            ("<table><tr><td>a</td><td>b</td></tr></table>", [.row]),
        ] as [(String, [HTMLText.Line.Kind])]
    )
    func `knows headings and rows`(html: String, kinds: [HTMLText.Line.Kind]) {
        #expect(HTMLText(html).lines.map { $0.kind } == kinds)
    }

    @Test(arguments: [
        ("<p>About <b>customers</b> &amp; more&nbsp;</p>", "About customers & more"),
        ("AT&amp;T", "AT&T"),
        ("a < b, List<String>, <p> opens\nnext", "a < b, List<String>, <p> opens\nnext"),
        ("  SELECT 1\n  WHERE a<b AND b>c", "  SELECT 1\n  WHERE a<b AND b>c"),
    ])
    func `is found where a text is said to be plain`(text: String, plain: String) {
        #expect(RichText(text, .plain).plainText == plain)
        #expect(RichText(text, .plain).wholePlainText == plain)
    }

    @Test func `keeps the cells of a row apart`() {
        var text = Markdown()
        text.quote(HTMLText("<table><tr><th>Step</th><th>A|B</th></tr><tr><td>1</td><td>*x*</td></tr></table>").lines)
        #expect(text.text == "«\u{1}\nStep | A\\|B\n1 | \\*x\\*\n\u{1}»")
    }

    @Test func `of thirty thousand characters is read whole and at once`() {
        let row = "<tr><td><p>orders&nbsp;</p></td><td style='x > y'>ten <i>years</i></td></tr>"
        let piece =
            "<h2>Part&nbsp;&amp; more</h2><p>Some <span class=\"a\">text</span><br>more</p><table>\(row)</table>"
        let html = String(repeating: piece, count: 200)
        let start = ContinuousClock.now
        let lines = HTMLText(html).lines
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(html.utf8.count > 30_000 && lines.count == 800)
        #expect(lines.suffix(4).map { $0.text } == ["Part & more", "Some text", "more", "orders | ten years"])
    }

    @Test func `is read in reasonable time however it is nested`() {
        let deep = String(repeating: "<ul><li><div>", count: 20_000) + "x"
        #expect(HTMLText(deep).lines.count == 1)
        for piece in [
            "<", "&", "<!", "<!x ", "<p ", "<p '", "<script>", "</", "&#", "<head>", "<td>", "<b>", "&lt;p&gt;",
        ] {
            _ = HTMLText(String(repeating: piece, count: 20_000)).plain
        }
    }
}
