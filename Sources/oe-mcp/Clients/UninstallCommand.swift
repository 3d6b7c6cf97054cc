import ClientConfiguration
import Commands
import Files
import Logging
import Settings
import Text

/// `oe-mcp uninstall CLIENT…`: takes the entry away from every file where it is known to be.
///
/// A file that nothing has changed since gets its bytes from before back.
struct UninstallCommand {
    static let description = CommandLineCommand(
        "uninstall",
        operands: "[CLIENT …]",
        "Take this program away from MCP clients.",
        options: InstallRequest.options.map { option in
            switch option.name {
            case "all":
                CommandLineOption(
                    "all",
                    "Every client that is found here, and all entries of ours unless one is named."
                )
            case "name":
                CommandLineOption("name", value: "NAME", "Name of the entry to take away, instead of ovaledge.")
            case "profile": CommandLineOption("profile", value: "NAME", "The profile whose entry is taken away.")
            case "force":
                CommandLineOption(
                    "force",
                    "Go on where the client runs, and remove the entry where it is no catalog of ours."
                )
            default: option
            }
        }
    )

    private let request: InstallRequest
    private let store = InstallStore.ofThisUser

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        let request = try InstallRequest(line)
        if request.clients.isEmpty, !line.has("all") {
            throw UsageError("No client is named.", advice: "Write `oe-mcp uninstall NAME`, or --all.")
        }
        let isNamed = line.has("name") || line.has("profile")
        let all = UninstallCommand(request: request)
        let steps = request.clients.flatMap { client in
            let names = line.has("all") && !isNamed ? all.names(client) : []
            return (names.isEmpty ? [request.name] : names).flatMap { all.named($0).steps(client) }
        }
        let code = InstallCommand.carry(out: steps, request, all.store) { plan in
            try all.named(plan.name).plan(plan.client, at: plan.file.path)
        }
        if code == 0, !request.isDry, !isNamed, !line.has("config") { request.clients.forEach(all.tellOfOthers) }
        if line.has("all"), request.scope == .user, !request.isDry, !line.has("json") { KeptFolders.show() }
        return code
    }

    private func named(_ name: String) -> UninstallCommand {
        var request = request
        request.name = name
        return UninstallCommand(request: request)
    }

    /// What the client has or had of ours that serves the catalog, in the files of this scope.
    private func names(_ client: ClientProgram) -> [String] {
        Set(statuses(client).filter { $0.entry?.otherCommand == nil }.compactMap { $0.name }).sorted()
    }

    private func statuses(_ client: ClientProgram) -> [ClientStatus] {
        let files = Set(client.present(request.scope, on: request.machine).map { Machine.real($0) })
        let place = (try? client.file(request.scope, on: request.machine)).map { ClientProgram.folder(of: $0) }
        let folder = client.format == .dropIn ? place.map { Machine.real($0) } : nil
        return ClientStatus.of(client, on: request.machine, store, always: false).filter { status in
            guard [.ours, .none].contains(status.state), let file = status.realFile else { return false }
            return files.contains(file) || folder == ClientProgram.folder(of: file)
        }
    }

    /// An entry of ours that stays is named, for who wants none of them.
    private func tellOfOthers(_ client: ClientProgram) {
        for status in statuses(client) where status.state == .ours {
            guard let name = status.name else { continue }
            let force = status.entry?.otherCommand == nil ? "" : " --force"
            let text =
                "\(client.name) still has \(name). Remove it with `oe-mcp uninstall \(client.id) --name \(name)\(force)`."
            StandardError.write(VisibleText.line("oe-mcp: \(text)"))
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
        } catch let fault as DocumentFault where request.line.has("all") && isUnknown(fault, client) {
            // What is not ours to read is no reason to leave our entries in the other files.
            let advice = "No entry is noted there; remove by hand what you have pasted."
            return [.report(InstallReport(client, "absent", "\(client.name): \(fault). \(advice)"))]
        } catch {
            return [.report(InstallReport(client, error, path: paths.first, isRemoval: true))]
        }
    }

    private func isUnknown(_ fault: DocumentFault, _ client: ClientProgram) -> Bool {
        !fault.isBroken && !store.records().contains { $0.client == client.id }
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
