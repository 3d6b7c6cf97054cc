import Logging
import Text

extension Settings {
    /// The options that belong to the settings, for every program's command line.
    package static let options = [
        CommandLineOption("profile", value: "NAME", "Use this profile instead of default (OVALEDGE_PROFILE)."),
        CommandLineOption("env-file", value: "PATH", "Read settings from this file instead of your own."),
        CommandLineOption("set", value: "NAME=VALUE", isRepeatable: true, "Set a setting for this run."),
    ]

    package static let twoSources = UsageError(
        "`--env-file` and `--profile` name two sources.",
        advice: "Write one of them."
    )

    /// The settings of a program that listens which have an option of their own.
    package static let listenOptions = [
        CommandLineOption("host", value: "ADDRESS", "Listen on this address of the machine (MCP_HTTP_HOST)."),
        CommandLineOption("port", value: "N", "Listen on this port; 0 takes a free one (MCP_HTTP_PORT)."),
        CommandLineOption("tls-certificate", value: "FILE", "Serve https with this certificate (MCP_TLS_CERTIFICATE)."),
        CommandLineOption("tls-key", value: "FILE", "The key of that certificate (MCP_TLS_KEY)."),
    ]

    private static func listenValues(_ line: ParsedCommandLine) -> [String: String] {
        let names = [
            "host": "MCP_HTTP_HOST", "port": "MCP_HTTP_PORT", "tls-certificate": "MCP_TLS_CERTIFICATE",
            "tls-key": "MCP_TLS_KEY",
        ]
        return Dictionary(uniqueKeysWithValues: names.compactMap { option, name in line[option].map { (name, $0) } })
    }

    private static let anyOrigin = """
        MCP_ALLOWED_ORIGINS allows web pages of all origins; each request still needs credentials of its own.
        """

    private static let exposedFields = """
        The header fields for the collector of traces travel unencrypted to another machine; write its address with https://.
        """

    /// Reads every setting: the command line first, then the environment, then one `.env` file, then the default.
    ///
    /// `version` is the program's own, and `listens` says whether it opens a port; `tools` has the names of those it can
    /// offer. Throws `UsageError` or `SettingsError`.
    package static func read(
        version: String,
        listens: Bool = false,
        tools: [String] = [],
        commandLine: ParsedCommandLine,
        environment: [String: String],
        disk: SettingsDisk
    ) throws -> Settings {
        let typed = BridgeLine(commandLine)
        try typed?.check()
        if commandLine.has("env-file"), commandLine.has("profile") { throw twoSources }
        do {
            return try read(
                version: version,
                listens: listens,
                needs: listens && ["serve", "lambda", nil].contains(commandLine.command?.name)
                    && !commandLine.has("sandbox"),
                refuses: (listens || !["serve", nil].contains(commandLine.command?.name)) && !commandLine.has("sandbox")
                    && !bridges(commandLine),
                isFunction: commandLine.command?.name == "lambda",
                bridge: bridges(commandLine) ? BridgeNeeds(hasFile: commandLine.has("config")) : nil,
                tools: tools,
                command: commandLine.typed(with:),
                commandLine: commandLine.pairs("set").merging(listenValues(commandLine)) { $1 }
                    .merging(bridgeValues(commandLine)) { $1 },
                envFile: commandLine["env-file"],
                profile: profile(commandLine, environment),
                usesAccount: usesAccount(commandLine),
                environment: environment,
                disk: disk
            )
        } catch let error as SettingsError {
            throw (typed?.missing(error) ?? typed?.refused(error)) as (any Error)? ?? error
        }
    }

    /// Whether the command signs in at OvalEdge with the account that is set, and not elsewhere or nowhere.
    private static func usesAccount(_ line: ParsedCommandLine) -> Bool {
        ["serve", "lambda", "call", "doctor", "settings", nil].contains(line.command?.name)
            && !bridges(line) && !line.has("sandbox") && !line.has("remote")
    }

    /// The profile that is named: on the command line, else in the environment, unless a file is named there.
    package static func profile(_ line: ParsedCommandLine, _ environment: [String: String]) -> String? {
        if let named = line["profile"] { return named }
        guard line["env-file"] == nil, let named = environment["OVALEDGE_PROFILE"], !named.isEmpty else { return nil }
        return named
    }

    /// `needs` says whether it is a problem that something needed is not set, and `refuses` whether an address that may
    /// not be used is one.
    ///
    /// `isFunction` says that others can reach it, wherever it listens.
    ///
    /// `bridge` is there for a program that stands before another server, and `usesAccount` is false for one that signs in
    /// nowhere.
    ///
    /// It is no problem for a server, which reports to its clients why nothing is sent there, and for the sandbox.
    package static func read(
        version: String,
        listens: Bool = false,
        needs: Bool = false,
        refuses: Bool = true,
        isFunction: Bool = false,
        bridge: BridgeNeeds? = nil,
        tools: [String] = [],
        command: (_ addition: String) -> String = { "oe-mcp \($0)" },
        commandLine: [String: String] = [:],
        envFile: String? = nil,
        profile: String? = nil,
        usesAccount: Bool = true,
        environment: [String: String] = [:],
        disk: SettingsDisk = SettingsDisk()
    ) throws(SettingsError) -> Settings {
        let dotEnv = DotEnvFile.found(
            named: envFile,
            profile: profile,
            environment: environment,
            disk: disk,
            command: command
        )
        if dotEnv.isUnknown { throw SettingsError(problems: dotEnv.problems) }
        var commandLine = commandLine
        let testing = listens ? TestSettings(takenFrom: &commandLine) : TestSettings()
        let sources = [
            SettingsSource(.commandLine, commandLine), SettingsSource(.environment, environment), dotEnv.source,
        ]
        let ceiling = dotEnv.profile.map { _ in dotEnv.source }
        // A client waits for one that does not listen, and no client for one that does.
        var reader = SettingsReader(sources, secretFile: disk.secretFile, ceiling: ceiling) { disk.secret($0, listens) }
        var settings = Settings(&reader, version: version, listens: listens, bridges: bridge != nil, tools: tools)
        if let zone = settings.answers.timeZone, !disk.knowsTimeZone(zone) { reader.complainOfTimeZone() }
        if let bridge { settings.checkBridge(&reader, listens: listens, hasFile: bridge.hasFile, disk) }
        if listens {
            let mode = bridge == nil ? settings.account.authMode : .local
            let oauth = mode == .remote || mode == .remoteLogin ? settings.oauth : nil
            let signIn = mode == .remoteLogin ? settings.oauth.signIn : nil
            settings.files = ListenFiles(settings.httpAccess, oauth, signIn, &reader, disk)
        }
        settings.testing = testing
        let names = reader.entries.map { $0.name }
        var problems = dotEnv.problems + reader.problems + strangers(on: commandLine, known: names)
        if isFunction, settings.account.authMode == .local {
            problems.append(.localFunction)
        } else if needs {
            let missing = settings.missing(reader.entries, listens: listens)
            let known = Set(problems.map { $0.name })
            problems += missing.filter { known.isDisjoint(with: [$0, $0 + "_FILE"]) }.map { .notSet($0) }
        }
        let isMixing = usesAccount && !(listens && settings.account.authMode != .local)
        if isMixing, let mixture = dotEnv.mixture(in: reader.entries) { problems.append(mixture) }
        if refuses, let refusal = settings.refusal { problems.append(refusal) }
        if isFunction || !settings.listen.host.isLoopback { problems += testing.problems }
        guard problems.isEmpty else {
            throw SettingsError(problems: problems, entries: reader.entries, secrets: settings.secrets)
        }
        settings.entries = reader.entries
        settings.profile = dotEnv.profile ?? .default
        settings.unknownKeys = dotEnv.strangers(known: names) + misspelt(in: environment, known: names)
        settings.warnings = dotEnv.warnings + reader.warnings + settings.unknownKeys
        settings.exposure = dotEnv.exposure
        if listens { settings.warnings += settings.adviceOnOAuth(reader.entries) }
        if listens, settings.httpAccess.origins?.isAny == true { settings.warnings.append(anyOrigin) }
        if listens, let warning = settings.store.warning { settings.warnings.append(warning) }
        if listens, bridge != nil { settings.warnings += advice(onOtherBridges: reader) }
        if settings.traces.isExposed { settings.warnings.append(exposedFields) }
        settings.trustWarnings = settings.redacted(dotEnv.trustWarnings) + settings.weaknesses + testing.warnings
        return settings
    }

    /// The command that a warning repeats may hold the password of a proxy.
    private func redacted(_ warnings: [String]) -> [String] {
        if warnings.isEmpty { return [] }
        let redactor = Redactor()
        for secret in secrets { redactor.add(secret) }
        return warnings.map { redactor.redacted($0) }
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

extension SettingsReader {
    fileprivate mutating func complainOfTimeZone() {
        complain(
            "OVALEDGE_CLIENT_TIMEZONE",
            "names a time zone that does not exist",
            advice: "Write OVALEDGE_CLIENT_TIMEZONE=Europe/Berlin, for example."
        )
    }
}
