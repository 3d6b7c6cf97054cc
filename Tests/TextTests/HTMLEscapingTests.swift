import Testing
import Text

@Suite struct `Text inside of HTML` {
    @Test(arguments: [
        (#"<a href="x" title='y'>&</a>"#, "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;"),
        ("<\u{301}\"\u{301}", "&lt;\u{301}&quot;\u{301}"),
    ]) func `holds nothing that could become markup, not even with an accent`(text: String, html: String) {
        #expect(HTMLEscaping.escaped(text).unicodeScalars.elementsEqual(html.unicodeScalars))
    }

    @Test(arguments: ["", "Umsatz für März", "line\nline", "👩‍👩‍👧"]) func `is otherwise as it was`(text: String) {
        #expect(HTMLEscaping.escaped(text) == text)
    }
}
