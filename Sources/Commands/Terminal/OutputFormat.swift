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
