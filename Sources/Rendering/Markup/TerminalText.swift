package import JSON
import Text

/// Text that models, clients and the catalog wrote, made fit for a person's terminal.
package enum TerminalText {
    /// One line of at most 120 characters, in which nothing moves the cursor, hides or turns round the text.
    package static func line(_ text: String) -> String {
        let line = VisibleText.line(String(text.unicodeScalars.prefix(longest + 1)))
        return line.unicodeScalars.count > longest ? String(line.unicodeScalars.prefix(longest - 1)) + "…" : line
    }

    private static let longest = 120

    /// The same value, with every character that is not seen as an escape.
    package static func json(_ value: JSON) -> String {
        let text = value.text
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return text }
        return text.unicodeScalars.map { scalar in
            Untrusted.cleaned(String(scalar)) == String(scalar) ? String(scalar) : escape(scalar)
        }.joined()
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
