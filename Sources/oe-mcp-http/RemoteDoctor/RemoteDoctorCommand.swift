import Commands
import JSON
import Logging
import Settings
import Text

/// `oe-mcp-http doctor --remote URL`: a server as its clients find it, from outside in; without it, what `doctor` checks
/// in every program.
enum RemoteDoctorCommand {
    static let description = CommandLineCommand(
        DoctorCommand.description.name,
        DoctorCommand.description.about,
        options: DoctorCommand.description.options + [
            CommandLineOption("remote", value: "URL", "Check the server at this address, as its clients find it."),
            CommandLineOption(
                "token",
                value: "T",
                "With --remote, present this key or token instead of the credentials."
            ),
            CommandLineOption("json", "With --remote, print the checks as JSON."),
        ]
    )

    static func examine(_ line: ParsedCommandLine) throws -> Int32 {
        guard let text = line["remote"] else {
            if let stray = ["token", "json"].first(where: line.has) {
                throw UsageError("`--\(stray)` is for --remote.", advice: "Add --remote URL.")
            }
            return try DoctorCommand.run(line, listens: true, more: more)
        }
        guard !line.has("sandbox") else {
            throw UsageError("`--remote` asks a server, and `--sandbox` none.", advice: "Leave one of them out.")
        }
        let site = try MCPSite(text)
        let wiring = try Wiring(line, logLevel: .error, warns: false)
        let examination = RemoteExamination(wiring, site, token: line["token"].map { Secret($0) })
        let checks = Waiter.run { await examination.checks() }
        let isGood = checks.allSatisfy { $0.state != .failed }
        if line.has("json") {
            let json: JSON = [
                "url": .string(site.base), "ok": .bool(isGood), "checks": .array(checks.map { $0.json }),
            ]
            let finder = wiring.log.redactor.finder
            StandardOutput.write((json.replacingTexts { finder.redacted($0) } ?? json).prettyText)
        } else {
            for check in checks { StandardOutput.write(VisibleText.line(wiring.log.redactor.redacted(check.line))) }
        }
        return isGood ? 0 : 1
    }

    @Sendable private static func more(_ wiring: Wiring) async -> [DoctorCheck] {
        let store = await Instances.check(wiring)
        return (store.map { [$0] } ?? []) + (await ProviderMode.checks(wiring))
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

    var line: String { "\(mark) \(name): \(detail)" + (remedy.map { ". \($0)" } ?? "") }

    private var mark: String {
        switch state {
        case .ok: "✓"
        case .warning: "!"
        case .failed: "✗"
        case .skipped: "–"
        }
    }

    var json: JSON {
        [
            "name": .string(name), "state": .string(state.rawValue), "detail": .string(detail),
            "remedy": remedy.map { .string($0) } ?? .null,
        ]
    }
}
