import JSON
import Text

/// What in a client's file may be a secret, so that the file can be shown without it.
///
/// The values that entries hand to programs and servers, what stands behind an option or a name that announces a secret,
/// name and password in addresses, and words that look made up by chance. Comments are looked at, too.
package struct LikelySecrets {
    private var texts: Set<String> = []
    private var known = KnownTexts([])

    init(in documents: [JSON]) {
        for document in documents { take(document) }
        known = KnownTexts(Set(texts.flatMap { Self.spellings(of: $0) }))
    }

    /// As it is, as JSON and TOML write it, and as YAML does between single quotes.
    private static func spellings(of text: String) -> [String] {
        let escaped = String(JSON.string(text).text.dropFirst().dropLast())
        return [text, escaped, text.replacing(every: "'", with: "''")]
    }

    /// What an entry hands to the program that it starts.
    package init(among arguments: [String]) { self.init(in: [.strings(arguments)]) }

    /// The text with a mark in place of each.
    package func struck(from text: String) -> String {
        known.replaced(in: escapedStruck(from: text), by: Self.mark)
            .split(separator: "\n", omittingEmptySubsequences: false).map { Self.struck(line: String($0)) }
            .joined(separator: "\n")
    }

    /// The arguments with a mark in place of each value that is one; a value goes whole, however short it is.
    package func struck(arguments: [String]) -> [String] {
        zip([""] + arguments, arguments).map { option, argument in
            if Self.isSecret(argument, behind: option) { return Self.mark }
            guard let sign = Self.sign(in: argument) else { return struck(from: argument) }
            return argument[...sign] + Self.mark
        }
    }

    private static let mark = "••••"
    private static let maps = ["env", "envs", "environment", "headers", "http_headers", "secrets"]

    private mutating func take(_ value: JSON) {
        for member in value.object?.members ?? [] {
            let isSecret = Self.announces(member.name)
            if isSecret { hide(member.value.string) }
            if isSecret || Self.maps.contains(member.name.lowercased()) { hide(all: member.value) }
            take(member.value)
        }
        let items = value.array ?? []
        for item in items { take(item) }
        for (option, item) in zip(items, items.dropFirst()) {
            guard let option = option.string, let text = item.string else { continue }
            if Self.isSecret(text, behind: option) { hide(text) }
        }
        for text in items.compactMap({ $0.string }) { hide(Self.behindSign(text)) }
    }

    /// Of a map that may hold anything, a short plain word such as `stdio` is no secret.
    private mutating func hide(all value: JSON) {
        if case .number(let number) = value { hide(number.text) }
        if let text = value.string, !(text.utf8.count < 6 && text.allSatisfy { $0.isLetter }) { hide(text) }
        for member in value.object?.members ?? [] { hide(all: member.value) }
        for item in value.array ?? [] { hide(all: item) }
    }

    /// What only names a variable is no secret, and what is as short as that would be found everywhere.
    private mutating func hide(_ text: String?) {
        for line in (text ?? "").split(whereSeparator: \.isNewline) where line.utf8.count > 3 {
            if !Self.isVariable(line) { texts.insert(String(line)) }
        }
    }

    /// Whether the whole text is `$NAME`, `${NAME}`, `${input:name}` or `{env:NAME}`, without a value for where it is not set.
    private static func isVariable(_ text: Substring) -> Bool {
        var name = text
        if text.hasSuffix("}"), let start = ["${", "{env:"].first(where: { text.hasPrefix($0) }) {
            name = text.dropFirst(start.count).dropLast()
        } else {
            guard text.hasPrefix("$") else { return false }
            name = text.dropFirst()
        }
        let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "_:-.".contains($0) }
        return isName && !name.isEmpty && String(name).range(ofFirst: ":-") == nil
    }

    /// Whether the option before it makes an argument a secret, which no other option can be.
    private static func isSecret(_ argument: String, behind option: String) -> Bool {
        guard option.hasPrefix("-"), !argument.isEmpty, !argument.hasPrefix("--"), !isVariable(argument[...]) else {
            return false
        }
        return ["p", "H", "header"].contains(option.drop { $0 == "-" }) || announces(option)
    }

    /// What stands before the value in `--api-key=…`, `TOKEN=…` and `Authorization: …`.
    private static func sign(in text: String) -> String.Index? {
        guard let sign = text.firstIndex(where: { $0 == "=" || $0 == ":" }), announces(text[..<sign]) else {
            return nil
        }
        let value = text[text.index(after: sign)...].trimmed
        return value.isEmpty || isVariable(value[...]) ? nil : sign
    }

    private static func behindSign(_ text: String) -> String? {
        sign(in: text).map { text[text.index(after: $0)...].trimmed }
    }

    private static let names = [
        "token", "secret", "password", "passwd", "passphrase", "apikey", "authorization", "bearer", "credential",
        "credentials", "privatekey", "accesskey", "secretkey",
    ]

    /// Whether a value of this name is a secret as a rule.
    private static func announces(_ name: some StringProtocol) -> Bool {
        let plain = name.lowercased().filter { $0.isLetter }
        if names.contains(where: { plain.hasSuffix($0) }) { return true }
        return ["key", "pat", "auth", "pass", "pwd"].contains(plain) || name.lowercased().hasSuffix("_key")
    }

    /// Where a text is written with other escapes than ours, its place is found by reading it.
    private func escapedStruck(from text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var (result, rest) = ("", text[...])
        for range in Self.quoted(in: text) {
            // What has escapes of another format is hidden unread.
            let value = (try? JSON(parsing: Array(text[range].utf8)))?.string
            guard value.map({ texts.contains($0) }) ?? text[range].contains("\\") else { continue }
            result += rest[..<range.lowerBound] + "\"\(Self.mark)\""
            rest = text[range.upperBound...]
        }
        return result + rest
    }

    private static func quoted(in text: String) -> [Range<String.Index>] {
        var (ranges, start, isEscaped) = ([Range<String.Index>](), String.Index?.none, false)
        for place in text.indices {
            defer { isEscaped = start != nil && text[place] == "\\" && !isEscaped }
            if text[place] == "\n" { start = nil }
            guard text[place] == "\"", !isEscaped else { continue }
            if let begun = start { ranges.append(begun..<text.index(after: place)) }
            start = start == nil ? place : nil
        }
        return ranges
    }
}

// What is seen of one line alone, whatever the format.
extension LikelySecrets {
    package static func struck(line: String) -> String {
        var (result, gap) = ("", Substring())
        var name: Substring?
        // Behind `Authorization: Basic` stands the secret, which has no sign before it.
        var isScheme = false
        for piece in pieces(of: line) {
            if isSeparator(piece.first) {
                gap = piece
                result += piece
                continue
            }
            let isValue = name.map { isScheme ? gap.allSatisfy { $0 == " " } : joins(gap, $0) } ?? false
            let isPlain = piece.count < 4 || isVariable(piece) || ["true", "false", "null"].contains(piece)
            isScheme = isValue && !isScheme && schemes.contains(piece.lowercased())
            let user = gap == ":" ? piece.lastIndex(of: "@") : nil
            let shown = user.map { mark + piece[$0...] } ?? struck(word: piece)
            result += isValue && !isPlain && !isScheme ? mark : shown
            name = isScheme || announces(piece) ? piece : nil
        }
        return result
    }

    private static let schemes = ["bearer", "basic", "token", "apikey"]

    /// Whether what stands between two words makes the second the value of the first; behind an option, blanks and a comma
    /// do, and a sign behind all others.
    private static func joins(_ gap: Substring, _ name: Substring) -> Bool {
        if name.hasPrefix("-") { return gap.allSatisfy { " \t\"'=,".contains($0) } }
        let isSigned = gap.contains { $0 == ":" || $0 == "=" } || name.lowercased() == "bearer"
        return isSigned && gap.allSatisfy { " \t\"':=".contains($0) }
    }

    private static func isSeparator(_ character: Character?) -> Bool {
        character.map { " \t\"'`,;<>()[]{}=:|\\".contains($0) } ?? false
    }

    /// Words and what stands between them, in turn; an address is one word, and so is `${…}`.
    private static func pieces(of line: String) -> [Substring] {
        var (pieces, rest) = ([Substring](), line[...])
        while let first = rest.first {
            if rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") {
                pieces.append(rest[...end])
                rest = rest[rest.index(after: end)...]
                continue
            }
            let isGap = isSeparator(first)
            var piece = rest.prefix { isSeparator($0) == isGap }
            if !isGap, rest[piece.endIndex...].hasPrefix("://") {
                piece = rest.prefix { $0 == ":" || $0 == "=" || $0 == "[" || $0 == "]" || !isSeparator($0) }
            }
            pieces.append(piece)
            rest = rest[piece.endIndex...]
        }
        return pieces
    }

    private static func struck(word: Substring) -> String {
        guard let slashes = String(word).range(ofFirst: "://") else { return isRandom(word) ? mark : String(word) }
        let address = String(word)
        let scheme = String(address[..<slashes.upperBound])
        let behind = address[slashes.upperBound...]
        let host = behind.prefix { !"/?#".contains($0) }
        let rest = behind[host.endIndex...]
        let path = rest.prefix { $0 != "?" }
        let shownHost = host.lastIndex(of: "@").map { mark + host[$0...] } ?? String(host)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map {
            isRandom($0) ? mark : String($0)
        }
        let query = rest[path.endIndex...].dropFirst().split(separator: "&").map { pair in
            pair.firstIndex(of: "=").map { String(pair[...$0]) + mark } ?? String(pair)
        }
        return scheme + shownHost + parts.joined(separator: "/")
            + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// Whether a word looks as if a program had made it up: a long part in which letters and digits alternate.
    private static func isRandom(_ word: Substring) -> Bool {
        let isPath = word.hasPrefix("/") || word.hasPrefix("~") || word.hasPrefix(".") || word.hasPrefix("@")
        guard word.utf8.count >= 20, !isPath else { return false }
        return word.split { "-_.+/~".contains($0) }.contains { part in
            let bytes = Array(part.utf8)
            let turns = zip(bytes, bytes.dropFirst()).count { isDigit($0) != isDigit($1) || ($0 ^ $1) & 0x20 != 0 }
            return bytes.count >= 12 && turns >= 4 && bytes.contains { isDigit($0) }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
