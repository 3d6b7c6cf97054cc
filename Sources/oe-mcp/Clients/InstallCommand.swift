import ClientConfiguration
import Commands
import Files
import JSON
import Logging
import Rendering
import Settings
import Text

/// `oe-mcp install CLIENT…`: writes the entry that starts this program into clients' own files.
///
/// What is not ours stays byte for byte. All files are planned before the first is written. Ends with 0 when it is done,
/// 1 when it failed, 3 when a person has to do it, and 4 when a file was refused.
struct InstallCommand {
    static let description = CommandLineCommand(
        "install",
        operands: "[CLIENT …]",
        "Add this program to the MCP clients on this machine.",
        options: InstallRequest.options + [
            CommandLineOption("list", "List the clients, and which of them are found here."),
            CommandLineOption("print", "Print what belongs into the client's file, and change nothing."),
            CommandLineOption("env", "With --print: with the settings as environment variables, to be filled in."),
            CommandLineOption("link", "Print the address that installs it when it is opened."),
            CommandLineOption("remote", value: "URL", "Connect to a server at this address instead."),
            CommandLineOption("restore", "Put the newest copy of the client's file back."),
            CommandLineOption("no-check", "Do not try first whether the program starts."),
        ]
    )

    /// What a script learns from the code, besides success and failure.
    static let exits: [(code: Int32, about: String)] = [
        (3, "A person has to do it: a client is set up by hand, or its own command is not here."),
        (4, "A client's file was refused and left as it is; another program's entry has the name, for example."),
    ]

    private let request: InstallRequest
    private let store = InstallStore.ofThisUser

    /// With `isPartOfSetup` an entry can be shown for a profile that is not written yet.
    static func execute(_ line: ParsedCommandLine, isPartOfSetup: Bool = false) throws -> Int32 {
        if line.has("list") { return list(try InstallRequest.machine(line), asJSON: line.has("json")) }
        var request = try InstallRequest(line)
        request.isPartOfSetup = isPartOfSetup
        if line.has("env"), !line.has("print") || line.has("remote") || line.has("link") {
            throw UsageError(
                "`--env` is for what `--print` prints.",
                advice: "Write `oe-mcp install NAME --print --env`."
            )
        }
        if line.has("print") || line.has("link") { return try InstallCommand(request: request).show() }
        guard !request.clients.isEmpty else { return try InstallCommand(request: request).choose() }
        return try InstallCommand(request: request).install()
    }

    private init(request: InstallRequest) { self.request = request }

    private static func list(_ machine: Machine, asJSON: Bool) -> Int32 {
        if asJSON {
            let clients = ClientProgram.all.map { client -> JSON in
                ["id": .string(client.id), "name": .string(client.name), "found": .bool(client.isFound(on: machine))]
            }
            StandardOutput.write(TerminalText.json(["schema": 1, "clients": .array(clients)]))
            return 0
        }
        StandardOutput.write("✓ is found on this machine, - is not.\n")
        let width = ClientProgram.all.map { $0.id.count }.max() ?? 0
        for client in ClientProgram.all {
            let mark = client.isFound(on: machine) ? "✓" : "-"
            let gap = String(repeating: " ", count: width - client.id.count)
            StandardOutput.write("\(mark) \(client.id)\(gap)  \(client.name)")
        }
        return 0
    }

    /// Asks a person; without one, names are needed.
    private func choose() throws -> Int32 {
        let found = ClientProgram.all.filter { $0.writer != .person && $0.isFound(on: request.machine) }
        if request.line.has("all") {
            if !request.line.has("json") { StandardOutput.write("No client is found on this machine.") }
            return [InstallReport]().show(asJSON: request.line.has("json"), isDry: request.isDry)
        }
        guard StandardInput.isPerson, !request.line.has("yes"), !found.isEmpty else {
            throw UsageError("No client is named.", advice: "Run `oe-mcp install --list`, then `oe-mcp install NAME`.")
        }
        StandardError.write(
            "Found: \(found.map { $0.id }.joined(separator: ", ")).\nInstall into which? Names, or all:"
        )
        let words = Waiter.run { await StandardInput.line() }?.split(whereSeparator: { $0 == " " || $0 == "," }) ?? []
        let chosen = words == ["all"] ? found : words.compactMap { ClientProgram.named(String($0)) }
        guard !chosen.isEmpty else { return 0 }
        return try install(chosen)
    }

    private func install(_ chosen: [ClientProgram]? = nil) throws -> Int32 {
        let launch = try request.launch()
        if case .process(_, let arguments, _) = launch.way, !request.line.has("restore") {
            for warning in [ThisProgram.warning, request.homeWarning].compactMap({ $0 }) where !request.isPartOfSetup {
                StandardError.write(VisibleText.line("oe-mcp: \(warning)"))
            }
            if !request.line.has("no-check"),
                case .failure(let fault) = HandshakeCheck(command: ThisProgram.path, arguments: arguments).outcome()
            {
                let words = ([ThisProgram.path] + arguments).joined(separator: " ")
                StandardError.write(
                    VisibleText.line(
                        "oe-mcp: `\(words)` does not work as a client starts it. \(fault.sentence) Run it by hand."
                    )
                )
                return 1
            }
        }
        if case .address(let url) = launch.way, let address = RemoteAddress(setting: url), !address.isEncrypted,
            !address.isLoopback
        {
            let warning = "The address begins with http://, so that tokens would travel unencrypted to another machine."
            StandardError.write("oe-mcp: \(warning) Use https:// if you can.")
        }
        let steps = (chosen ?? request.clients).map { client in step(client, launch) }
        let code = Self.carry(out: steps, request, store) { plan in
            guard plan.action != .restored else { return plan }
            return try self.plan(plan.client, launch, at: plan.file.path)
        }
        if code == 0, !request.isDry, let hint = request.missingSettings {
            StandardError.write(VisibleText.line("oe-mcp: \(hint)"))
        }
        return code
    }

    private func step(_ client: ClientProgram, _ launch: ServerLaunch) -> InstallStep {
        do {
            try expectPlace(client)
            if case .command(let program) = client.writer, request.scope == .user, !request.line.has("config") {
                return .command(try ClientCommand(client, program, request).installing(launch))
            }
            return .plan(try plan(client, launch, at: try request.path(client)))
        } catch {
            var report = InstallReport(client, error, path: try? request.path(client))
            let isPasted = client.writer == .person || client.format == .yaml && error is DocumentFault
            if isPasted { report.snippet = snippet(client, launch) }
            return .report(report)
        }
    }

    /// Whether there is something to write into that the client then reads.
    private func expectPlace(_ client: ClientProgram) throws(InstallRefusal) {
        if client.writer == .person {
            throw InstallRefusal("\(client.name) is set up by hand", advice: client.reload, code: 3)
        }
        if request.isForced { return }
        if let file = request.line["config"] {
            let folder = ClientProgram.folder(of: Machine.absolute(file))
            if request.machine.kind(folder) != .folder {
                throw InstallRefusal(
                    "there is no folder \(folder)",
                    advice: "Correct --config, or make it with --force."
                )
            }
        } else if request.scope == .user, !request.line.has("restore"), !client.isFound(on: request.machine) {
            throw InstallRefusal(
                "\(client.name) is not found on this machine",
                advice: "Install it first, or use --force to make its file anyway."
            )
        }
        if !request.isDry, Machine.runs(client.processes) {
            throw InstallRefusal(
                "\(client.name) is running, and would drop the entry",
                advice: "Quit it fully (in the tray, too), and try again."
            )
        }
    }

    private func snippet(_ client: ClientProgram, _ launch: ServerLaunch) -> String? {
        client.shape.entry(launch).map { client.format.snippet($0.whole, at: client.path(of: request.name)) }
    }

    private func plan(_ client: ClientProgram, _ launch: ServerLaunch, at path: String) throws -> InstallPlan {
        let file = try ForeignFile(path)
        if request.line.has("restore") {
            guard let bytes = try store.newestBackup(file, of: client) else {
                throw InstallRefusal("there is no copy of \(path)", advice: "Nothing was changed.")
            }
            return InstallPlan(restoring: bytes, client, in: file)
        }
        guard let entry = client.shape.entry(launch) else {
            throw InstallRefusal(
                "\(client.name) takes no addresses in its file",
                advice: "Add the address as a connector in \(client.name) itself.",
                code: 3
            )
        }
        return try request.planner(client).install(entry, in: file, store.record(file.realPath, request.name))
    }

    /// The entry, or the link, for each client that was named.
    private func show() throws -> Int32 {
        guard !request.clients.isEmpty else {
            throw UsageError("No client is named.", advice: "Write `oe-mcp install NAME --print`.")
        }
        let launch = try request.launch(environment: request.line.has("env") ? Self.variables : [])
        let reports = request.clients.map { shown($0, launch) }
        if request.line.has("json") { return reports.show(asJSON: true, isDry: true) }
        for text in reports.compactMap({ $0.link ?? $0.snippet }) {
            StandardOutput.write(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
        return reports.filter { $0.code != 0 }.show(asJSON: false, isDry: true)
    }

    private func shown(_ client: ClientProgram, _ launch: ServerLaunch) -> InstallReport {
        guard let entry = client.shape.entry(launch) else {
            let message = "\(client.name) takes no addresses in its file. Add it as a connector there."
            return InstallReport(client, "needed", message, code: 3)
        }
        var report = InstallReport(client, "printed", client.reload)
        guard request.line.has("link") else {
            report.snippet = snippet(client, launch)
            return report
        }
        report.link = client.link?.address(launch, entry.whole)
        if report.link != nil { return report }
        let message = "\(client.name) has no links that install a server. Use `oe-mcp install \(client.id)`."
        return InstallReport(client, "needed", message, code: 3)
    }

    /// Those of the user's guide, to be filled in by hand: no value of this machine.
    private static let variables: [JSONObject.Member] = [
        .init("AUTH_MODE", "local"), .init("OVALEDGE_BASE_URL", "https://<your-ovaledge>/ovaledge"),
        .init("OVALEDGE_USER_TOKEN", "<your-user-token>"), .init("OVALEDGE_USER_SECRET", "<your-user-secret>"),
        .init("OVALEDGE_HTTP_AUTH_SCHEME", "jwt"),
    ]
}
