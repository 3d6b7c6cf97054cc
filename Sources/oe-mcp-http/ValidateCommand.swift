import Commands
import HTTP
import JSON
import Logging
import OvalEdge
import Settings
import Text

/// `oe-mcp-http validate`: checks a server as its clients will meet it, and what it stands on.
enum ValidateCommand {
    static let description = CommandLineCommand(
        "validate",
        operands: "[URL]",
        "Check a server, its settings and its OvalEdge; without URL, the one of these settings.",
        options: Settings.options + [
            CommandLineOption("settings", "Check the settings."),
            CommandLineOption("credentials", "Sign in with OVALEDGE_USER_TOKEN and its secret, or read --token."),
            CommandLineOption("mcp", "Begin an MCP session, with these credentials."),
            CommandLineOption("discovery", "Look at what the server says of OAuth."),
            CommandLineOption("ovaledge", "Ask OvalEdge itself."),
            CommandLineOption("all", "Check all of these; the same as naming none."),
            CommandLineOption("token", value: "T", "Present this access token instead of the credentials."),
            CommandLineOption("json", "Print the checks as JSON."),
        ]
    )

    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let named = ValidationCheck.Group.allCases.filter { line.has($0.rawValue) }
        let isWhole = line.has("all") || named.isEmpty
        let checks: [ValidationCheck]
        do {
            let wiring = try Wiring(line, logLevel: .error, warns: false)
            let site = try MCPSite(line, wiring.settings, isPublic: true)
            // Of a server elsewhere nothing is known here but its address.
            let isElsewhere =
                isWhole && !line.operands.isEmpty && line["token"] != nil && wiring.settings.account.baseURL == nil
            let groups = isElsewhere ? [.discovery, .mcp] : isWhole ? ValidationCheck.Group.allCases : named
            checks =
                (isElsewhere ? [.elsewhere] : [])
                + Waiter.run {
                    await Validation(wiring, site, token: line["token"].map { Secret($0) }).checks(groups)
                }
            show(checks, asJSON: line.has("json"), wiring.log.redactor)
        } catch let error as SettingsError {
            checks = error.problems.map { .failed("settings", "\($0.name) \($0.what)", remedy: $0.advice) }
            show(checks, asJSON: line.has("json"), Redactor())
        }
        return checks.allSatisfy { $0.isGood } ? 0 : 1
    }

    private static func show(_ checks: [ValidationCheck], asJSON: Bool, _ redactor: Redactor) {
        if asJSON {
            let json: JSON = ["checks": .array(checks.map { $0.json })]
            let finder = redactor.finder
            StandardOutput.write((json.replacingTexts { finder.redacted($0) } ?? json).prettyText)
        } else {
            for check in checks { StandardOutput.write(VisibleText.line(redactor.redacted(check.line))) }
        }
    }
}

/// One thing that must be right: whether it is, and what to do if not.
struct ValidationCheck: Hashable, Sendable {
    /// What can be chosen on the command line.
    enum Group: String, CaseIterable { case settings, ovaledge, credentials, discovery, mcp }

    let name: String
    let isGood: Bool
    let detail: String
    let remedy: String?

    fileprivate static let elsewhere = passed(
        "settings",
        "OVALEDGE_BASE_URL is not set here, so that only the server itself is looked at, with the token"
    )

    static func passed(_ name: String, _ detail: String) -> ValidationCheck {
        ValidationCheck(name: name, isGood: true, detail: detail, remedy: nil)
    }

    static func failed(_ name: String, _ detail: String, remedy: String) -> ValidationCheck {
        ValidationCheck(name: name, isGood: false, detail: detail, remedy: remedy)
    }

    init(name: String, isGood: Bool, detail: String, remedy: String?) {
        self.name = name
        self.isGood = isGood
        self.detail = detail
        self.remedy = remedy
    }

    init(_ check: RemoteCheck) {
        self.init(name: check.name, isGood: check.state != .failed, detail: check.detail, remedy: check.remedy)
    }

    var line: String { "\(isGood ? "✓" : "✗") \(name): \(detail)" + (remedy.map { ". \($0)" } ?? "") }

    var json: JSON {
        [
            "name": .string(name), "ok": .bool(isGood), "detail": .string(detail),
            "remedy": remedy.map { .string($0) } ?? .null,
        ]
    }
}
