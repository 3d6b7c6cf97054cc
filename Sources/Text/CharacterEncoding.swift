/// An encoding of text other than UTF-8, as old servers still declare it.
package enum CharacterEncoding: Hashable, Sendable {
    /// Also what is declared as ISO-8859-1 and ASCII, as browsers read them.
    case windows1252
    /// The order of bytes is that of the byte order mark, else `bigEndian` unless the text begins otherwise.
    case utf16(isLittleEndian: Bool?)

    /// `name` is a label of the IANA registry in lower case; nil for what is not known here.
    package init?(named name: String) {
        switch name {
        case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "us-ascii",
            "ascii":
            self = .windows1252
        case "utf-16", "utf16": self = .utf16(isLittleEndian: nil)
        case "utf-16le": self = .utf16(isLittleEndian: true)
        case "utf-16be": self = .utf16(isLittleEndian: false)
        default: return nil
        }
    }

    /// What is not valid becomes U+FFFD; a byte order mark is left out.
    package func text(of bytes: [UInt8]) -> String {
        switch self {
        case .windows1252: Self.windows1252(bytes)
        case .utf16(let isLittleEndian): Self.utf16(bytes, isLittleEndian: isLittleEndian)
        }
    }

    private static func windows1252(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            let isOwn = (0x80...0x9F).contains(byte)
            text.append(isOwn ? Unicode.Scalar(own[Int(byte) - 0x80]) ?? "\u{FFFD}" : Unicode.Scalar(byte))
        }
        return String(text)
    }

    private static func utf16(_ bytes: [UInt8], isLittleEndian: Bool?) -> String {
        let mark = bytes.prefix(2)
        let isLittle = isLittleEndian ?? (mark == [0xFF, 0xFE] || mark.count == 2 && mark.first != 0 && mark.last == 0)
        let start = mark == [0xFF, 0xFE] || mark == [0xFE, 0xFF] ? 2 : 0
        let units = stride(from: start, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// What Windows-1252 has where ISO-8859-1 has controls.
    private static let own: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}
