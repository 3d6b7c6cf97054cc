import Testing
import Text

@Suite struct `A text` {
    @Test(arguments: [
        ("", "", true), ("a", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "bc", true),
        ("abc", "ac", false),
        ("aaab", "aab", true), ("abababac", "ababac", true), ("ababab", "ababac", false), ("ab", "abc", false),
        ("Café", "fé", true), ("e\u{301}", "e", true),
    ])
    func `holds another, byte for byte`(text: String, part: String, isThere: Bool) {
        #expect(text.holds(part) == isThere)
    }
}
