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

    @Test func `has a byte, at whichever place and in whatever company`() {
        for count in 0..<40 {
            for others in [UInt8(0), 0x5B, 0x5D, 0x80, 0xDC, 0xFF] {
                let bytes = [UInt8](repeating: others, count: count)
                #expect(!bytes.holds(0x5C))
                for place in 0..<count {
                    var with = bytes
                    with[place] = 0x5C
                    #expect(with.holds(0x5C))
                }
            }
        }
    }
}
