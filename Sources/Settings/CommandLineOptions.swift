import Text

/// What a program takes on its command line, as a table: the parser and the help are read from it.
///
/// Options are long, written in full, and may be anywhere after the command they belong to; `--` ends them.
package struct CommandLineOptions: Sendable {
    package let program: String
    package let about: String
    /// Understood with every command, and without one.
    package let options: [CommandLineOption]
    package let commands: [CommandLineCommand]
    /// The command that a command line without one means, whose options may stand alone.
    let usual: CommandLineCommand?

    /// `usual` names one of the commands.
    package init(
        _ program: String,
        _ about: String,
        options: [CommandLineOption] = [],
        commands: [CommandLineCommand] = [],
        usual: String? = nil
    ) {
        self.program = program
        self.about = about
        self.options = options
        self.commands = commands
        self.usual = commands.first { $0.name == usual }
    }

    /// Reads what follows the program's name.
    package func parse(_ arguments: [String]) throws(UsageError) -> ParsedCommandLine {
        var parsed = ParsedCommandLine(program: program, arguments: arguments)
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                for operand in rest { try accept(operand, into: &parsed) }
                break
            } else if argument == "-h" || argument == "--help" {
                parsed.wantsHelp = true
            } else if argument.hasPrefix("-") && argument != "-" {
                try option(argument, &rest, into: &parsed)
            } else {
                try accept(argument, into: &parsed)
            }
        }
        try check(parsed)
        return parsed
    }

    /// What stood before a command may have been an option of another.
    private func check(_ parsed: ParsedCommandLine) throws(UsageError) {
        let names = Set(known(parsed).map { $0.name })
        guard let stranger = parsed.values.keys.sorted().first(where: { !names.contains($0) }) else { return }
        throw UsageError("`--\(stranger)` is not an option of `\(parsed.phrase)`.", advice: help(parsed))
    }

    private func known(_ parsed: ParsedCommandLine) -> [CommandLineOption] { options(of: parsed.command ?? usual) }

    /// Those of the command, then those of the program that it does not have itself.
    func options(of command: CommandLineCommand?) -> [CommandLineOption] {
        let own = command?.options ?? []
        return own + options.filter { option in !own.contains { $0.name == option.name } }
    }

    /// `--name`, `--name=value`, or `--name` with its value as the next argument.
    private func option(
        _ argument: String,
        _ rest: inout ArraySlice<String>,
        into parsed: inout ParsedCommandLine
    ) throws(UsageError) {
        let sign = argument.firstIndex(of: "=")
        let written = String(argument[..<(sign ?? argument.endIndex)])
        let known = known(parsed)
        guard let option = known.first(where: { $0.spellings.contains(written) }) else {
            let names = (known + [.help]).map { "--\($0.name)" }
            throw unknown("`\(written)` is not an option of `\(parsed.phrase)`.", written, among: names, parsed)
        }
        var value = sign.map { String(argument[argument.index(after: $0)...]) }
        if let placeholder = option.value {
            if value == nil, let next = rest.first, !next.hasPrefix("--") { value = rest.removeFirst() }
            guard let value, !value.isEmpty else {
                throw UsageError("`\(written)` needs a value.", advice: "Write \(written) \(placeholder).")
            }
            try give(option, [value], written, &parsed)
        } else if let word = value ?? rest.first, option.words.contains(word) {
            if value == nil { rest.removeFirst() }
            try give(option, [word], written, &parsed)
        } else {
            guard value == nil else {
                let others = option.words.map { " or \(written) \($0)" }.joined()
                let allowed = option.words.isEmpty ? "no value" : "no such value"
                throw UsageError("`\(written)` takes \(allowed).", advice: "Write \(written) alone\(others).")
            }
            try give(option, [], written, &parsed)
        }
    }

    /// Of two values that differ, one would be lost without a word.
    ///
    /// Neither is repeated: it may be a secret in the wrong place.
    private func give(
        _ option: CommandLineOption,
        _ values: [String],
        _ written: String,
        _ parsed: inout ParsedCommandLine
    ) throws(UsageError) {
        if option.isRepeatable { return parsed.values[option.name, default: []] += values }
        guard parsed.values.updateValue(values, forKey: option.name) ?? values == values else {
            throw UsageError("`\(written)` is given twice, and not the same.", advice: "Write it once.")
        }
    }

    /// The first word that is no option names the command; those after it are the command's operands.
    private func accept(_ word: String, into parsed: inout ParsedCommandLine) throws(UsageError) {
        if let command = parsed.command {
            guard !command.operands.isEmpty else {
                throw UsageError(
                    "`\(parsed.phrase)` takes no arguments, so `\(word)` cannot be used.",
                    advice: help(parsed)
                )
            }
            parsed.operands.append(word)
        } else if let command = commands.first(where: { $0.name == word }) {
            parsed.command = command
        } else {
            throw unknown("`\(word)` is not a command of `\(program)`.", word, among: commands.map { $0.name }, parsed)
        }
    }

    private func unknown(
        _ what: String,
        _ word: String,
        among names: [String],
        _ parsed: ParsedCommandLine
    ) -> UsageError {
        let near = Suggestion.nearest(to: word, among: names)
        return UsageError(what, advice: near.map { "Did you mean `\($0)`?" } ?? help(parsed))
    }

    private func help(_ parsed: ParsedCommandLine) -> String { "Run `\(parsed.phrase) --help` to see what it takes." }
}
