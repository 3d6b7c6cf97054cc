import Settings

/// A disk with these files and no others.
func disk(_ files: [String: String], isPrivate: Bool = true) -> (String) -> SettingsFile {
    { path in files[path].map { .content(Array($0.utf8), isPrivate: isPrivate) } ?? .missing }
}

func read(
    _ environment: [String: String] = [:],
    commandLine: [String: String] = [:],
    envFile: String? = nil,
    listens: Bool = false,
    files: @escaping (String) -> SettingsFile = { _ in .missing }
) throws(SettingsError) -> Settings {
    try Settings.read(
        version: "1.2.3",
        listens: listens,
        commandLine: commandLine,
        envFile: envFile,
        environment: environment,
        disk: SettingsDisk(file: files)
    )
}
