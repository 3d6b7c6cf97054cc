import Text

/// The manual page of a program, in mdoc(7), from the tables that its help and its settings are read from.
package struct ManualPage {
    private let options: CommandLineOptions
    private let settings: [SettingEntry]
    private let exits: [(code: Int32, about: String)]
    private let date: String

    /// `settings` are those that the program reads, `exits` the codes that it ends with, and `date` is written as mdoc
    /// wants it: `December 1, 2026`.
    package init(
        _ options: CommandLineOptions,
        settings: [SettingEntry],
        exits: [(code: Int32, about: String)],
        date: String
    ) {
        (self.options, self.settings, self.exits, self.date) = (options, settings, exits, date)
    }

    package var mdoc: String {
        let lines =
            [
                ".Dd \(date)", ".Dt \(options.program.uppercased()) 1", ".Os", ".Sh NAME",
                ".Nm \(options.program)", ".Nd \(Self.phrase(options.about))", ".Sh SYNOPSIS", ".Nm",
                ".Op Ar COMMAND", ".Op Ar OPTION ...", ".Sh DESCRIPTION",
            ] + Self.text(options.about) + ["Options of the program can stand before or after a command."]
            + list(options.options + [.help]) + [".Sh COMMANDS"] + options.commands.flatMap { section($0) }
            + environment + [".Sh EXIT STATUS"]
            + Self.list(exits.map { ("\($0.code)", $0.about) })
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ command: CommandLineCommand) -> [String] {
        let general = Set(options.options)
        let own = command.options.filter { !general.contains($0) }
        let operands = command.operands.isEmpty ? [] : [".Ar \(Self.argument(command.operands))"]
        return [".Ss \(command.name)", ".Nm", ".Cm \(Self.argument(command.name))"] + operands + [
            ".Op Ar OPTION ...", ".Pp",
        ]
            + Self.text(command.about) + (own.isEmpty ? [] : list(own))
    }

    private func list(_ options: [CommandLineOption]) -> [String] {
        Self.list(
            options.map { option in
                let words = option.words.isEmpty ? nil : "[\(option.words.joined(separator: "|"))]"
                let value = (option.value ?? words).map { " Ar \(Self.argument($0))" } ?? ""
                return ("Fl \(option.letter.map { "\($0) , Fl " } ?? "")-\(option.name)\(value)", option.about)
            }
        )
    }

    private var environment: [String] {
        let rows = settings.map { entry in
            let sentences = [entry.about, entry.rule, entry.defaultText.map { "Default: \($0)." }].compactMap { $0 }
            return ("Ev \(entry.name)", sentences.joined(separator: " "))
        }
        let intro = """
            Each setting is an option --set, a variable, or a line of the settings file; the first that has it wins. See \
            `\(options.program) settings` for what is set.
            """
        return [".Sh ENVIRONMENT"] + Self.text(intro) + Self.list(rows)
    }

    private static func list(_ rows: [(label: String, about: String)]) -> [String] {
        [".Bl -tag -width Ds"] + rows.flatMap { [".It \($0.label)"] + text($0.about) } + [".El"]
    }

    /// A whole argument of a macro, whatever is in it.
    private static func argument(_ text: String) -> String {
        "\"\\&\(escaped(text).replacing(every: "\"", with: "\"\""))\""
    }

    /// Without the full stop, and with a small letter: what stands behind the name.
    private static func phrase(_ sentence: String) -> String {
        let whole = escaped(sentence)
        let words = whole.hasSuffix(".") ? String(whole.dropLast()) : whole
        return words.prefix(1).lowercased() + words.dropFirst()
    }

    /// A line for each sentence, as mdoc wants it; none begins like a macro.
    private static func text(_ sentences: String) -> [String] {
        let words = escaped(sentences).split(whereSeparator: { $0 == " " || $0 == "\n" })
        var lines: [[Substring]] = [[]]
        for word in words {
            lines[lines.count - 1].append(word)
            if let last = word.last, ".!?".contains(last) { lines.append([]) }
        }
        return lines.filter { !$0.isEmpty }.map { line in
            let text = line.joined(separator: " ")
            return text.first == "." || text.first == "'" ? "\\&" + text : text
        }
    }

    /// In ASCII as far as it can be, which every terminal shows.
    private static func escaped(_ text: String) -> String {
        text.replacing(every: "\\", with: "\\e").replacing(every: "…", with: "...")
    }
}
