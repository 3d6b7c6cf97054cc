import Testing
import Text

@Suite struct `An encoding other than UTF-8` {
    @Test(
        arguments: [
            ("iso-8859-1", [0x41, 0xFC, 0x80, 0x81], "Aü€\u{81}"), ("us-ascii", [0x41], "A"), ("windows-1252", [], ""),
            ("utf-16", [0xFF, 0xFE, 0x41, 0, 0xAC, 0x20], "A€"), ("utf-16", [0xFE, 0xFF, 0, 0x41], "A"),
            ("utf-16", [0x7B, 0, 0x7D, 0], "{}"), ("utf-16", [0, 0x7B, 0, 0x7D], "{}"),
            ("utf-16le", [0x3D, 0xD8, 0x00, 0xDE], "😀"), ("utf-16be", [0xD8, 0x3D, 0xDE, 0x00], "😀"),
            ("utf-16be", [0xD8, 0x3D], "\u{FFFD}"), ("utf-16", [0x41], ""), ("utf-16", [], ""),
        ] as [(String, [UInt8], String)]
    )
    func `is read by its name`(name: String, bytes: [UInt8], text: String) throws {
        #expect(try #require(CharacterEncoding(named: name)).text(of: bytes) == text)
    }

    @Test(arguments: ["utf-8", "koi8-r", "ISO-8859-1", ""])
    func `is unknown by any other`(name: String) {
        #expect(CharacterEncoding(named: name) == nil)
    }
}
