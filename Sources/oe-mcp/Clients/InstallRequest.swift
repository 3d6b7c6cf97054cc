import ClientConfiguration
import Commands
import Files
import JSON
import OvalEdgeTools
import Settings
import Text

/// What `install` and `uninstall` were asked for.
struct InstallRequest {
    static let options = [
        CommandLineOption("all", "Every client that is found on this machine."),
        CommandLineOption("scope", value: "user|project", "For you everywhere (the default), or for one project."),
        CommandLineOption("project", value: "DIR", "The folder of the project, instead of this one."),
        CommandLineOption("config", value: "FILE", "The file of the client, instead of the usual one."),
        CommandLineOption("name", value: "NAME", "Name of the entry, instead of ovaledge."),
        CommandLineOption("profile", value: "NAME", "The profile that the client starts this program with."),
        CommandLineOption("dry-run", "Show what would change, and change nothing."),
        CommandLineOption("force", "Go on where the client is not found or runs, or the entry is no catalog of ours."),
        CommandLineOption("json", "Print what was done as JSON."),
        CommandLineOption("yes", "Ask nothing."),
    ]

    let line: ParsedCommandLine
    let machine: Machine
    let scope: ClientProgram.Scope
    /// Of the entry.
    var name: String
    let clients: [ClientProgram]
    /// Whether the profile will have been written before anything starts with it, and a person has seen what will be done.
    var isPartOfSetup = false

    var isForced: Bool { line.has("force") }
    var isDry: Bool { line.has("dry-run") }

    init(_ line: ParsedCommandLine) throws {
        self.line = line
        machine = try Self.machine(line)
        scope = try line.choice("scope", of: ClientProgram.Scope.self) ?? (line.has("project") ? .project : .user)
        name = Self.name(line)
        clients = try Self.clients(line, machine)
        let longest = ToolName.allCases.map { $0.rawValue.utf8.count }.max() ?? 0
        guard ServerLaunch.isName(name, longestTool: longest) || clients.contains(where: { isThere(in: $0) }) else {
            throw UsageError(
                "`\(name)` cannot be the name of an entry.",
                advice: "Use lower-case letters, digits and dashes, \(64 - 7 - longest) at most: --name ovaledge-prod."
            )
        }
        if line.has("config"), clients.count != 1 {
            throw UsageError("`--config` names the file of one client.", advice: "Name that client, and no other.")
        }
    }

    /// This machine, with the project that is named; one that is not there is a slip of the pen.
    static func machine(_ line: ParsedCommandLine) throws(UsageError) -> Machine {
        let machine = Machine.current(project: line["project"])
        guard machine.kind(machine.project) == .folder else {
            throw UsageError("`--project` needs a folder that is there.", advice: "Make \(machine.project) first.")
        }
        return machine
    }

    func planner(_ client: ClientProgram) -> InstallPlanner {
        InstallPlanner(
            client,
            name: name,
            program: "oe-mcp",
            isForced: isForced,
            otherCommand: Program.otherCommand(among:)
        )
    }

    private static func name(_ line: ParsedCommandLine) -> String {
        let profile = line["profile"]
        let usual = profile == nil || profile == "default" ? "ovaledge" : "ovaledge-\(profile ?? "")"
        return line["name"] ?? usual
    }

    /// Whether a person has given an entry this name, which may be any.
    private func isThere(in client: ClientProgram) -> Bool {
        guard client.format != .dropIn, !name.isEmpty, let path = try? path(client),
            let bytes = (try? ForeignFile.bytes(at: path)) ?? nil
        else { return false }
        return ((try? client.format.entry(in: bytes, at: client.path(of: name))) ?? nil) != nil
    }

    private static func clients(_ line: ParsedCommandLine, _ machine: Machine) throws(UsageError) -> [ClientProgram] {
        if line.has("all") {
            guard line.operands.isEmpty else {
                throw UsageError("Clients are named besides `--all`.", advice: "Write either names or --all.")
            }
            return ClientProgram.all.filter { $0.writer != .person && $0.isFound(on: machine) }
        }
        var clients: [ClientProgram] = []
        for id in line.operands {
            guard let client = ClientProgram.named(id) else {
                throw unknown(id)
            }
            if !clients.contains(where: { $0.id == id }) { clients.append(client) }
        }
        return clients
    }

    static func unknown(_ id: String) -> UsageError {
        let near = Suggestion.nearest(to: id, among: ClientProgram.all.map { $0.id })
        return UsageError(
            "`\(id)` is not a client that is known here.",
            advice: near.map { "Did you mean \($0)?" } ?? "Run `oe-mcp install --list` to see their names."
        )
    }

    /// What the entries start, or where they lead.
    func launch(environment: [JSONObject.Member] = []) throws -> ServerLaunch {
        if let url = line["remote"] {
            guard url.hasPrefix("https://") || url.hasPrefix("http://"), !url.contains("@"), !url.contains(" ") else {
                throw UsageError(
                    "`--remote` needs the address of a server, without credentials.",
                    advice: "Write --remote https://mcp.example.com/mcp."
                )
            }
            return ServerLaunch(name: name, way: .address(url))
        }
        let way = ServerLaunch.Way.process(
            command: ThisProgram.path,
            arguments: environment.isEmpty ? try arguments() : [],
            environment: environment
        )
        return ServerLaunch(name: name, way: way)
    }

    /// No secret and no value of a setting: what says where those are.
    private func arguments() throws -> [String] {
        guard line.all("set").isEmpty else {
            throw UsageError("`--set` is for one run only.", advice: "Put the setting into your settings file instead.")
        }
        if line.has("sandbox") { return ["--sandbox"] + (line["sandbox"].map { [$0] } ?? []) }
        if let file = line["env-file"] {
            guard line["profile"] == nil else {
                throw UsageError("`--env-file` and `--profile` name two sources.", advice: "Write one of them.")
            }
            return ["--env-file", Machine.absolute(file)]
        }
        guard let text = line["profile"] else { return ["--profile", ProfileName.default.text] }
        let profiles = ProfileFolder(configuration: machine.configuration)
        guard let name = ProfileName(text), isPartOfSetup || profiles.holds(name) else {
            throw SettingsError(problems: [profiles.unknown(text)])
        }
        return ["--profile", name.text]
    }

    /// What a person should know who has installed before there are settings; nil where there are some.
    ///
    /// Variables of this shell do not count: a client has others.
    var missingSettings: String? {
        guard line["remote"] == nil, !line.has("sandbox"), line["profile"] == nil, !line.has("restore") else {
            return nil
        }
        let own = ProfileFolder(configuration: machine.configuration).path(of: .default)
        let path = line["env-file"].map { Machine.absolute($0) } ?? own
        if machine.kind(path) == .file { return nil }
        // Setup writes profiles, and no other file.
        let next =
            path == own
            ? "Run `oe-mcp setup`, which asks for them."
            : "Write them to \(path); `oe-mcp settings --env-example` shows how."
        return "There are no settings yet: tools will say so. \(next)"
    }

    /// What a person should know whose profiles are only found with variables, which some clients do not hand on; nil for
    /// the usual place.
    var homeWarning: String? {
        guard !line.has("sandbox"), line["env-file"] == nil else { return nil }
        let name = line["profile"].flatMap { ProfileName($0) } ?? .default
        let path = ProfileFolder(configuration: machine.configuration).path(of: name)
        guard machine.kind(path) == .file, ProfileFolder.withoutEnvironment?.path(of: name) != path else { return nil }
        return
            "\(path) is found by HOME or XDG_CONFIG_HOME only. Where a client does not hand them on, use --env-file \(path)."
    }

    /// The file of the client that is asked for.
    func path(_ client: ClientProgram) throws -> String {
        if let file = line["config"] { return Machine.absolute(file) }
        do throws(ClientProgram.PlaceFault) {
            return try client.file(scope, on: machine, name: name)
        } catch {
            switch error {
            case .noFile:
                throw InstallRefusal(
                    "\(client.name) has no file of scope \(scope.rawValue)",
                    advice: "Use the other scope, or `oe-mcp install \(client.id) --print`."
                )
            case .ambiguous(let paths):
                throw InstallRefusal(
                    "the file of \(client.name) could be any of \(paths.joined(separator: ", "))",
                    advice: "Name it with --config FILE."
                )
            }
        }
    }
}

/// A client's file is left as it is: why, and what to do.
struct InstallRefusal: Error {
    let what: String
    let advice: String
    /// 4: refused; 3: a person has to do it; 1: failed.
    var code: Int32 = 4

    init(_ what: String, advice: String, code: Int32 = 4) {
        (self.what, self.advice, self.code) = (what, advice, code)
    }
}

extension Program {
    /// The command among the arguments of an entry that does not serve the catalog, such as `bridge`.
    @Sendable static func otherCommand(among arguments: [String]) -> String? {
        let name = { (word: String) in commandLine.commands.first { $0.name == word }?.name }
        let command: String?
        do throws(UsageError) {
            command = try commandLine.parse(arguments).command?.name
        } catch {
            command = arguments.lazy.compactMap(name).first
        }
        return command == "serve" ? nil : command
    }
}

extension FoundEntry {
    var otherCommand: String? { starts("oe-mcp") ? Program.otherCommand(among: arguments) : nil }

    /// The profile that it starts this program with; nil where it names a file, or has another task.
    var profile: String? {
        guard isCatalog else { return nil }
        return option("--profile") ?? (arguments.isEmpty ? ProfileName.default.text : nil)
    }

    /// The file of settings that it starts this program with; nil where it names none, or has another task.
    var settingsFile: String? { isCatalog ? option("--env-file") : nil }

    /// Where the settings come from that it starts this program with, as options say it.
    var source: String {
        Self.source(
            isSandbox: arguments.contains("--sandbox"),
            file: settingsFile,
            profile: option("--profile") ?? variables["OVALEDGE_PROFILE"]
        )
    }

    static func source(isSandbox: Bool, file: String?, profile: String?) -> String {
        if isSandbox { return "--sandbox" }
        return file.map { "--env-file \(Machine.absolute($0))" } ?? "--profile \(profile ?? ProfileName.default.text)"
    }

    /// Whether it starts this program to serve the catalog.
    var isCatalog: Bool { starts("oe-mcp") && otherCommand == nil }

    /// What it starts or where it leads, without what may be a secret.
    var what: String {
        let place = LikelySecrets.struck(line: command ?? url ?? "nothing that can be started")
        return otherCommand.map { "\(place) \($0)" } ?? place
    }

    /// Reads on from the name of the entry.
    var phrase: String { command == nil && url != nil ? "connects to \(what)" : "starts \(what)" }
}
