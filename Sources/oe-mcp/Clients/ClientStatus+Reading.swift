import ClientConfiguration
import Commands
import Files
import JSON
import Secrets
import Settings
import Telemetry

extension ClientStatus {
    /// An item for each entry of ours, and one for a client without any; `always` also for a client that is not here.
    static func of(_ client: ClientProgram, on machine: Machine, _ store: InstallStore, always: Bool) -> [ClientStatus]
    {
        let isFound = client.isFound(on: machine)
        let user = client.present(.user, on: machine)
        let known = Set(user.map { Machine.real($0) })
        let project = client.present(.project, on: machine).filter { !known.contains(Machine.real($0)) }
        var found: [ClientStatus] = []
        for (scope, paths) in [(ClientProgram.Scope.user, user), (.project, project)] {
            let usual = try? client.file(scope, on: machine)
            for path in paths { found += entries(client, path, scope, machine, store, usual: usual) }
        }
        let ours = found.filter { $0.state == .ours }
        if Set(ours.compactMap { $0.name }).count < ours.count { found = found.map { $0.comparing(with: ours) } }
        // Files that were named, and those of other projects.
        let noted = Set(store.records().filter { $0.client == client.id }.map { $0.path })
        let files = Set((user + project).map { Machine.real($0) })
        for path in noted.subtracting(files).sorted() {
            found += entries(client, path, .user, machine, store, usual: path)
        }
        if found.isEmpty, isFound || always {
            return [ClientStatus(client: client, file: user.first, state: isFound ? .none : .missing)]
        }
        let seen = SeenClients.ofThisUser.all.filter { ClientProgram.calling(itself: $0.client)?.id == client.id }
        return found.map { $0.remembering(seen) }
    }

    /// With the last time that a server was started as this entry says; `seen` has the newest first.
    private func remembering(_ seen: [SeenClients.Sight]) -> ClientStatus {
        guard state == .ours, let entry, entry.isCatalog else { return self }
        var status = self
        status.lastHandshake = seen.first { $0.source == entry.source }?.time
        return status
    }

    /// The same name in two files: the client takes one of them.
    private func comparing(with others: [ClientStatus]) -> ClientStatus {
        guard state == .ours, let other = others.first(where: { $0.name == name && $0.file != file }) else {
            return self
        }
        var status = self
        status.note(
            .clientShadowed,
            isError: false,
            "\(other.file ?? "") has an entry of this name, too.",
            "Keep one of the two."
        )
        return status
    }

    private mutating func note(
        _ code: CheckCode,
        isError: Bool,
        _ message: String,
        _ fix: String,
        _ arguments: [String]? = nil
    ) {
        findings.append(Finding(code: code, isError: isError, message: message, fix: fix, arguments: arguments))
    }

    private static func wiped(_ record: InstallRecord, _ client: ClientProgram, _ machine: Machine) -> Finding {
        let place = place(record, client, machine)
        let named = record.name == "ovaledge" ? [] : ["--name", record.name]
        let usual = record.name.hasPrefix("ovaledge-") ? String(record.name.dropFirst(9)) : nil
        let remote = record.address.map { ["--remote", $0] }
        let options = remote ?? record.arguments ?? usual.map { ["--profile", $0] } ?? []
        let profile = options.first == "--profile" ? options.last : nil
        let isKnown = profile.map { isThere($0) } ?? true
        // What is named has to be there, but for the profile that is taken where none is named.
        let source = profile == ProfileName.default.text ? [] : options
        let isMissing = place.first == "--config" && machine.kind(ClientProgram.folder(of: record.path)) != .folder
        let name = profile != nil && profile == usual ? [] : named
        let again = ["install", client.id] + name + source + place + (isMissing ? ["--force"] : [])
        let end = ["uninstall", client.id] + named + place
        let line = { (words: [String]) in "`\((["oe-mcp"] + words).map { Shell.quoted($0) }.joined(separator: " "))`" }
        return Finding(
            code: .clientWiped,
            isError: true,
            message: "The entry \"\(record.name)\" was installed here and is gone.",
            fix: isKnown
                ? "Quit \(client.name), then run \(line(again)); or \(line(end)), if it is to stay away."
                : "There is no profile \(profile ?? ""), either. Run \(line(end)) if both are to stay away.",
            arguments: isKnown ? again : end
        )
    }

    /// The options that name the file of an entry; none for the one that is taken without.
    private static func place(_ record: InstallRecord, _ client: ClientProgram, _ machine: Machine) -> [String] {
        let isAt = { (scope: ClientProgram.Scope) in
            (try? client.file(scope, on: machine, name: record.name)).map { Machine.real($0) } == record.path
        }
        if isAt(.user) { return [] }
        return isAt(.project) ? ["--scope", "project", "--project", machine.project] : ["--config", record.path]
    }

    private static func entries(
        _ client: ClientProgram,
        _ path: String,
        _ scope: ClientProgram.Scope,
        _ machine: Machine,
        _ store: InstallStore,
        usual: String?
    ) -> [ClientStatus] {
        var base = ClientStatus(client: client, file: path, realFile: Machine.real(path), state: .none)
        base.isOfProject = scope == .project
        let map: JSON?
        var local: JSON?
        do {
            let bytes = try ForeignFile.bytes(at: path) ?? []
            // Claude Code keeps what is for one folder alone in the same file, and prefers it.
            local =
                try client.id == "claude-code" && scope == .user
                ? client.format.entry(in: bytes, at: ["projects", machine.project] + client.map) : nil
            if client.format == .dropIn {
                map = try client.format.entry(in: bytes, at: []).map { entry in
                    .object(JSONObject([.init(entry["name"]?.string ?? "ovaledge", entry)]))
                }
            } else {
                map = try client.format.entry(in: bytes, at: client.map)
            }
        } catch {
            base.state = .unreadable
            let isBroken = (error as? DocumentFault)?.isBroken ?? true
            base.note(
                .clientUnreadable,
                isError: isBroken || store.records().contains { $0.path == base.realFile },
                "\(error).",
                isBroken
                    ? "Correct the file, then look again."
                    : "Look yourself whether it has the entry; `oe-mcp install \(client.id) --print` shows what to paste."
            )
            return [base]
        }
        var result: [ClientStatus] = []
        for member in map?.object?.members ?? [] {
            let entry = FoundEntry(member.value, client.shape)
            let record = store.record(base.realFile ?? path, member.name)
            let isOurs = entry.starts("oe-mcp") || entry.url != nil && record != nil
            guard isOurs || member.name == "ovaledge" else { continue }
            var status = base
            (status.name, status.entry, status.state) = (member.name, entry, isOurs ? .ours : .foreign)
            status.examine(member.value, isUsual: path == usual || usual == nil)
            if isOurs {
                status.findings += ClientConsent(client, scope, on: machine).findings(of: member.name, in: path)
            }
            if local?[member.name] != nil {
                let message = "This folder has an entry of the same name of its own, which comes first."
                status.note(.clientShadowed, isError: false, message, "Remove it with `claude mcp remove` there.")
            }
            result.append(status)
        }
        let names = Set(result.compactMap { $0.name })
        for record in store.records() where record.path == base.realFile && !names.contains(record.name) {
            var status = base
            status.name = record.name
            status.findings.append(wiped(record, client, machine))
            result.append(status)
        }
        return result
    }

    private mutating func examine(_ value: JSON, isUsual: Bool) {
        guard state == .ours, let entry else {
            let fix = "Choose another name with `oe-mcp install \(client.id) --name NAME`."
            return note(.clientForeign, isError: false, "Another program has the name ovaledge.", fix)
        }
        if let command = entry.command { examine(command) }
        if let profile = entry.profile, !Self.isThere(profile) {
            note(
                .clientNoProfile,
                isError: true,
                "There is no profile \(profile), so that it does not start.",
                "Make it with `oe-mcp setup --profile \(profile)`, or install the entry with another."
            )
        }
        if let file = entry.settingsFile, file.first == "/", Machine.kind(of: file) == .nothing {
            note(
                .clientNoProfile,
                isError: true,
                "There is no file \(file), so that it does not start.",
                "Write the settings to it, or install the entry with another."
            )
        }
        if entry.isDisabled {
            note(.clientDisabled, isError: false, "The entry is switched off.", "Switch it on in \(client.name).")
        }
        let isExposed = entry.handed(behind: "--set").contains { name, text in
            name == "OVALEDGE_USER_SECRET" && !text.hasPrefix("$") && !SecretReference.isMeant(by: text)
                && !text.isEmpty
        }
        if isExposed {
            note(
                .clientPlaintextSecret,
                isError: false,
                "The entry holds the secret as plain text.",
                "Run `oe-mcp setup`, which keeps it where only you can read it, and remove it from the entry."
            )
        }
        if !isUsual {
            note(
                .clientOldLocation,
                isError: false,
                "\(client.name) looks for its list elsewhere now.",
                entry.otherCommand == nil
                    ? "Run `oe-mcp uninstall \(client.id)`, then `oe-mcp install \(client.id)`."
                    : "Move the entry into the file that \(client.name) reads."
            )
        }
    }

    /// The default one need not be: tools say what is not set.
    private static func isThere(_ profile: String) -> Bool {
        guard let name = ProfileName(profile) else { return false }
        return name.isDefault || ProfileFolder.ofThisUser.holds(name)
    }

    /// What makes the entry start this program, with the arguments that it has.
    private var repair: (fix: String, arguments: [String]?) {
        let arguments = entry?.arguments ?? []
        let known = ["--profile", "--env-file", "--sandbox"]
        guard arguments.isEmpty || known.contains(arguments[0]) && arguments.count <= 2 else {
            return ("Write \(ThisProgram.path) in its place.", nil)
        }
        let own = name == "ovaledge" ? [] : ["--name", name ?? ""]
        // What is named has to be there, but for the one that is taken where none is named.
        let others = arguments == ["--profile", ProfileName.default.text] ? [] : arguments
        let words = ["install", client.id] + own + others
        return ("Run `\((["oe-mcp"] + words).map { Shell.quoted($0) }.joined(separator: " "))`.", words)
    }

    private mutating func noteOther(_ version: String?, _ fix: String, _ words: [String]?) {
        if let version, version != ProgramVersion.current {
            let message = "It starts oe-mcp \(version); this one is \(ProgramVersion.current)."
            return note(.clientOtherVersion, isError: false, message, fix, words)
        }
        let same = version == nil ? "" : ", of the same version"
        note(.clientOtherProgram, isError: false, "It starts another oe-mcp than this one\(same).", fix, words)
    }

    private mutating func examine(_ command: String) {
        let (fix, words) = repair
        if command.first != "/" {
            note(.clientRelativeCommand, isError: true, "The command is no absolute path.", fix, words)
        } else if !Machine.isExecutable(command) {
            note(.clientWrongPath, isError: true, "There is no program at \(command).", fix, words)
        } else if Machine.real(command) != Machine.real(ThisProgram.path) {
            noteOther(ProgramFile.version(of: command), fix, words)
        }
    }
}
