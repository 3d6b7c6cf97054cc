import ClientConfiguration
import Commands
import JSONRPC
import Logging
import OvalEdgeTools
import Secrets
import Settings
import Text

// What changes profiles.
extension ProfilesCommand {
    /// Nothing is written before all that is known of the settings was checked.
    func add(_ name: ProfileName, _ operands: [String]) throws -> Int32 {
        var settings: [WrittenSetting] = []
        for operand in operands where operand != "-" { settings.append(try typed(operand, for: name)) }
        let entries = try check(name, settings)
        if let exposed = settings.first(where: { $0.exposesSecret(entries) }) {
            throw UsageError(
                "\(exposed.name) must not be on the command line, where others can read it.",
                advice: "Write `oe-mcp profiles add \(name) -` and pipe a line \(exposed.name)=VALUE into it."
            )
        }
        if operands.contains("-") {
            settings += try piped(for: name)
            _ = try check(name, settings)
        }
        try folder.add(name, settings)
        let missing = entries.filter { entry in entry.isNeeded && !settings.contains { $0.sets(entry.name) } }
        let names = missing.map { $0.name }.joined(separator: ", ")
        report(
            "The profile \(name) is in \(folder.path(of: name)).\(missing.isEmpty ? "" : " Not set in it yet: \(names).")"
        )
        report("Use it with `oe-mcp --profile \(name)`, or `oe-mcp install CLIENT --profile \(name)`.")
        return 0
    }

    private func typed(_ operand: String, for name: ProfileName) throws(UsageError) -> WrittenSetting {
        guard let sign = operand.firstIndex(of: "="), sign > operand.startIndex else {
            // The text is not repeated: it may be a secret in the wrong place.
            throw UsageError(
                "A setting needs a name and a value.",
                advice: "Write `oe-mcp profiles add \(name) OVALEDGE_BASE_URL=https://acme.ovaledge.net/ovaledge`."
            )
        }
        let value = String(operand[operand.index(after: sign)...])
        return WrittenSetting(operand[..<sign].uppercased(), value)
    }

    /// The lines of standard input, which are those of a settings file.
    private func piped(for name: ProfileName) throws -> [WrittenSetting] {
        guard !StdioTransport.isTerminal else {
            throw UsageError(
                "Standard input is a terminal, on which a secret would be seen.",
                advice: "Pipe the settings into it, or write `oe-mcp profiles add \(name) - < FILE`."
            )
        }
        let file = DotEnv(parsing: StandardInput.bytes(limit: SettingsFile.sizeLimit))
        guard file.badLines.isEmpty else {
            let lines = file.badLines.map { "\($0)" }.joined(separator: ", ")
            throw UsageError(
                "What came on standard input has no SETTING=VALUE in line \(lines).",
                advice: "Write a setting in each line."
            )
        }
        return file.assignments.map { WrittenSetting($0.name.uppercased(), $0.value) }
    }

    /// All that is known of settings, read as if the profile had been written already.
    private func check(_ name: ProfileName, _ settings: [WrittenSetting]) throws -> [SettingEntry] {
        guard let text = DotEnv.text([], changing: settings) else { throw ProfileFault.unwritable }
        var disk = SettingsDisk.ofThisMachine
        disk.file = { _ in .content(text, isPrivate: true) }
        disk.fault = { _ in nil }
        let read = try Settings.read(
            version: ProgramVersion.current,
            tools: ToolName.allCases.map { $0.rawValue },
            profile: name.text,
            environment: Self.places,
            disk: disk
        )
        try WrittenSetting.expectKnown(settings, among: read.entries)
        return read.entries
    }

    func remove(_ name: ProfileName) throws -> Int32 {
        let users = users(of: name)
        if !users.isEmpty, !line.has("yes") {
            let list = users.map { "\($0.client.id) (\($0.name ?? ""))" }.joined(separator: ", ")
            let entry = "\(users[0].client.id) --name \(users[0].name ?? "")"
            guard StandardInput.isPerson else {
                throw UsageError(
                    "The profile \(name) is started by \(list).",
                    advice: "Take the entry away with `oe-mcp uninstall \(entry)`, or add --yes."
                )
            }
            let question = YesOrNo(question: VisibleText.line("The profile \(name) is started by \(list). Remove it?"))
            guard Waiter.run({ await question.isAgreed() }) else {
                StandardError.write("Nothing was removed.")
                return 1
            }
        }
        let secrets = ProfileSecrets(folder)
        let kept = secrets.kept(by: name)
        try folder.remove(name)
        report("The profile \(name) is removed.")
        return secrets.remove(kept, besides: name) ? 0 : 1
    }

    func rename(_ name: ProfileName, to other: ProfileName) throws -> Int32 {
        let users = users(of: name)
        let secrets = ProfileSecrets(folder)
        let kept = secrets.kept(by: name)
        try folder.rename(name, to: other, changing: try secrets.copy(kept, to: other))
        report("The profile \(name) is \(other) now.")
        for user in users {
            let id = user.client.id
            let message =
                "\(id) still starts \(name). Run `oe-mcp uninstall \(id) --name \(user.name ?? "")` and "
                + "`oe-mcp install \(id) --profile \(other)`."
            StandardError.write(VisibleText.line("\(line.program): \(message)"))
        }
        return secrets.remove(kept, besides: name) ? 0 : 1
    }

    func copy(_ name: ProfileName, to other: ProfileName) throws -> Int32 {
        let secrets = ProfileSecrets(folder)
        try folder.copy(name, to: other, changing: try secrets.copy(secrets.kept(by: name), to: other))
        report("The profile \(other) is in \(folder.path(of: other)), with the settings of \(name).")
        return 0
    }

    private func report(_ text: String) { StandardOutput.write(VisibleText.line(text)) }

    /// The entries of clients that start this program with the profile, by its name or by that of its file.
    private func users(of name: ProfileName) -> [ClientStatus] {
        let (machine, store) = (Machine.current(), InstallStore.ofThisUser)
        return ClientProgram.all.flatMap { ClientStatus.of($0, on: machine, store, always: false) }
            .filter { status in
                guard status.state == .ours, let entry = status.entry else { return false }
                let file = entry.settingsFile.map { Machine.real($0) }
                return entry.profile == name.text || file == Machine.real(folder.path(of: name))
            }
    }
}

extension WrittenSetting {
    static func expectKnown(_ settings: [WrittenSetting], among entries: [SettingEntry]) throws(UsageError) {
        let known = entries.map { $0.name }
        guard let stranger = settings.first(where: { !known.contains($0.name) }) else { return }
        let near = Suggestion.nearest(to: stranger.name, among: known)
        throw UsageError(
            "`\(stranger.name)` is not a setting.",
            advice: near.map { "Did you mean \($0)?" } ?? "Run `oe-mcp settings` to see them all."
        )
    }

    /// Whether it is a secret itself, and not where one is kept.
    func exposesSecret(_ entries: [SettingEntry]) -> Bool {
        entries.contains { $0.name == name && $0.isSecret } && !SecretReference.isMeant(by: value)
    }

    /// Itself, or by the file that holds the value.
    fileprivate func sets(_ setting: String) -> Bool { [setting, setting + "_FILE"].contains(name) }
}
