import JSON
import Logging
import Text

/// What another server sent, made fit to be quoted: one line, at most 200 characters, no secrets, never a page.
enum Quotation {
    static let limit = 200

    /// Nil when nothing is left to quote.
    static func of(_ text: String, redactor: Redactor) -> String? {
        // Secrets first: one that was cut in half would not be recognised.
        line(redactor.redacted(text), atMost: limit)
    }

    /// The same of a text in which secrets are redacted already.
    static func line(_ text: String, atMost limit: Int) -> String? {
        var line = text.unicodeScalars
            .filter { $0.properties.generalCategory != .format }
            .reduce(into: "") { line, scalar in
                let isBreak = scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
                if !isBreak { line.unicodeScalars.append(scalar) } else if line.last != " " { line.append(" ") }
            }
            .trimmed
        guard !line.isEmpty, line.first != "<" else { return nil }
        if line.count > limit { line = line.prefix(limit - 1).trimmed + "…" }
        while line.last == "." { line.removeLast() }
        return line.isEmpty ? nil : inert(line)
    }

    /// Without what would end the quotation, and without power over a page that shows it.
    private static func inert(_ line: String) -> String {
        var result = ""
        var last: Character = " "
        for character in line {
            switch character {
            case "“", "”", "«", "»": result.append("\"")
            // A link and an image begin so.
            case "(" where last == "]", "[" where last == "!": result += " \(character)"
            case _ where last == "<" && (character.isLetter || character == "/" || character == "!"):
                result.removeLast()
                result += "‹\(character)"
            default: result.append(character)
            }
            last = character
        }
        return result
    }

    /// `: “words”`, or nothing, to be put before a sentence's full stop.
    static func clause(_ words: String?, redactor: Redactor) -> String {
        words.flatMap { of($0, redactor: redactor) }.map { ": “\($0)”" } ?? ""
    }

    /// The members under which servers explain themselves, in the order of how well they do it.
    private static let names = ["message", "error", "error_description", "detail"]

    /// Everything the body of a refusal says in words, or all of it when it is not an object that says something.
    static func words(in body: [UInt8], redactor: Redactor? = nil) -> [String] {
        guard var json = try? JSON(reply: body) else { return [String(decoding: body, as: UTF8.self)] }
        if let redactor { json = json.redacted(by: redactor.finder) }
        let words = names.compactMap { json[$0]?.string }.filter { !$0.trimmed.isEmpty }
        return words.isEmpty ? [json.string ?? (json.object?.isEmpty == false ? json.text : "")] : words
    }
}
