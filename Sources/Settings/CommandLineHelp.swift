extension CommandLineOptions {
    /// The help of one command, or of the whole program.
    package func help(for command: CommandLineCommand? = nil) -> String {
        let phrase = command.map { "\(program) \($0.name)" } ?? program
        let operands = command?.operands ?? (commands.isEmpty ? "" : "[COMMAND]")
        let usage = [phrase, operands, "[OPTION …]"].filter { !$0.isEmpty }.joined(separator: " ")
        let all = options(of: command ?? usual) + [.help]
        var sections = [command?.about ?? about, "Usage: \(usage)"]
        if command == nil, !commands.isEmpty {
            sections.append("Commands:\n" + Self.columns(commands.map { ($0.name, $0.about) }))
        }
        sections.append("Options:\n" + Self.columns(all.map { (Self.spelling($0), $0.about) }))
        if command == nil, !commands.isEmpty {
            sections.append("`\(program) COMMAND --help` says more about one command.")
        }
        return sections.joined(separator: "\n\n")
    }

    private static func spelling(_ option: CommandLineOption) -> String {
        let words = option.words.isEmpty ? "" : " [\(option.words.joined(separator: "|"))]"
        return option.spellings.joined(separator: ", ") + (option.value.map { " \($0)" } ?? words)
    }

    private static func columns(_ rows: [(String, String)]) -> String {
        let width = rows.map { $0.0.count }.max() ?? 0
        return rows.map { left, right in
            "  \(left)\(String(repeating: " ", count: width - left.count))  \(right)"
        }.joined(separator: "\n")
    }
}
