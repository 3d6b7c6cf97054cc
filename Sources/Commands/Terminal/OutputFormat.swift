package import Settings

/// The form in which a command shows what it has found.
package enum OutputFormat: String, CaseIterable, Sendable {
    case json, table, csv

    package static let option = CommandLineOption(
        "output",
        value: "json|table|csv",
        "Show it in this form; csv begins a text that a spreadsheet would take for a formula with '."
    )
}

extension ParsedCommandLine {
    /// The form that is asked for with `--output`, or with `flag`, which stands for JSON; two that differ are refused.
    package func outputFormat(orJSON flag: String) throws(UsageError) -> OutputFormat? {
        let format = try choice("output", of: OutputFormat.self)
        guard has(flag) else { return format }
        if let format, format != .json {
            throw UsageError("`--\(flag)` and `--output \(format.rawValue)` differ.", advice: "Write one of them.")
        }
        return .json
    }
}
