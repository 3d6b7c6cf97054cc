import ClientConfiguration
import Commands
import Files
import JSON
import Text

/// What a client's person has allowed, refused or switched off outside of the entry, as far as files say it.
struct ClientConsent {
    private let client: ClientProgram
    private let scope: ClientProgram.Scope
    private let machine: Machine

    init(_ client: ClientProgram, _ scope: ClientProgram.Scope, on machine: Machine) {
        (self.client, self.scope, self.machine) = (client, scope, machine)
    }

    /// `path` is the file with the entry.
    func findings(of name: String, in path: String) -> [ClientStatus.Finding] {
        switch client.id {
        case "claude-code": ofClaudeCode(name)
        case "codex" where scope == .project: ofCodex()
        case "gemini": ofGemini(name, in: path)
        default: []
        }
    }

    /// A file that cannot be read says nothing; where it is ours, that is a finding of its own.
    private func value(_ path: String, _ names: [String]) -> JSON? {
        guard let bytes = try? ForeignFile.bytes(at: path) else { return nil }
        return (try? client.format.entry(in: bytes, at: names)) ?? nil
    }

    /// The project as the client may have written it.
    private var projects: [String] {
        let real = Machine.real(machine.project)
        return real == machine.project ? [real] : [machine.project, real]
    }

    private func off(_ where: String, _ fix: String) -> ClientStatus.Finding {
        .init(code: .clientDisabled, isError: false, message: "It is switched off \(`where`).", fix: fix)
    }

    private func pending(_ message: String, _ fix: String) -> ClientStatus.Finding {
        .init(code: .clientApprovalPending, isError: false, message: message, fix: fix)
    }

    /// Its own file has a record of each folder, and the choices about `.mcp.json` can be in three more.
    private func ofClaudeCode(_ name: String) -> [ClientStatus.Finding] {
        let own = (try? client.file(.user, on: machine)) ?? ""
        let records = projects.compactMap { value(own, ["projects", $0]) }
        let lists = { (key: String, places: [JSON]) in
            places.contains { $0[key]?.array?.contains(.string(name)) == true }
        }
        if scope == .user {
            guard lists("disabledMcpServers", records) else { return [] }
            return [off("in this folder", "Switch it on with /mcp in Claude Code.")]
        }
        let folder = machine.variables["CLAUDE_CONFIG_DIR"] ?? machine.home + "/.claude"
        let shared = value("\(machine.project)/.claude/settings.json", [])
        let personal = ["\(folder)/settings.json", "\(machine.project)/.claude/settings.local.json"].compactMap {
            value($0, [])
        }
        if lists("disabledMcpjsonServers", records + personal + [shared].compactMap { $0 }) {
            return [
                off(
                    "in this folder",
                    "Run `claude mcp reset-project-choices` there, then start `claude` and approve it."
                )
            ]
        }
        // What comes with a project approves nothing before its folder is trusted.
        let isTrusted = records.contains { $0["hasTrustDialogAccepted"] == true }
        let approving = records + personal + [isTrusted ? shared : nil].compactMap { $0 }
        let isApproved =
            lists("enabledMcpjsonServers", approving)
            || approving.contains { $0["enableAllProjectMcpServers"] == true }
        if isApproved { return [] }
        return [
            pending(
                "Claude Code starts what belongs to a project once you have approved it.",
                "Start `claude` there, and approve it."
            )
        ]
    }

    private func ofCodex() -> [ClientStatus.Finding] {
        let own = (try? client.file(.user, on: machine)) ?? ""
        let isTrusted = projects.contains { value(own, ["projects", $0])?["trust_level"] == "trusted" }
        if isTrusted { return [] }
        return [
            pending(
                "Codex reads the file of a project once you trust its folder.",
                "Start `codex` there, and trust the folder."
            )
        ]
    }

    private func ofGemini(_ name: String, in path: String) -> [ClientStatus.Finding] {
        let limits = value(path, ["mcp"])
        let isExcluded = limits?["excluded"]?.array?.contains(.string(name)) == true
        let isLeftOut = limits?["allowed"]?.array.map { !$0.contains(.string(name)) } ?? false
        guard isExcluded || isLeftOut else { return [] }
        return [off("by `mcp` in the same file", "Change mcp.excluded or mcp.allowed there.")]
    }
}
