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
    ])
    func `reads as people read it`(html: String, text: String) {
        #expect(HTMLText(html).plain == text)
    }

    @Test func `is read in reasonable time however it is nested`() {
        let deep = String(repeating: "<ul><li><div>", count: 20_000) + "x"
        #expect(HTMLText(deep).lines.count == 1)
        for piece in ["<", "&", "<!", "<!x ", "<p ", "<p '", "<script>", "</", "&#"] {
            _ = HTMLText(String(repeating: piece, count: 20_000)).plain
        }
    }
}
