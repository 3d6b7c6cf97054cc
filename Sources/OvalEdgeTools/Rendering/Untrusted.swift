package import JSON

/// Text from the catalog, which many people may write, made harmless to look at.
///
/// Characters that are not seen can carry orders to a model or turn a sentence round: those without width are dropped,
/// those that change direction or hide whole texts are made visible.
package enum Untrusted {
    package static func cleaned(_ text: String) -> String {
        // Nearly all texts are plain ASCII, and of the others most hold nothing strange.
        if isPlainASCII(text) { return text }
        guard text.unicodeScalars.contains(where: { role(of: $0) != .plain }) else { return text }
        var result = String.UnicodeScalarView()
        var hidden: [Unicode.Scalar] = []
        // Only after a sign of its own a selector says how that is drawn; in a row they can spell whole texts.
        var isAfterSign = false
        for scalar in text.unicodeScalars {
            switch role(of: scalar) {
            case .widthless: break
            case .hidden: hidden.append(scalar)
            case .selector where !isAfterSign: hidden.append(scalar)
            case .plain, .selector:
                result.append(contentsOf: notice(of: hidden).unicodeScalars)
                hidden = []
                result.append(scalar)
            }
            isAfterSign = role(of: scalar) == .plain
        }
        result.append(contentsOf: notice(of: hidden).unicodeScalars)
        return String(result)
    }

    /// Every text in a value, the names of members among them.
    package static func cleaned(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(cleaned(text))
        case .array(let items): .array(items.map { cleaned($0) })
        case .object(let object):
            .object(JSONObject(object.members.map { JSONObject.Member(cleaned($0.name), cleaned($0.value)) }))
        case .null, .bool, .number: json
        }
    }

    /// Looks at eight bytes at a time, because every text of every reply passes here.
    private static func isPlainASCII(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var place = 0
            while place + 8 <= bytes.count {
                let word = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + place).loadUnaligned(as: UInt64.self)
                // The top bit of each byte below 0x20, and of each one above 0x7E.
                let strange = (word &- ones &* 0x20) & ~word | (word &+ ones) | word
                guard strange & tops == 0 || bytes[place..<(place + 8)].allSatisfy(isPlainASCII) else { return false }
                place += 8
            }
            return bytes[place...].allSatisfy(isPlainASCII)
        }
    }

    private static func isPlainASCII(_ byte: UInt8) -> Bool {
        byte < 0x7F && (byte >= 0x20 || byte == 0x0A || byte == 0x09)
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    private enum Role { case plain, selector, widthless, hidden }

    private static func role(of scalar: Unicode.Scalar) -> Role {
        switch scalar.value {
        case 0x09, 0x0A, 0x20...0x7E: .plain
        // A carriage return says nothing that the line feed beside it does not.
        case 0x0D, 0xAD, 0x034F, 0x180B...0x180F, 0x200B...0x200D, 0x2060...0x2064, 0xFE00...0xFE0D, 0xFEFF: .widthless
        case 0xFE0E, 0xFE0F: .selector
        // Controls, marks of direction, blanks that pass for letters, and the blocks made for what is not shown.
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200E, 0x200F, 0x2028...0x202E,
            0x2065...0x206F, 0x3164, 0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            .hidden
        default: .plain
        }
    }

    private static func notice(of hidden: [Unicode.Scalar]) -> String {
        switch hidden.count {
        case 0: return ""
        case 1:
            let digits = String(hidden[0].value, radix: 16, uppercase: true)
            return "⟨U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)⟩"
        default: return "⟨\(hidden.count) hidden characters⟩"
        }
    }
}
