import ClientConfiguration
import Clock
import Commands
import Files
import JSON
import Logging
import Rendering
import Settings
import Text

/// `oe-mcp status`: what the clients of this machine have of this program, read from their files.
///
/// No network, no keychain, and no client is started. Ends with 1 when an entry cannot work.
struct StatusCommand {
    static let description = CommandLineCommand(
        "status",
        operands: "[CLIENT …]",
        "Show which MCP clients start this program, and what is wrong with their entries.",
        options: [
            CommandLineOption("json", "Print it as JSON."),
            CommandLineOption("project", value: "DIR", "The folder of the project, instead of this one."),
        ]
    )

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        let machine = try InstallRequest.machine(line)
        var clients: [ClientProgram] = []
        for id in line.operands {
            guard let client = ClientProgram.named(id) else {
                throw InstallRequest.unknown(id)
            }
            if !clients.contains(where: { $0.id == id }) { clients.append(client) }
        }
        let all = clients.isEmpty ? ClientProgram.all.filter { $0.writer != .person } : clients
        let store = InstallStore.ofThisUser
        let found = all.flatMap { ClientStatus.of($0, on: machine, store, always: !clients.isEmpty) }
        if line.has("json") {
            let json: JSON = ["schema": 1, "clients": .array(found.map { $0.json })]
            StandardOutput.write(TerminalText.json(json))
        } else {
            if found.isEmpty { StandardOutput.write("No client has an entry. Run `oe-mcp install --list`.") }
            for status in found {
                for line in status.lines { StandardOutput.write(VisibleText.line(line)) }
            }
        }
        return found.contains { $0.isBroken } ? 1 : 0
    }
}

/// What one file of a client says of this program, in one entry.
struct ClientStatus {
    enum State: String {
        /// The client is not on this machine.
        case missing
        /// The client is there, and has no entry of ours.
        case none
        case ours
        /// Another program's entry has the name that ours would have.
        case foreign
        case unreadable
    }

    struct Finding {
        let code: CheckCode
        let isError: Bool
        let message: String
        let fix: String
        /// Those of this program by which it is put right, where one command does.
        var arguments: [String]?
    }

    let client: ClientProgram
    var file: String?
    var realFile: String?
    var name: String?
    var state: State
    var entry: FoundEntry?
    var findings: [Finding] = []
    /// When a client like this one began to speak with a server that was started like that, in seconds since 1970.
    var lastHandshake: Double?
    /// Whether the file belongs to the folder that is looked at, and not to this user.
    var isOfProject = false

    var isBroken: Bool { findings.contains { $0.isError } }

    var json: JSON {
        let command: JSON? = entry.map { entry in
            let shown = LikelySecrets(among: entry.arguments).struck(arguments: entry.arguments)
            return .members(
                ("command", entry.command.map { .string($0) }),
                ("args", entry.command == nil ? nil : .strings(shown)),
                ("url", entry.url.map { .string(LikelySecrets.struck(line: $0)) })
            )
        }
        let findings = findings.map { finding -> JSON in
            [
                "code": .string(finding.code.rawValue), "severity": finding.isError ? "error" : "warning",
                "message": .string(finding.message), "fix": .string(finding.fix),
            ]
        }
        return .members(
            ("id", .string(client.id)),
            ("file", file.map { .string($0) }),
            ("realFile", realFile.map { .string($0) }),
            ("state", .string(state.rawValue)),
            ("name", name.map { .string($0) }),
            ("entry", state == .ours ? command : nil),
            ("profile", state == .ours ? entry?.profile.map { .string($0) } : nil),
            ("lastHandshake", lastHandshake.map { .string(Timestamp.text($0)) }),
            ("findings", .array(findings))
        )
    }

    /// When it was last used; empty where this program learns nothing of that.
    var handshake: String {
        guard state == .ours, entry?.isCatalog == true else { return "" }
        return lastHandshake.map { ", last handshake \(Timestamp.text($0))" } ?? ", no handshake yet"
    }

    private var profile: String { entry?.profile.map { ", profile \($0)" } ?? "" }

    var lines: [String] {
        let mark = isBroken ? "✗" : findings.isEmpty && state == .ours ? "✓" : state == .ours ? "!" : "-"
        let what =
            switch state {
            case .missing: "not found on this machine"
            case .none: "no entry"
            case .ours: "\(name ?? "") \(entry?.phrase ?? "starts nothing")\(profile)"
            case .foreign: "\(name ?? "") is another program's entry"
            case .unreadable: "its file cannot be read"
            }
        return ["\(mark) \(client.id): \(what)\(file.map { " (\($0))" } ?? "")\(handshake)"]
            + findings.map { "    \($0.code.rawValue): \($0.message) \($0.fix)" }
    }
}
