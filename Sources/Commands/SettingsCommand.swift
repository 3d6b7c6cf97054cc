import Logging
package import Settings
import Text

/// `settings`: every setting, also when some of them cannot be used.
package enum SettingsCommand {
    package static let description = CommandLineCommand(
        "settings",
        "Show every setting, its value, and where that comes from.",
        options: Settings.options + [CommandLineOption("env-example", "Write the example of a .env file instead.")]
    )

    package static func run(_ line: ParsedCommandLine, listens: Bool = false) throws -> Int32 {
        if line.has("env-example") {
            return show(SettingsTable(Settings.described(version: ProgramVersion.current)).envExample)
        }
        do {
            let settings = try Environment.settings(line, listens: listens)
            for warning in settings.trustWarnings + settings.warnings {
                StandardError.write(VisibleText.line("\(line.program): \(warning)"))
            }
            return show(SettingsTable(settings.entries, defaults: defaults).terminal)
        } catch let error as SettingsError {
            if !error.entries.isEmpty { _ = show(SettingsTable(error.entries, defaults: defaults).terminal) }
            throw error
        }
    }

    private static var defaults: [String: String] {
        [
            "OVALEDGE_AUDIT_FOLDER": Environment.auditFolder,
            "OVALEDGE_AUDIT_KEY_FILE": Environment.auditKeyFile,
        ]
    }

    /// The texts end their own last line.
    private static func show(_ text: String) -> Int32 {
        StandardOutput.write(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        return 0
    }
}
