/// One option of a program: `--sandbox`, or `--env-file PATH`.
package struct CommandLineOption: Hashable, Sendable {
    /// Without the two dashes.
    package let name: String
    /// What stands for the value in the help, such as `PATH`; nil for a flag.
    package let value: String?
    /// All values there are, where they are names that the help lists and a shell completes.
    package let choices: [String]
    /// What may follow a flag, and is no operand then.
    package let words: [String]
    /// A short form: `-v`.
    package let letter: Character?
    /// Whether each value counts that is given; of any other option, all have to be the same.
    package let isRepeatable: Bool
    /// One sentence for the help.
    package let about: String

    package init(
        _ name: String,
        value: String? = nil,
        choices: [String] = [],
        words: [String] = [],
        letter: Character? = nil,
        isRepeatable: Bool = false,
        _ about: String
    ) {
        self.name = name
        self.letter = letter
        self.value = value
        self.choices = choices
        self.words = words
        self.isRepeatable = isRepeatable
        let sentence = isRepeatable ? "\(about.dropLast()); repeatable." : about
        self.about = choices.isEmpty ? sentence : "\(sentence) One of \(choices.joined(separator: ", "))."
    }

    static let help = CommandLineOption("help", letter: "h", "Show this help.")

    /// The ways to write it.
    var spellings: [String] { (letter.map { ["-\($0)"] } ?? []) + ["--\(name)"] }
}

/// One command of a program: `oe-mcp tools`, with the options that only it takes.
package struct CommandLineCommand: Hashable, Sendable {
    package let name: String
    /// What may follow, such as `TOOL [KEY=VALUE …]`; empty when nothing may.
    package let operands: String
    package let about: String
    package let options: [CommandLineOption]

    package init(_ name: String, operands: String = "", _ about: String, options: [CommandLineOption] = []) {
        self.name = name
        self.operands = operands
        self.about = about
        self.options = options
    }
}

/// The command line cannot be understood: what is wrong, and what to do.
package struct UsageError: Error, Hashable, CustomStringConvertible {
    /// `EX_USAGE` of sysexits.h.
    package static let exitCode: Int32 = 64

    package let what: String
    package let advice: String

    package init(_ what: String, advice: String) {
        self.what = what
        self.advice = advice
    }

    package var description: String { "\(what) \(advice)" }
}
