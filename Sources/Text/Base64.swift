/// Base64 in its two alphabets (RFC 4648): standard with padding, and URL-safe without, as JSON Web Tokens write it.
package enum Base64 {
    package enum Alphabet: Sendable { case standard, urlSafe }

    /// The text's UTF-8.
    package static func encoded(_ text: String, _ alphabet: Alphabet = .standard) -> String {
        encoded(Array(text.utf8), alphabet)
    }

    package static func encoded(_ bytes: [UInt8], _ alphabet: Alphabet = .standard) -> String {
        let characters = alphabet == .standard ? standard : urlSafe
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var word = 0
        var bits = 0
        for byte in bytes {
            word = (word << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(characters[word >> bits & 63])
            }
        }
        if bits > 0 { text.append(characters[word << (6 - bits) & 63]) }
        while alphabet == .standard, text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything outside both alphabets; padding may be there, then whole, or not.
    package static func decoded(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var word = 0
        var bits = 0
        let unpadded = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.utf8[unpadded.endIndex...]
        guard padding.isEmpty || (padding.count < 3 && text.utf8.count % 4 == 0),
            padding.allSatisfy({ $0 == UInt8(ascii: "=") })
        else { return nil }
        for character in unpadded {
            guard let value = value(of: character) else { return nil }
            word = (word << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(word >> bits & 0xFF))
            }
        }
        return bits < 6 ? bytes : nil
    }

    /// Nil for anything but the URL-safe alphabet without padding, in the one form that the bytes have (RFC 7515 §2).
    package static func decodedStrictly(_ text: some StringProtocol) -> [UInt8]? {
        decodedStrictly(Array(text.utf8)[...])
    }

    package static func decodedStrictly(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var word = 0
        var bits = 0
        for character in text {
            guard character != UInt8(ascii: "+"), character != UInt8(ascii: "/"), let value = value(of: character)
            else { return nil }
            word = word << 6 | value
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(word >> bits))
            // What is left over has to be 0 at the end.
            word &= 1 << bits - 1
        }
        return bits < 6 && word == 0 ? bytes : nil
    }

    private static func value(of character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let standard = Array("\(letters)+/".utf8)
    private static let urlSafe = Array("\(letters)-_".utf8)
}
