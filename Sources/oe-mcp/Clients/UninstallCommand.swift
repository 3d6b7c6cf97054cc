import ClientConfiguration
import Commands
import Files
import Logging
import Settings

/// `oe-mcp uninstall CLIENT…`: takes the entry away from every file where it is known to be.
///
/// A file that nothing has changed since gets its bytes from before back.
struct UninstallCommand {
    static let description = CommandLineCommand(
        "uninstall",
        operands: "[CLIENT …]",
        "Take this program away from MCP clients.",
        options: InstallRequest.options
    )

    private let request: InstallRequest
    private let store = InstallStore.ofThisUser

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        let request = try InstallRequest(line)
        if request.clients.isEmpty, !line.has("all") {
            throw UsageError("No client is named.", advice: "Write `oe-mcp uninstall NAME`, or --all.")
        }
        let command = UninstallCommand(request: request)
        let steps = request.clients.flatMap { command.steps($0) }
        return InstallCommand.carry(out: steps, request, command.store) { plan in
            try command.plan(plan.client, at: plan.file.path)
        }
    }

    private func steps(_ client: ClientProgram) -> [InstallStep] {
        var paths: [String] = []
        do {
            if case .command(let program) = client.writer, request.scope == .user, !request.line.has("config") {
                guard let plan = try ClientCommand(client, program, request).uninstalling() else {
                    return [.report(InstallReport(client, "absent", "\(client.name): no entry, nothing to do."))]
                }
                return [.command(plan)]
            }
            paths = client.present(request.scope, on: request.machine, name: request.name)
            if request.line.has("config") { paths = [try request.path(client)] }
            let plans = try paths.map { try plan(client, at: $0) }
            let changes = plans.filter { $0.isChange }
            if changes.isEmpty {
                return [.report(try absent(client))]
            }
            if Machine.runs(client.processes), !request.isForced, !request.isDry {
                throw InstallRefusal(
                    "\(client.name) is running, and would write the entry again",
                    advice: "Quit it fully (in the tray, too), and try again."
                )
            }
            return changes.map { .plan($0) }
        } catch {
            return [.report(InstallReport(client, error, path: paths.first))]
        }
    }

    /// What was noted of an entry that is gone is forgotten, so that it is not missed any longer.
    private func absent(_ client: ClientProgram) throws -> InstallReport {
        let gone = try store.records().filter { record in
            guard record.client == client.id, record.name == request.name else { return false }
            return !client.holds(record.name, in: try ForeignFile.bytes(at: record.path) ?? [])
        }
        if !request.isDry { try gone.forEach(store.forget) }
        let next = gone.isEmpty ? "nothing to do" : "and nothing is noted of it any longer"
        return InstallReport(client, "absent", "\(client.name): no entry, \(next).")
    }

    private func plan(_ client: ClientProgram, at path: String) throws -> InstallPlan {
        let file = try ForeignFile(path)
        let record = store.record(file.realPath, request.name)
        let planner = request.planner(client)
        return try planner.uninstall(from: file, record, original: store.original(record, of: file))
    }
}
