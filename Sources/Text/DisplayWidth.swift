/// How many columns of a terminal a text takes.
package enum DisplayWidth {
    /// The text is taken as one line; control characters take none.
    package static func columns(of text: String) -> Int {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
        return text.reduce(0) { $0 + columns(of: $1) }
    }

    /// The text, or as much of it as fits with an ellipsis at its end.
    package static func fitting(_ text: String, _ columns: Int) -> String {
        guard self.columns(of: text) > columns else { return text }
        var (kept, used) = ("", 0)
        for character in text {
            let width = self.columns(of: character)
            guard used + width < columns else { break }
            kept.append(character)
            used += width
        }
        return columns > 0 ? kept + "…" : ""
    }

    /// What is seen as one sign takes no more than two columns, of however many characters it is made.
    private static func columns(of character: Character) -> Int {
        let scalars = character.unicodeScalars
        let isSign =
            scalars.count > 1 && (scalars.first?.properties.isEmoji ?? false) && scalars.first?.isASCII == false
        // A keycap and whatever asks to be shown in colour, too.
        if isSign || scalars.contains("\u{FE0F}") { return 2 }
        return scalars.reduce(0) { $0 + columns(of: $1) }
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator: 0
        // Vowels and endings of a Korean syllable are drawn into its first letter.
        default: (0x1160...0x11FF).contains(scalar.value) ? 0 : isWide(scalar) ? 2 : 1
        }
    }

    /// Wide and full-width characters of UAX #11; what is neither nor, such as Greek, takes one column.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
            0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D37F, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
