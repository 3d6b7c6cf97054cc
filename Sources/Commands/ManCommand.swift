import Logging
package import Settings

/// `man`: the manual page, as `man` and packages take it.
package enum ManCommand {
    package static let description = CommandLineCommand("man", "Print the manual page, in mdoc.")

    /// `exits` are the codes that only this program ends with.
    package static func run(
        _ options: CommandLineOptions,
        listens: Bool = false,
        exits: [(code: Int32, about: String)] = []
    ) -> Int32 {
        let settings = Settings.described(version: ProgramVersion.current).filter { listens || $0.concerns == .all }
        let page = ManualPage(
            options,
            settings: settings,
            exits: (common + exits).sorted { $0.code < $1.code },
            date: ProgramVersion.date
        )
        StandardOutput.write(String(page.mdoc.dropLast()))
        return 0
    }

    private static let common: [(code: Int32, about: String)] = [
        (0, "It is done, or there was nothing to do."), (1, "It failed; standard error says why, and what to do."),
        (UsageError.exitCode, "The command line cannot be understood."),
        (74, "The answer could not be written as a whole."),
        (SettingsError.exitCode, "A setting is missing or cannot be used."),
    ]
}
