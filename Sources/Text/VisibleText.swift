/// Text that someone else may have written, made harmless to look at, for a person at a terminal and for a model.
///
/// Characters that are not seen can carry orders to a model, steer a terminal, turn a sentence round, or make two names
/// look alike: they are made visible. A carriage return is dropped, because the line feed next to it says the same.
package enum VisibleText {
    /// The text on one line: line feeds and tabs are made visible too.
    package static func line(_ text: String) -> String {
        let text = shown(text)
        guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x09 }) else { return text }
        return text.replacing(every: "\n", with: "⟨U+000A⟩").replacing(every: "\t", with: "⟨U+0009⟩")
    }

    /// The text with its line feeds and tabs, and nothing else that is not seen.
    package static func shown(_ text: String) -> String {
        // Nearly all texts are plain ASCII, and of the others most hold nothing strange.
        if isPlainASCII(text) { return text }
        guard text.unicodeScalars.contains(where: { role(of: $0) != .plain }) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        var hidden = Hidden()
        // What is shown right before; nothing after what is hidden.
        var last: Unicode.Scalar?
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar.value == 0x0D { continue }
            guard isShown(scalar, after: last) else {
                hidden.add(scalar)
                last = nil
                continue
            }
            hidden.tell(in: &result)
            result.append(contentsOf: scalar.utf8)
            last = scalar
            if scalar == blackFlag, let tags = flags.first(where: { rest.starts(with: $0) }) {
                for tag in tags { result.append(contentsOf: tag.utf8) }
                rest = rest.dropFirst(tags.count)
                last = nil
            }
        }
        hidden.tell(in: &result)
        return String(decoding: result, as: UTF8.self)
    }

    /// With these tags behind it, which are not seen, it is a flag of its own.
    private static let blackFlag: Unicode.Scalar = "\u{1F3F4}"

    /// England, Scotland and Wales: all that are recommended for general interchange (UTS #51, Annex C).
    ///
    /// Others could spell any text in what is not seen.
    private static let flags: [[Unicode.Scalar]] = ["gbeng", "gbsct", "gbwls"].map { region in
        region.unicodeScalars.compactMap { Unicode.Scalar(0xE0000 + $0.value) } + ["\u{E007F}"]
    }

    /// What shapes its neighbour is shown with it, one at a time: in a row such characters can spell whole texts.
    private static func isShown(_ scalar: Unicode.Scalar, after last: Unicode.Scalar?) -> Bool {
        switch role(of: scalar) {
        case .plain: true
        case .selector: last.map { role(of: $0) == .plain } ?? false
        // Persian and Hindi need them, and signs made of several; words in ASCII never.
        case .joiner: last.map { $0.value > 0x7F && role(of: $0) != .joiner } ?? false
        case .hidden: false
        }
    }

    /// Looks at eight bytes at a time, because every text of every reply passes here.
    private static func isPlainASCII(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= 8 else { return bytes.allSatisfy(isPlainASCII) }
            var place = 0
            while true {
                let word = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + place).loadUnaligned(as: UInt64.self)
                // The top bit of each byte below 0x20, and of each one above 0x7E.
                let strange = (word &- ones &* 0x20) & ~word | (word &+ ones) | word
                guard strange & tops == 0 || bytes[place..<(place + 8)].allSatisfy(isPlainASCII) else { return false }
                if place == bytes.count - 8 { return true }
                place = min(place + 8, bytes.count - 8)
            }
        }
    }

    private static func isPlainASCII(_ byte: UInt8) -> Bool {
        byte < 0x7F && (byte >= 0x20 || byte == 0x0A || byte == 0x09)
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    private enum Role { case plain, selector, joiner, hidden }

    private static func role(of scalar: Unicode.Scalar) -> Role {
        switch scalar.value {
        case 0x09, 0x0A, 0x20...0x7E: .plain
        case 0x180B...0x180D, 0x180F, 0xFE00...0xFE0F: .selector
        case 0x200C, 0x200D: .joiner
        // Controls, marks of direction, blanks without width or that pass for letters, and the blocks made for what is not
        // shown.
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B...0x200F,
            0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3,
            0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            .hidden
        default: .plain
        }
    }

    /// Characters in a row that are not shown.
    private struct Hidden {
        private var first: Unicode.Scalar?
        private var count = 0

        mutating func add(_ scalar: Unicode.Scalar) {
            if count == 0 { first = scalar }
            count += 1
        }

        /// Says in their place that they were there.
        mutating func tell(in text: inout [UInt8]) {
            guard let first else { return }
            text.append(contentsOf: (count == 1 ? Self.name(of: first) : "⟨\(count) hidden characters⟩").utf8)
            self = Hidden()
        }

        private static func name(of scalar: Unicode.Scalar) -> String {
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "⟨U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)⟩"
        }
    }
}
