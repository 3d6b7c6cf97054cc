import ClientConfiguration
import Clock
import Commands
import JSON
import Settings

/// What the clients of this machine have of this program, as `status` finds it.
struct ClientChecks: Sendable {
    private let machine: Machine
    private let statuses: [ClientStatus]
    private let only: ClientProgram?

    init(_ machine: Machine, _ store: InstallStore, only: ClientProgram?) {
        self.machine = machine
        self.only = only
        let clients = only.map { [$0] } ?? ClientProgram.all.filter { $0.writer != .person }
        statuses = clients.flatMap { ClientStatus.of($0, on: machine, store, always: only != nil) }
    }

    func checks() -> [DoctorCheck] {
        let found = statuses.flatMap { checks($0) }
        guard found.isEmpty else { return found }
        let fix = DoctorCheck.Fix("Add it to a client.", command: "oe-mcp install \(only?.id ?? "--list")")
        let who = only.map { "\($0.id) has no entry" } ?? "no client has an entry"
        return [DoctorCheck(.clientEntry, .skip, who, fix: fix)]
    }

    /// How the clients start this program, each way once, with the names of those that do.
    var launches: [(command: String, arguments: [String], clients: [String])] {
        var launches: [(command: String, arguments: [String], clients: [String])] = []
        // What a folder's files say was perhaps written by someone else, and is shown, not started.
        for status in statuses where status.state == .ours && !status.isBroken && !status.isOfProject {
            guard let entry = status.entry, entry.isCatalog, let command = entry.command else { continue }
            let place = launches.firstIndex { $0.command == command && $0.arguments == entry.arguments }
            if let place {
                launches[place].clients.append(status.client.id)
            } else {
                launches.append((command, entry.arguments, [status.client.id]))
            }
        }
        return launches
    }

    private func checks(_ status: ClientStatus) -> [DoctorCheck] {
        let file = status.file.map { " (\($0))" } ?? ""
        let findings = status.findings.map { check($0, status) }
        guard status.state == .ours else { return findings }
        let entry = "\(status.client.id): \(status.name ?? "") \(status.entry?.phrase ?? "starts nothing")\(file)"
        let last = status.lastHandshake.map { JSON.string(Timestamp.text($0)) }
        let details = JSONObject(details: ("lastHandshake", last))
        return [.ok(.clientEntry, entry + status.handshake, details: details)] + findings
    }

    private func check(_ finding: ClientStatus.Finding, _ status: ClientStatus) -> DoctorCheck {
        let words = finding.arguments.map { ["oe-mcp"] + $0 }
        let isDead = finding.code == .clientWrongPath && isUsual(status)
        let fix = DoctorCheck.Fix(
            finding.fix,
            command: words.map { $0.map { Shell.quoted($0) }.joined(separator: " ") },
            repair: isDead ? finding.arguments.map { .command($0) } : nil
        )
        return DoctorCheck(
            finding.code,
            finding.isError ? .fail : .warn,
            "\(status.client.id): \(finding.message)",
            details: JSONObject(details: ("file", status.file.map { .string($0) })),
            fix: fix
        )
    }

    /// Whether `install` without further options writes that file.
    private func isUsual(_ status: ClientStatus) -> Bool {
        (try? status.client.file(.user, on: machine)) == status.file
    }
}
