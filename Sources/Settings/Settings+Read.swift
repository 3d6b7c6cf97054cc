import Text

extension Settings {
    /// The options that belong to the settings, for every program's command line.
    package static let options = [
        CommandLineOption("env-file", value: "PATH", "Read settings from this file instead of ./.env."),
        CommandLineOption("set", value: "NAME=VALUE", "Give one setting here; may be repeated."),
    ]

    /// Reads every setting: the command line first, then the environment, then one `.env` file, then the default.
    ///
    /// `version` is the program's own, and `listens` says whether it opens a port, as `AUTH_MODE` may demand; `tools` has
    /// the names of those it can offer. `files` says what is at a path: `SettingsFile.onDisk` in the program. Throws `UsageError` or `SettingsError`.
    package static func read(
        version: String,
        listens: Bool = false,
        tools: [String] = [],
        commandLine: ParsedCommandLine,
        environment: [String: String],
        files: (String) -> SettingsFile
    ) throws -> Settings {
        try read(
            version: version,
            listens: listens,
            tools: tools,
            commandLine: commandLine.pairs("set"),
            envFile: commandLine["env-file"],
            environment: environment,
            files: files
        )
    }

    package static func read(
        version: String,
        listens: Bool = false,
        tools: [String] = [],
        commandLine: [String: String] = [:],
        envFile: String? = nil,
        environment: [String: String] = [:],
        files: (String) -> SettingsFile = { _ in .missing }
    ) throws(SettingsError) -> Settings {
        let dotEnv = DotEnvFile.found(named: envFile, environment: environment, files: files)
        var reader = SettingsReader([
            SettingsSource(.commandLine, commandLine), SettingsSource(.environment, environment), dotEnv.source,
        ])
        var settings = Settings(&reader, version: version, listens: listens, tools: tools)
        let names = reader.entries.map { $0.name }
        let problems = dotEnv.problems + reader.problems + strangers(on: commandLine, known: names)
        guard problems.isEmpty else { throw SettingsError(problems: problems, entries: reader.entries) }
        settings.entries = reader.entries
        settings.warnings = dotEnv.warnings + dotEnv.strangers(known: names)
        if envFile == nil { settings.warnings += detours(in: reader.entries) }
        return settings
    }

    /// Where requests go and what they trust on the way.
    private static let waypoints = [
        "OVALEDGE_BASE_URL", "OVALEDGE_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "OVALEDGE_CA_BUNDLE",
        "SSL_CERT_FILE",
    ]

    /// A warning where the folder the program happens to start in sends a secret that it does not hold another way.
    ///
    /// Clients start programs in the folder of a project, and a `.env` may come with a project that somebody else wrote.
    private static func detours(in entries: [SettingEntry]) -> [String] {
        let secret = entries.first { $0.name == "OVALEDGE_USER_SECRET" }
        let found = SettingOrigin.file("./.env")
        guard let secret, secret.value != nil, secret.origin != found else { return [] }
        let names = entries.filter { waypoints.contains($0.name) && $0.origin == found }.map { $0.name }
        guard !names.isEmpty else { return [] }
        return [
            "\(names.joined(separator: ", ")) from ./.env decides where the secret from \(secret.origin.phrase) goes. "
                + "Name the file you mean with --env-file."
        ]
    }

    /// Names on the command line that no setting has; unlike elsewhere they can only be mistakes.
    private static func strangers(on commandLine: [String: String], known: [String]) -> [SettingsProblem] {
        commandLine.keys.sorted().filter { !known.contains($0.uppercased()) }.map { name in
            let near = Suggestion.nearest(to: name, among: known)
            return SettingsProblem(
                name: name,
                what: "on the command line is not a setting",
                advice: near.map { "Did you mean \($0)?" } ?? "Run `oe-mcp settings` to see them all."
            )
        }
    }
}
