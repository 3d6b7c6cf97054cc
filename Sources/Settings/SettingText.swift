import Text

/// What can be known of the text of a setting before it is read.
enum SettingText {
    /// The first character that cannot be seen, such as `U+200B`; nil if all can be seen.
    ///
    /// Such a character comes with what is copied from a page or a message, and is hard to find.
    static func invisible(in text: String) -> String? {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return nil }
        let scalar = text.unicodeScalars.first { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: true
            case .spaceSeparator: scalar != " "
            default: scalar.properties.isDefaultIgnorableCodePoint
            }
        }
        return scalar.map { scalar in
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
    }

    /// Whether it is one of the forms that clients, shells or people fill in, left as it was: `${input:token}`,
    /// `{env:NAME}`, `{{token}}`, `%NAME%`, `$NAME`, `<your-token>`, `your-token`, `changeme`, `xxx`.
    static func isPlaceholder(_ text: String) -> Bool {
        if isWordToFillIn(text) { return true }
        guard mayHoldPlaceholder(text) else { return false }
        if text.hasPrefix("<"), bracketed(text)?.upperBound == text.endIndex { return true }
        if text.count > 1, text.hasPrefix("$"), text.dropFirst().allSatisfy(isNamePart), text == text.uppercased(),
            text.dropFirst().first?.isLetter == true
        {
            return true
        }
        if text.hasPrefix("{{") && text.hasSuffix("}}") { return true }
        if text.count > 2, text.hasPrefix("%"), text.hasSuffix("%"),
            text.dropFirst().dropLast().allSatisfy(isNamePart)
        {
            return true
        }
        return openings.contains { text.hasPrefix($0) } && text.contains("}")
    }

    /// Whether such a form is anywhere in the text, as in `https://${input:host}/ovaledge`.
    static func holdsPlaceholder(_ text: String) -> Bool {
        if isPlaceholder(text) { return true }
        guard mayHoldPlaceholder(text) else { return false }
        return bracketed(text) != nil
            || openings.contains { text.range(ofFirst: $0).map { text[$0.upperBound...].contains("}") } ?? false }
    }

    /// `changeme`, a row of `x`, or words of which the first is "your".
    private static func isWordToFillIn(_ text: String) -> Bool {
        guard text.utf8.count <= 64, text.utf8.first.map({ "cCxXyYrR".utf8.contains($0) }) ?? false else {
            return false
        }
        let word = text.lowercased()
        if word.count > 2 && word.allSatisfy({ $0 == "x" }) { return true }
        if ["changeme", "replaceme"].contains(word.filter { $0.isLetter || $0.isNumber }) { return true }
        return ["your-", "your_"].contains { word.hasPrefix($0) }
            && word.dropFirst(5).contains { $0.isLetter } && !word.contains { $0.isNumber }
    }

    /// Where the text has words in angle brackets.
    private static func bracketed(_ text: String) -> Range<String.Index>? {
        guard let start = text.firstIndex(of: "<"), let end = text[start...].firstIndex(of: ">") else { return nil }
        let words = text[text.index(after: start)..<end]
        guard words.first?.isLetter == true, words.allSatisfy({ isNamePart($0) || $0 == "-" || $0 == " " })
        else { return nil }
        return start..<text.index(after: end)
    }

    private static let openings = ["${", "{env:", "{input:", "{file:"]

    /// Settings are read before the first answer, and hardly any has such a sign.
    private static func mayHoldPlaceholder(_ text: String) -> Bool {
        text.utf8.contains { "{%$<".utf8.contains($0) }
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }

    /// Whether it may be repeated to the person who wrote it: a word, or too short for a secret in the wrong place.
    static func isRepeatable(_ text: String) -> Bool {
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "*")
            }
        }
        return text.utf8.count <= 16 && isWord || text.utf8.count <= 5 && invisible(in: text) == nil
    }
}
