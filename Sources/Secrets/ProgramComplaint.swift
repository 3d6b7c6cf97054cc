import Logging
import Text

/// What a program said on standard error when it gave no secret: the first line, of which only ordinary words are shown.
///
/// It may hold the secret that was asked for, which no one knows yet. So no word is shown that does not look like a word of a
/// language, none that a word such as `password` announces, and none that stands on standard output.
struct ProgramComplaint {
    /// Nil where nothing is left that helps.
    let text: String?

    private static let mostBytes = 200
    /// A program that has written more has not failed to give something.
    private static let mostOutput = 1 << 10

    /// `program` is the name by which it was started, which is no secret.
    init(_ errors: [UInt8], output: [UInt8], of program: String) {
        let line = errors.split(whereSeparator: { [0x0A, 0x0D].contains($0) }).first?.prefix(Self.mostBytes) ?? []
        guard output.count <= Self.mostOutput, !line.isEmpty else {
            text = nil
            return
        }
        let given = SecretSearch(Self.parts(of: output).map { Secret($0) })
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).map {
            ComplaintWord($0)
        }
        var shown: [String] = []
        for (place, word) in words.enumerated() {
            let isBehindKey =
                words[..<place].contains { $0.announcesSecret } || place > 0 && words[place - 1].isPassword
            let isOrdinary = word.isOrdinary || word.core == program
            shown.append(isOrdinary && !isBehindKey && !given.finds(in: word.bytes) ? word.text : "••••")
        }
        let whole = shown.joined(separator: " ")
        let isTelling = shown.count { $0 != "••••" && $0.utf8.contains { ComplaintWord.isLetter($0) } } > 1
        let isClean = isTelling && !given.finds(in: Array(whole.utf8))
        text = isClean ? (whole.hasSuffix(".") ? String(whole.dropLast()) : whole) : nil
    }

    /// Each line and each word of what may have been meant as the secret.
    private static func parts(of output: [UInt8]) -> [String] {
        let lines = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.map { String($0).trimmed }
            + lines.flatMap { $0.split { " \t\"'{}[],:=".contains($0) }.map { String($0) } }
    }
}

/// One word of a line that may hold a secret.
private struct ComplaintWord {
    let text: String
    /// Without the marks around it.
    let core: Substring

    var bytes: [UInt8] { Array(text.utf8) }

    init(_ word: Substring) {
        text = String(word)
        let isMark: (Character) -> Bool = { "()[]<>\"'`,.;:!?".contains($0) }
        let start = word.drop(while: isMark)
        core = start[..<(start.lastIndex { !isMark($0) }.map { start.index(after: $0) } ?? start.startIndex)]
    }

    /// Of words that are shown; several that are written as one are longer.
    private static let longest = 12

    /// Whether it looks like a word of a language, a short number, or a path of such words.
    var isOrdinary: Bool {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
        if core.utf8.allSatisfy({ Self.isDigit($0) }) { return core.utf8.count <= 3 }
        return core.utf8.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") }).allSatisfy {
            part in
            let isLetters =
                part.count <= Self.longest && part.allSatisfy { Self.isLetter($0) || $0 == UInt8(ascii: "'") }
            let capitals = part.count { $0 & 0x20 == 0 }
            return isLetters
                && (capitals == 0 || capitals == part.count
                    || capitals == 1 && part.first.map { $0 & 0x20 == 0 } ?? false)
        }
    }

    /// Whether what follows may be a secret, as in `password: swordfish`.
    var announcesSecret: Bool {
        (text.hasSuffix(":") || text.hasSuffix("=")) && Self.keys.contains { core.lowercased().hasSuffix($0) }
    }

    /// Whether the next word may be a secret, as in `the passphrase swordfish is wrong`.
    var isPassword: Bool { Self.passwords.contains { core.lowercased().hasSuffix($0) } }

    private static let passwords = ["password", "passphrase", "passwd"]
    private static let keys = passwords + ["secret", "token", "key", "pin", "value", "credential"]

    static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
