import ClientConfiguration
import Commands
import Files
import JSON
import Settings

/// A client that writes its file itself, by a command of its own: Claude Code, whose sessions rewrite it all the time.
///
/// Its file is read here and never written.
struct ClientCommand {
    /// The command lines, one after the other.
    struct Plan {
        let client: ClientProgram
        let action: String
        let program: String
        let calls: [[String]]

        private var lines: String {
            calls.map { (["claude"] + $0).map { Shell.quoted($0) }.joined(separator: " ") }.joined(separator: "; ")
        }

        var dryReport: InstallReport {
            let message = calls.isEmpty ? "unchanged" : "would be \(action) by `\(lines)`"
            return InstallReport(client, action, "\(client.name): \(message).")
        }

        func carryOut() -> InstallReport {
            for call in calls {
                let outcome = ForeignCommand.outcome(
                    program,
                    call,
                    environment: Environment.variables,
                    seconds: 30
                )
                guard outcome?.code == 0 else {
                    let word = outcome == nil ? "cannot be started" : outcome?.code == nil ? "takes too long" : "failed"
                    let message = "\(client.name)'s own command \(word): `\(lines)`. Run it by hand to see why."
                    return InstallReport(client, "failed", message, code: 1)
                }
            }
            let message = calls.isEmpty ? "unchanged" : "\(action) by its own command"
            let next = action == "removed" ? "" : " \(client.reload)"
            return InstallReport(client, action, "\(client.name): \(message).\(next)")
        }
    }

    private let client: ClientProgram
    private let request: InstallRequest
    private let program: String?
    private let found: JSON?

    init(_ client: ClientProgram, _ program: String, _ request: InstallRequest) throws {
        (self.client, self.request) = (client, request)
        self.program = request.machine.program(program)
        let path = try request.path(client)
        let bytes = try ForeignFile.bytes(at: path) ?? []
        found = try client.format.entry(in: bytes, at: client.path(of: request.name))
    }

    func installing(_ launch: ServerLaunch) throws -> Plan {
        guard let entry = client.shape.entry(launch) else {
            throw InstallRefusal("\(client.name) has no such entries", advice: "Leave it out.", code: 3)
        }
        var calls: [[String]] = []
        var action = "added"
        if let found {
            let isEqual = entry.own.allSatisfy { found[$0.name] == $0.value }
            if isEqual, entry.stale.allSatisfy({ found[$0] == nil }) {
                return Plan(client: client, action: "unchanged", program: program ?? "", calls: [])
            }
            try expectOurs(found, entry)
            calls.append(removal)
            action = "changed"
        }
        calls.append(addition(launch))
        return try plan(action, calls)
    }

    func uninstalling() throws -> Plan? {
        guard let found else { return nil }
        let entry = FoundEntry(found)
        if !request.isForced, !entry.isCatalog, entry.url == nil { throw foreign(entry) }
        return try plan("removed", [removal])
    }

    /// What its own command cannot keep is not taken away.
    private func expectOurs(_ found: JSON, _ entry: ClientEntry) throws {
        if request.isForced { return }
        guard FoundEntry(found).isCatalog else { throw foreign(FoundEntry(found)) }
        let known = entry.own.map { $0.name } + entry.stale
        let others = found.object?.members.filter { member in
            !known.contains(member.name) && !(member.value.object?.isEmpty ?? false)
        }
        guard let other = others?.first else { return }
        throw InstallRefusal(
            "the entry \"\(request.name)\" of \(client.name) has settings of yours (\(other.name)), which would be lost",
            advice: "Change it by hand, or give it up with --force.",
            code: 3
        )
    }

    private func foreign(_ entry: FoundEntry) -> ForeignEntry {
        ForeignEntry(name: request.name, what: entry.what, isAnotherProgram: !entry.starts("oe-mcp"))
    }

    private func plan(_ action: String, _ calls: [[String]]) throws -> Plan {
        guard let program else {
            let lines = calls.map { (["claude"] + $0).map { Shell.quoted($0) }.joined(separator: " ") }
            throw InstallRefusal(
                "\(client.name) is set up by its own command, which is not on PATH",
                advice: "Run this where it is: \(lines.joined(separator: "; "))",
                code: 3
            )
        }
        return Plan(client: client, action: action, program: program, calls: calls)
    }

    private var removal: [String] { ["mcp", "remove", "--scope", "user", request.name] }

    private func addition(_ launch: ServerLaunch) -> [String] {
        switch launch.way {
        case .process(let command, let arguments, _):
            ["mcp", "add", "--scope", "user", launch.name, "--", command] + arguments
        case .address(let url): ["mcp", "add", "--transport", "http", "--scope", "user", launch.name, url]
        }
    }
}
