import Commands
import JSON
import Logging
import Settings
import Text

/// `oe-mcp-http doctor --remote URL` and `--oauth`: a server as its clients find it, from outside in; without them, what
/// `doctor` checks in every program.
enum RemoteDoctorCommand {
    static let description = DoctorCommand.description(
        groups: [.listening],
        options: [
            CommandLineOption("remote", value: "URL", "Check the server at this address, as its clients find it."),
            CommandLineOption("oauth", "Check the sign-in with OAuth at MCP_PUBLIC_BASE_URL, and show its settings."),
            CommandLineOption(
                "token",
                value: "T",
                "With --remote or --oauth, present this key or token instead of the credentials."
            ),
            CommandLineOption("bridge", "Check what `bridge` would stand before, with the same settings."),
            CommandLineOption("config", value: "FILE", "With --bridge, the servers of this file."),
        ]
    )

    static func examine(_ line: ParsedCommandLine) throws -> Int32 {
        if line.has("bridge") {
            try checkOptions(line)
            return try BridgeDoctor.examine(line)
        }
        guard line.has("remote") || line.has("oauth") else {
            guard !line.has("token") else {
                throw UsageError("`--token` is for --remote and --oauth.", advice: "Add --remote URL, or --oauth.")
            }
            return try DoctorCommand.run(line, listens: true, more: [ListenChecks.section])
        }
        try checkOptions(line)
        guard !line.has("sandbox") else {
            throw UsageError("`--remote` and `--oauth` ask a server, and `--sandbox` none.", advice: "Leave one out.")
        }
        let named = try line["remote"].map { try MCPSite($0) }
        let wiring = try Wiring(line, logLevel: .error, warns: false)
        let site = try named ?? publicSite(wiring.settings)
        let examination = RemoteExamination(wiring, site, token: line["token"].map { Secret($0) })
        guard line.has("oauth") else { return show(found(by: examination), line, wiring, site) }
        guard examination.oauth != nil else {
            let mode = wiring.settings.account.authMode.rawValue
            let advice = "Name the settings of a server with remote or remote_login, such as --env-file FILE."
            throw SettingsError(problems: [
                SettingsProblem(name: "AUTH_MODE", what: "is \(mode), which has no sign-in with OAuth", advice: advice)
            ])
        }
        let checks = settingsChecks(line) + found(by: examination)
        return show(checks, line, wiring, site, settings: OAuthSettingsTable(wiring.settings))
    }

    /// What is asked from outside is asked as a whole, and nothing here could be repaired.
    private static func checkOptions(_ line: ParsedCommandLine) throws(UsageError) {
        guard let stray = ["only", "offline", "strict", "fix", "yes"].first(where: line.has) else { return }
        throw UsageError(
            "`--\(stray)` is for the checks of this machine.",
            advice: "Leave it out, or --remote, --oauth and --bridge."
        )
    }

    private static func found(by examination: RemoteExamination) -> [RemoteCheck] {
        Waiter.run(showing: "Checking") { await examination.checks() }
    }

    private static func publicSite(_ settings: Settings) throws -> MCPSite {
        guard let address = settings.listen.publicBaseURL else {
            let advice = "Set it, or name the address with --remote URL."
            throw SettingsError(problems: [
                SettingsProblem(name: "MCP_PUBLIC_BASE_URL", what: "is not set", advice: advice)
            ])
        }
        return try MCPSite(address.text)
    }

    /// Whether a server would start with them.
    private static func settingsChecks(_ line: ParsedCommandLine) -> [RemoteCheck] {
        do {
            let settings = try Environment.settings(line, listens: true)
            if settings.account.authMode == .remoteLogin { _ = try SignInKeys(settings.files.signInKeys) }
            return [.ok("settings", "a server starts with them")]
        } catch let error as SettingsError {
            return error.problems.map { .failed("settings \($0.name)", "it \($0.what)", remedy: $0.advice) }
        } catch {
            return [.failed("settings", "a server does not start with them", remedy: "\(error)")]
        }
    }

    private static func show(
        _ checks: [RemoteCheck],
        _ line: ParsedCommandLine,
        _ wiring: Wiring,
        _ site: MCPSite,
        settings: OAuthSettingsTable? = nil
    ) -> Int32 {
        let isGood = checks.allSatisfy { $0.state != .failed }
        let redactor = wiring.log.redactor
        if line.has("json") {
            let json = JSON.members(
                ("url", .string(site.base)),
                ("ok", .bool(isGood)),
                ("checks", .array(checks.map { $0.json })),
                ("settings", settings?.json)
            )
            let finder = redactor.finder
            StandardOutput.write((json.replacingTexts { finder.redacted($0) } ?? json).prettyText)
        } else {
            DoctorText.ofThisOutput(line).write(checks.map { $0.doctorCheck }, redactor)
            if let settings { StandardOutput.write("\n" + redactor.redacted(settings.text)) }
        }
        return isGood ? 0 : 1
    }
}

/// The settings by which people sign in with OAuth, secrets hidden.
struct OAuthSettingsTable: Sendable {
    private let entries: [SettingEntry]

    init(_ settings: Settings) {
        let mode = "(AUTH_MODE=\(settings.account.authMode.rawValue))"
        let others = ["AUTH_MODE", "MCP_PUBLIC_BASE_URL", "MCP_ALLOWED_ORIGINS", "MCP_TRUSTED_PROXIES"]
        entries = settings.entries.filter { entry in
            others.contains(entry.name) || entry.heading.hasSuffix(mode)
                || entry.heading.hasPrefix("Signing in with OAuth")
        }
    }

    var text: String { SettingsTable(entries).terminal.trimmed }

    var json: JSON {
        .array(
            entries.map { entry in
                let value = entry.value ?? entry.defaultText
                return [
                    "name": .string(entry.name), "value": value.map { .string($0) } ?? .null,
                    "origin": .string("\(entry.origin)"),
                ]
            }
        )
    }
}

/// What was found of one thing.
struct RemoteCheck: Hashable, Sendable {
    enum State: String {
        case ok, warning, failed
        /// What cannot be known from here.
        case skipped
    }

    let name: String
    let state: State
    let detail: String
    /// A sentence, or some; nil where there is nothing to do.
    let remedy: String?

    static func ok(_ name: String, _ detail: String) -> RemoteCheck {
        RemoteCheck(name: name, state: .ok, detail: detail, remedy: nil)
    }

    static func warning(_ name: String, _ detail: String, remedy: String) -> RemoteCheck {
        RemoteCheck(name: name, state: .warning, detail: detail, remedy: remedy)
    }

    static func failed(_ name: String, _ detail: String, remedy: String) -> RemoteCheck {
        RemoteCheck(name: name, state: .failed, detail: detail, remedy: remedy)
    }

    static func skipped(_ name: String, _ detail: String, remedy: String) -> RemoteCheck {
        RemoteCheck(name: name, state: .skipped, detail: detail, remedy: remedy)
    }

    init(name: String, state: State, detail: String, remedy: String?) {
        self.name = name
        self.state = state
        self.detail = detail
        self.remedy = remedy
    }

    init(_ check: ValidationCheck) {
        self.init(
            name: check.name,
            state: check.isGood ? .ok : .failed,
            detail: check.detail,
            remedy: check.remedy
        )
    }

    func renamed(_ name: String) -> RemoteCheck {
        RemoteCheck(name: name, state: state, detail: detail, remedy: remedy)
    }

    var doctorCheck: DoctorCheck {
        DoctorCheck(id: name, group: .remote, status, detail, fix: remedy.map { DoctorCheck.Fix($0) })
    }

    private var status: DoctorCheck.Status {
        switch state {
        case .ok: .ok
        case .warning: .warn
        case .failed: .fail
        case .skipped: .skip
        }
    }

    var json: JSON {
        [
            "name": .string(name), "state": .string(state.rawValue), "detail": .string(detail),
            "remedy": remedy.map { .string($0) } ?? .null,
        ]
    }
}
