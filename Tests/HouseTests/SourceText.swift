/// One file of source text, taken apart as far as the rules of the house need it.
struct SourceText {
    let path: String
    let lines: [Substring]
    /// The lines without comments and without what is between quotes.
    let code: [String]

    init(_ path: String, _ text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = Self.code(of: lines)
    }

    init(_ path: String) throws { self.init(path, try House.text(path)) }

    /// All Swift files of the programs; each is read once for all rules.
    static var programs: [SourceText] { get throws { try read.get() } }

    private static let read = Result { try House.files(in: "Sources", ".swift").map { try SourceText($0) } }

    /// As a person counts: what follows the last line end is no line.
    var lineCount: Int { lines.last?.isEmpty == true ? lines.count - 1 : lines.count }

    /// The modules that are imported, in order.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").drop { $0.hasPrefix("@") || Self.accessWords.contains($0) }
            guard words.first == "import" else { return nil }
            let module = words.dropFirst().drop { Self.kindWords.contains($0) }.first
            return module?.split(separator: ".").first.map { String($0) }
        }
    }

    private static let accessWords: Set<Substring> = ["package", "public", "internal", "private", "fileprivate"]
    private static let kindWords: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]

    private static func code(of lines: [Substring]) -> [String] {
        var isInText = false
        return lines.map { line in
            // Most lines have neither.
            if !line.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "/") }) {
                return isInText ? "" : String(line)
            }
            let quotes = line.ranges(of: "\"\"\"")
            guard let quote = quotes.first, quotes.count == 1 else { return isInText ? "" : code(of: line) }
            defer { isInText.toggle() }
            return code(of: isInText ? line[quote.upperBound...] : line[..<quote.lowerBound])
        }
    }

    private static func code(of line: Substring) -> String {
        var code = ""
        var rest = line
        while let character = rest.popFirst() {
            if character == "/", rest.first == "/" { break }
            code.append(character)
            guard character == "\"" else { continue }
            while let quoted = rest.popFirst(), quoted != "\"" {
                if quoted == "\\" { _ = rest.popFirst() }
            }
            code.append("\"")
        }
        return code
    }

    /// `path:line` of every line of code in which the pattern is found.
    func places(of pattern: some RegexComponent) -> [String] {
        let pattern = pattern.regex.simple
        return zip(1..., code).filter { $0.1.firstMatch(of: pattern) != nil }.map { "\(path):\($0.0)" }
    }

    /// The same with comments and quoted text.
    func placesInText(of pattern: some RegexComponent) -> [String] {
        let pattern = pattern.regex.simple
        return zip(1..., lines).filter { $0.1.firstMatch(of: pattern) != nil }.map { "\(path):\($0.0)" }
    }
}

extension Regex {
    /// As other tools read it: scalars instead of characters, and words of letters and digits.
    ///
    /// What Unicode says of both takes many times as long.
    var simple: Regex { matchingSemantics(.unicodeScalar).wordBoundaryKind(.simple) }
}
