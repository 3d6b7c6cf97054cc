import JSON
import Rendering

// Different values look different: what could be taken for another one is shown as code, quoted as in JSON.

extension Change {
    /// The whole of a value, on one line.
    static func shown(_ value: JSON?) -> Inline {
        switch value {
        case nil, .null?: "(nothing)"
        case .string(let text)?: shown(text)
        case .array(let items)? where !items.isEmpty: shown(items)
        case .array?, .object?: value == [] || value == [:] ? "(nothing)" : shown(value?.text ?? "")
        case .bool?, .number?: "\(words: value?.text ?? "")"
        }
    }

    /// A slash between blanks is a line feed.
    static func shown(_ text: String) -> Inline {
        if text.isEmpty { return "(nothing)" }
        guard isPlain(text) else { return quoted(text) }
        return "\(escaped: text.split { $0 == "\n" }.joined(separator: " / "))"
    }

    /// A comma is between two items, and in none.
    private static func shown(_ items: [JSON]) -> Inline {
        let areClear = items.allSatisfy { item in item.string.map { isPlain($0) && !$0.contains(",") } ?? true }
        return items.map { areClear ? shown($0) : quoted($0.string ?? $0.text) }.joined(separator: ", ")
    }

    /// Whether a text that is shown as it is, with a slash for each line feed, could be no other text.
    private static func isPlain(_ text: String) -> Bool {
        guard !text.isEmpty, text != "(nothing)" else { return false }
        // Of what is before; a text begins and ends as if there were a blank.
        var (isBlank, isSlash) = (true, false)
        for scalar in text.unicodeScalars {
            let (wasBlank, wasSlash) = (isBlank, isSlash)
            isBlank = scalar.properties.isWhitespace
            isSlash = scalar == "/" && wasBlank
            if isBlank && (wasBlank || wasSlash || scalar != " " && scalar != "\n") { return false }
        }
        return !isBlank
    }

    /// Whether all white space of a text can be seen where its lines are below each other.
    static func isSeen(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { return true }
        return !first.properties.isWhitespace && !last.properties.isWhitespace
            && scalars.allSatisfy { !$0.properties.isWhitespace || [" ", "\n", "\t"].contains($0) }
    }

    /// As JSON writes it, with an escape for every blank but the usual one, and for what would end the code.
    static func quoted(_ text: String) -> Inline {
        var quoted = ""
        for scalar in JSON.string(text).text.unicodeScalars {
            if scalar == "`" || scalar != " " && scalar.properties.isWhitespace {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return "\(code: quoted)"
    }
}
