import Commands

/// The checks of `doctor`: their codes, and what is right when each passes.
enum CheckTable {
    static var markdown: String {
        let rows = CheckCode.allCases.map { "| `\($0.rawValue)` | `\($0.group.rawValue)` | \($0.about) |\n" }
        return "| Code | Group | What is right when it passes |\n|---|---|---|\n" + rows.joined()
    }
}
