/// What a person asked for on the command line.
package struct ParsedCommandLine: Hashable, Sendable {
    package let program: String
    let arguments: [String]
    /// Nil when the program was started without a command.
    package internal(set) var command: CommandLineCommand?
    package internal(set) var operands: [String] = []
    package internal(set) var wantsHelp = false
    /// Every value given to an option, in order; a flag has an empty list.
    var values: [String: [String]] = [:]

    init(program: String, arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    /// Whether the option was given at all.
    package func has(_ option: String) -> Bool { values[option] != nil }

    /// The value of an option, the last one of an option that is repeatable.
    package subscript(_ option: String) -> String? { values[option]?.last }

    package func all(_ option: String) -> [String] { values[option] ?? [] }

    /// The same with another profile named.
    package func naming(_ profile: ProfileName) -> ParsedCommandLine {
        var line = self
        line.values["profile"] = [profile.text]
        return line
    }

    /// The value of an option as a whole number, or nil when it was not given.
    package func number(_ option: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = self[option] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bounds = "from \(range.lowerBound) to \(range.upperBound)"
            throw UsageError(
                "`--\(option)` must be a whole number \(bounds); it was `\(text)`.",
                advice: "Write --\(option) \(range.lowerBound), for example."
            )
        }
        return number
    }

    /// The value of an option as one of a few words, or nil when it was not given.
    package func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ option: String,
        of: Choice.Type = Choice.self
    ) throws(UsageError) -> Choice? {
        guard let text = self[option] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map { $0.rawValue }
            throw UsageError(
                "`--\(option)` must be one of \(words.joined(separator: ", ")); it was `\(text)`.",
                advice: "Write --\(option) \(words.first ?? ""), for example."
            )
        }
        return choice
    }

    /// The values of an option that is written `NAME=VALUE`, by name; the last one wins.
    package func pairs(_ option: String) throws(UsageError) -> [String: String] {
        var pairs: [String: String] = [:]
        for text in all(option) {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                // The text is not repeated: it may be a secret in the wrong place.
                throw UsageError("`--\(option)` needs a name and a value.", advice: "Write --\(option) NAME=VALUE.")
            }
            pairs[String(text[..<sign])] = String(text[text.index(after: sign)...])
        }
        return pairs
    }

    /// What was typed, as a shell takes it, with `addition` as its last option.
    package func typed(with addition: String) -> String {
        let end = arguments.firstIndex(of: "--") ?? arguments.count
        let words = arguments.map { Shell.quoted($0) }
        return ([program] + words[..<end] + [addition] + words[end...]).joined(separator: " ")
    }

    /// The program with its command, as it was typed: `oe-mcp tools`.
    package var phrase: String { command.map { "\(program) \($0.name)" } ?? program }
}
