package import Settings
import Text

/// The rows of the README's table of settings.
package enum SettingsRows {
    package static func markdown(_ entries: [SettingEntry]) -> String {
        let heading = "| Setting | Default | Meaning |\n|---|---|---|\n"
        return entries.reduce(heading) { text, entry in
            let fallback = entry.defaultText.map { "`\($0)`" } ?? (entry.isNeeded ? "needed" : "—")
            let meaning = [entry.about, entry.rule].compactMap { $0 }.joined(separator: " ")
            return text + "| `\(entry.name)` | \(fallback) | \(meaning.replacing(every: "|", with: "\\|")) |\n"
        }
    }
}
