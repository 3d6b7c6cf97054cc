import Logging
import OvalEdgeTools
package import Settings

/// `completion`: what a shell needs to complete command lines, and its answer to each key.
package enum CompletionCommand {
    package static let description = CommandLineCommand(
        "completion",
        operands: "bash|zsh|fish [-- WORD …]",
        "Print the script that completes command lines in a shell; after --, what may be typed next."
    )

    /// `values` has the words of the places that only one program knows.
    package static func run(
        _ line: ParsedCommandLine,
        _ options: CommandLineOptions,
        values: @escaping (CommandLineCompletion.Place) -> [CommandLineCompletion.Candidate] = { _ in [] }
    ) throws(UsageError) -> Int32 {
        let names = CompletionShell.allCases.map { $0.rawValue }.joined(separator: ", ")
        let advice = "Write one of \(names): \(line.phrase) bash."
        guard let name = line.operands.first else { throw UsageError("No shell is named.", advice: advice) }
        guard let shell = CompletionShell(rawValue: name) else {
            throw UsageError("`\(name)` is not a shell that is known here.", advice: advice)
        }
        guard line.operands.count > 1 else {
            StandardOutput.write(shell.script(for: line.program))
            return 0
        }
        let words = shell.joined(Array(line.operands.dropFirst()))
        let completion = CommandLineCompletion(options) { place in place.option == "set" ? settings : values(place) }
        let lines = shell.lines(completion.answer(for: words), typed: words.last ?? "")
        if !lines.isEmpty { StandardOutput.write(lines.joined(separator: "\n")) }
        return 0
    }

    private static var settings: [CommandLineCompletion.Candidate] {
        Settings.described(version: ProgramVersion.current).map { .init("\($0.name)=", $0.about) }
    }
}
