import Testing

@testable import ClientConfiguration

@Suite struct `The places of logs` {
    private func machine(_ system: Machine.System, _ files: Set<String>) -> Machine {
        Machine(
            system: system,
            home: "H",
            project: "P",
            kind: { path in
                if files.contains(path) { return .file }
                return files.contains { $0.hasPrefix(path + "/") } ? .folder : .nothing
            },
            names: { folder in
                let below = files.filter { $0.hasPrefix(folder + "/") }.map { $0.dropFirst(folder.utf8.count + 1) }
                return Array(Set(below.compactMap { $0.split(separator: "/").first.map { String($0) } }))
            }
        )
    }

    @Test(arguments: [
        ("claude-desktop", Machine.System.linux, "H/.config/Claude/logs/mcp-server-oe.log"),
        ("claude-desktop", .macOS, "H/Library/Logs/Claude/mcp-server-oe.log"),
        ("claude-desktop", .windows, "H/AppData/Roaming/Claude/logs/mcp-server-oe.log"),
        ("claude-code", .linux, "H/.cache/claude-cli-nodejs/-a-b/mcp-logs-oe/2026.jsonl"),
        ("claude-code", .macOS, "H/Library/Caches/claude-cli-nodejs/-a-b/mcp-logs-oe/2026.jsonl"),
        ("claude-code", .windows, "H/AppData/Local/claude-cli-nodejs/Cache/-a-b/mcp-logs-oe/2026.jsonl"),
        (
            "cursor", .macOS,
            "H/Library/Application Support/Cursor/logs/2026/window2/exthost/anysphere.cursor-mcp/MCP user-oe.log"
        ),
        ("vscode", .linux, "H/.config/Code/logs/2026/window1/mcpServer.mcp.config.usrlocal.oe.log"),
        ("codex", .linux, "H/.codex/log/codex-tui.log"),
        ("opencode", .linux, "H/.local/share/opencode/log/opencode.log"),
    ])
    func `are where each client keeps them on each system`(client: String, system: Machine.System, path: String) throws
    {
        let client = try #require(ClientProgram.named(client))
        let others: Set = [path.replacing("oe", with: "xy"), path + ".old"]
        let found = client.logFiles(of: "oe", on: machine(system, others.union([path])))
        #expect(
            found.contains(path) && (client.logs.isShared || client.id == "claude-code" || found == [path]),
            "\(found)"
        )
        #expect(client.logFiles(of: "other", on: machine(system, [path])).isEmpty != client.logs.isShared)
    }

    @Test func `are said of every client, if only where it shows them itself`() {
        for client in ClientProgram.all { #expect(!client.logs.window.isEmpty && !client.logs.window.hasSuffix(".")) }
    }
}
