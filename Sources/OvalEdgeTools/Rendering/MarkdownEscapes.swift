/// Which characters have power in Markdown, and where; all are ASCII, so bytes tell.
enum MarkdownEscapes {
    /// False for what is never escaped, wherever it stands.
    static func mayNeedOne(_ byte: UInt8) -> Bool { roles[Int(byte)] != .plain }

    /// On one line, with a backslash before whatever would not stand for itself.
    static func escaped(_ text: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: "\n") {
                if result.last != UInt8(ascii: " ") { result.append(UInt8(ascii: " ")) }
                continue
            }
            if roles[Int(byte)] != .plain, needsOne(byte, at: index, in: text) { result.append(UInt8(ascii: "\\")) }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private enum Role: UInt8 { case plain, always, sometimes }

    private static let roles: [Role] = {
        var roles = [Role](repeating: .plain, count: 256)
        for byte in "\\`*[]<|".utf8 { roles[Int(byte)] = .always }
        for byte in "_&~#>+-=\n".utf8 { roles[Int(byte)] = .sometimes }
        return roles
    }()

    private static func needsOne(_ byte: UInt8, at index: Int, in text: [UInt8]) -> Bool {
        if roles[Int(byte)] == .always { return true }
        switch byte {
        // An underscore between letters is part of a name and means nothing to Markdown.
        case UInt8(ascii: "_"): return !joinsLetters(text, index)
        case UInt8(ascii: "&"):
            return index + 1 < text.count && (isLetter(text[index + 1]) || text[index + 1] == UInt8(ascii: "#"))
        case UInt8(ascii: "~"): return index + 1 < text.count && text[index + 1] == UInt8(ascii: "~")
        // What begins a line could begin a heading, a quotation or a list.
        default: return index == 0
        }
    }

    /// Whether the run of underscores around `index` stands between letters or digits.
    private static func joinsLetters(_ text: [UInt8], _ index: Int) -> Bool {
        var (before, after) = (index, index)
        while before >= 0, text[before] == UInt8(ascii: "_") { before -= 1 }
        while after < text.count, text[after] == UInt8(ascii: "_") { after += 1 }
        return before >= 0 && after < text.count && isLetter(text[before]) && isLetter(text[after])
    }

    /// Letters and digits; of other alphabets every character counts as one.
    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: false
        }
    }
}
