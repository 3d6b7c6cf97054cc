import AuthorizationServer
import Clock
import Commands
import Files
import JSON
import Logging
import Settings
import Telemetry
import Text

/// `oe-mcp-http connections`: shows who is signed in through which client, and ends that.
enum ConnectionsCommand {
    static let description = CommandLineCommand(
        "connections",
        operands: "list | revoke ID",
        "Show what was agreed to on the sign-in page, or end it; the server may run meanwhile.",
        options: Settings.options + [
            CommandLineOption("json", "List them as JSON."),
            CommandLineOption("all", "Revoke all of them: everyone signs in again."),
        ]
    )

    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let request = try request(line)
        let wiring = try Wiring(line, listens: true, logLevel: .error, warns: false)
        guard wiring.settings.account.authMode == .remoteLogin else {
            let what = "is \(wiring.settings.account.authMode.rawValue), in which there are no connections"
            let advice = "Set it to remote_login, as for the server, or name its settings with --env-file."
            throw SettingsError(problems: [SettingsProblem(name: "AUTH_MODE", what: what, advice: advice)])
        }
        let answer = try asked(request, wiring)
        if let reason = answer["error"]?.string {
            StandardError.write(VisibleText.line("oe-mcp-http: \(reason) Try again when the store can be used."))
            return 1
        }
        return show(answer, of: request, asJSON: line.has("json"))
    }

    private static func request(_ line: ParsedCommandLine) throws(UsageError) -> ConnectionsRequest {
        switch (line.operands.first ?? "list", line.operands.count, line.has("all")) {
        case ("list", 0...1, false): return .list
        case ("revoke", 1, true): return .revokeAll
        case ("revoke", 2, false): return .revoke(line.operands[1])
        default:
            throw UsageError(
                "`connections` lists them, or revokes one or all.",
                advice: "Write oe-mcp-http connections list, connections revoke ID or connections revoke --all."
            )
        }
    }

    /// Of the server that runs, else of the store itself.
    private static func asked(_ request: ConnectionsRequest, _ wiring: Wiring) throws -> JSON {
        switch wiring.settings.oauth.signIn.store ?? .file(nil) {
        case .memory:
            throw UsageError(
                "The server keeps sign-ins in its memory, where no other program sees them.",
                advice: "Let OAUTH_STORE name a folder, or restart the server: then everyone signs in again."
            )
        case .file(let path):
            let folder = SignInStore.folder(path)
            if let answer = try ConnectionsSocket.ask(request, in: folder) { return answer }
            guard try PrivateDirectory(existing: folder, others: .nothing) != nil else {
                throw UsageError(
                    "There is no folder \(folder), so no sign-ins were ever kept in it.",
                    advice:
                        "Let OAUTH_STORE name the folder of the server, or run this as the user that the server runs as."
                )
            }
        case .redis: break
        }
        let metrics = wiring.telemetry.metrics
        let now = SystemClock.secondsSince1970
        let store = try SignInStore(wiring.settings, now: { now() }, metrics: metrics, log: wiring.log)
        return Waiter.run { await request.outcome(from: store.grants) }
    }

    private static func show(_ answer: JSON, of request: ConnectionsRequest, asJSON: Bool) -> Int32 {
        if let connections = answer["connections"]?.array {
            StandardOutput.write(asJSON ? answer["connections"]?.prettyText ?? "[]" : table(connections))
            return 0
        }
        let count = answer["revoked"]?.int ?? 0
        if case .revoke(let id) = request, count == 0 {
            StandardError.write(
                VisibleText.line(
                    "oe-mcp-http: There is no connection \(id). `oe-mcp-http connections list` shows them."
                )
            )
            return 1
        }
        StandardOutput.write(count == 1 ? "1 connection is revoked." : "\(count) connections are revoked.")
        return 0
    }

    private static func table(_ connections: [JSON]) -> String {
        if connections.isEmpty { return "There are no connections." }
        let names = ["id", "subject", "client", "returns_to", "scopes", "last_renewed", "ends"]
        let rows = connections.map { connection in
            names.map { name in
                let value = connection[name]
                let text = value?.string ?? (value?.array ?? []).compactMap { $0.string }.joined(separator: " ")
                return VisibleText.line(text)
            }
        }
        let head = names.map { $0.uppercased() }
        let widths = names.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
