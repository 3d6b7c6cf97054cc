import Testing
import Text

@Suite struct `Trimming` {
    @Test(arguments: [
        ("", ""), (" ", ""), ("a", "a"), (" a", "a"), ("a\n", "a"), ("\t a b \r\n", "a b"), ("\u{A0}a\u{2003}", "a"),
        ("é ", "é"), (" 😀", "😀"), ("é", "é"),
    ])
    func `takes white space from both ends only`(text: String, expected: String) {
        #expect(text.trimmed == expected)
        #expect("x\(text)x".dropFirst().dropLast().trimmed == expected)
    }
}
