/// What may be typed next, for a shell that completes command lines; read from the table that the parser reads.
package struct CommandLineCompletion {
    /// A word, and what the help says of it.
    package struct Candidate: Hashable, Sendable {
        package let text: String
        package let about: String

        package init(_ text: String, _ about: String = "") {
            (self.text, self.about) = (text, about)
        }
    }

    /// What fits a place.
    package enum Answer: Hashable, Sendable {
        case words([Candidate])
        case files
        case folders
    }

    /// A place whose words only the program knows.
    package struct Place: Hashable, Sendable {
        package let command: String?
        /// The option whose value this is; nil for an operand.
        package let option: String?
        /// What stands for it in the help, such as `TOOL`.
        package let placeholder: String
        /// The operands before it.
        package let operands: [String]
        /// What is typed of it.
        package let beginning: String
    }

    private let options: CommandLineOptions
    private let values: (Place) -> [Candidate]

    package init(_ options: CommandLineOptions, values: @escaping (Place) -> [Candidate] = { _ in [] }) {
        (self.options, self.values) = (options, values)
    }

    /// What the last of these words, which follow the program's name, may become.
    package func answer(for words: [String]) -> Answer {
        var typed = Typed()
        for word in words.dropLast() { note(word, in: &typed) }
        let answer = answer(for: words.last ?? "", after: typed)
        guard case .words(let candidates) = answer else { return answer }
        return .words(candidates.filter { $0.text.hasPrefix(words.last ?? "") })
    }

    /// What is known of a line from the words before the one that is typed; unlike the parser it takes what is wrong.
    private struct Typed {
        var command: CommandLineCommand?
        var operands: [String] = []
        /// The option whose value comes next.
        var open: CommandLineOption?
        var isPastOptions = false
    }

    private func note(_ word: String, in typed: inout Typed) {
        if let open = typed.open, !word.hasPrefix("--") {
            typed.open = nil
            // Without one of its words, a flag stands alone and the word is no part of it.
            if open.value != nil || open.words.contains(word) { return }
        }
        typed.open = nil
        if !typed.isPastOptions, word == "--" {
            typed.isPastOptions = true
        } else if !typed.isPastOptions, word.hasPrefix("-"), word != "-" {
            let option = known(typed).first { "--\($0.name)" == word }
            if option?.value != nil || option?.words.isEmpty == false { typed.open = option }
        } else if typed.command == nil {
            typed.command = options.commands.first { $0.name == word }
        } else {
            typed.operands.append(word)
        }
    }

    private func known(_ typed: Typed) -> [CommandLineOption] {
        options.options(of: typed.command ?? options.usual) + [.help]
    }

    private func answer(for word: String, after typed: Typed) -> Answer {
        if let open = typed.open, !word.hasPrefix("-") {
            let answer = value(of: open, word, typed)
            guard case .words(let own) = answer, open.value == nil, case .words(let others) = operand(word, typed)
            else {
                return answer
            }
            return .words(own + others)
        }
        guard word.hasPrefix("-"), !typed.isPastOptions else { return operand(word, typed) }
        guard let sign = word.firstIndex(of: "=") else {
            return .words(known(typed).map { Candidate("--\($0.name)", $0.about) })
        }
        let name = word[..<sign]
        guard let option = known(typed).first(where: { "--\($0.name)" == name }) else { return .words([]) }
        let answer = value(of: option, String(word[word.index(after: sign)...]), typed)
        guard case .words(let candidates) = answer else { return answer }
        return .words(candidates.map { Candidate("\(name)=\($0.text)", $0.about) })
    }

    private func value(of option: CommandLineOption, _ word: String, _ typed: Typed) -> Answer {
        guard let placeholder = option.value else { return .words(option.words.map { Candidate($0) }) }
        let choices = option.choices.isEmpty ? OperandSyntax(placeholder).words(after: []) : option.choices
        if choices.allSatisfy({ OperandSyntax.isItself($0) }) { return .words(choices.map { Candidate($0) }) }
        return answer(placeholder, for: word, option.name, typed)
    }

    private func operand(_ word: String, _ typed: Typed) -> Answer {
        guard let command = typed.command else {
            return .words(options.commands.map { Candidate($0.name, $0.about) })
        }
        var candidates: [Candidate] = []
        for next in OperandSyntax(command.operands).words(after: typed.operands) {
            if OperandSyntax.isItself(next) {
                candidates.append(Candidate(next))
            } else {
                guard case .words(let words) = answer(next, for: word, nil, typed) else {
                    return answer(next, for: word, nil, typed)
                }
                candidates += words
            }
        }
        if command.operands.isEmpty, !typed.isPastOptions {
            candidates = known(typed).map { Candidate("--\($0.name)", $0.about) }
        }
        return .words(candidates)
    }

    private func answer(_ placeholder: String, for word: String, _ option: String?, _ typed: Typed) -> Answer {
        switch placeholder {
        case "FILE", "PATH": .files
        case "DIR": .folders
        default:
            .words(
                values(
                    Place(
                        command: typed.command?.name,
                        option: option,
                        placeholder: placeholder,
                        operands: typed.operands,
                        beginning: word
                    )
                )
            )
        }
    }
}
