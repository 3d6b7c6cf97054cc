extension ClientProgram {
    /// Every client that is known, in the order of their ids.
    package static let all: [ClientProgram] = (editors + agents + others).sorted { $0.id < $1.id }

    package static func named(_ id: String) -> ClientProgram? { all.first { $0.id == id } }

    private static let codeUser = ["APP/Code/User/mcp.json", "~/.vscode-server/data/User/mcp.json"]
    private static let cline = "globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"
    /// VS Code has a folder for each start, and one in it for each window.
    private static func codeLogs(_ folder: String) -> [String] {
        ["APP/\(folder)/logs/*/window*/mcpServer.*.NAME.log", "APP/\(folder)/logs/*/mcpServer.*.NAME.log"]
    }

    private static let roo = "globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json"

    private static let editors: [ClientProgram] = [
        ClientProgram(
            id: "cursor",
            name: "Cursor",
            files: Files(["~/.cursor/mcp.json"], project: ["./.cursor/mcp.json"]),
            format: .jsonc,
            map: ["mcpServers"],
            shape: .typed(type: nil),
            programs: ["cursor"],
            link: .base64("cursor://anysphere.cursor-deeplink/mcp/install"),
            logs: Logs(
                ["APP/Cursor/logs/*/window*/exthost/anysphere.cursor-mcp/MCP*NAME.log"],
                window: "the Output panel, under MCP Logs"
            ),
            reload: "Switch it on in Cursor's settings, under Tools & MCP."
        ),
        ClientProgram(
            id: "vscode",
            name: "VS Code",
            files: Files(codeUser, project: ["./.vscode/mcp.json"]),
            format: .jsonc,
            map: ["servers"],
            shape: .typed(type: "http"),
            programs: ["code"],
            link: .object("vscode:mcp/install"),
            logs: Logs(codeLogs("Code"), window: "the output of MCP: List Servers"),
            reload: "VS Code notices the change, and asks for your trust when it first starts the server."
        ),
        ClientProgram(
            id: "vscode-insiders",
            name: "VS Code Insiders",
            files: Files(["APP/Code - Insiders/User/mcp.json"], project: ["./.vscode/mcp.json"]),
            format: .jsonc,
            map: ["servers"],
            shape: .typed(type: "http"),
            programs: ["code-insiders"],
            link: .object("vscode-insiders:mcp/install"),
            logs: Logs(codeLogs("Code - Insiders"), window: "the output of MCP: List Servers"),
            reload: "VS Code notices the change, and asks for your trust when it first starts the server."
        ),
        ClientProgram(
            id: "windsurf",
            name: "Windsurf",
            files: Files(["~/.codeium/windsurf/mcp_config.json", "~/.codeium/mcp_config.json"]),
            format: .json,
            map: ["mcpServers"],
            shape: .plain(url: "serverUrl"),
            reload: "Press Refresh in Windsurf's list of MCP servers."
        ),
        ClientProgram(
            id: "zed",
            name: "Zed",
            files: Files(
                ["CONFIG/zed/settings.json"],
                macOS: ["~/.config/zed/settings.json"],
                windows: ["APP/Zed/settings.json"],
                project: ["./.zed/settings.json"]
            ),
            format: .jsonc,
            map: ["context_servers"],
            shape: .zed,
            programs: ["zed"],
            logs: Logs(window: "the log that `zed: open log` opens, where its level is debug"),
            reload: "Zed notices the change."
        ),
        ClientProgram(
            id: "kiro",
            name: "Kiro",
            files: Files(["~/.kiro/settings/mcp.json"], project: ["./.kiro/settings/mcp.json"]),
            format: .json,
            map: ["mcpServers"],
            shape: .plain(),
            folders: ["~/.kiro"],
            programs: ["kiro", "kiro-cli"],
            link: .encoded("https://kiro.dev/launch/mcp/add"),
            reload: "Kiro notices the change."
        ),
        ClientProgram(
            id: "cline",
            name: "Cline",
            files: Files([
                "$CLINE_MCP_SETTINGS_PATH", "APP/Code/User/\(cline)", "APP/Cursor/User/\(cline)",
                "~/.cline/data/settings/cline_mcp_settings.json",
            ]),
            format: .json,
            map: ["mcpServers"],
            shape: .plain(type: "streamableHttp"),
            programs: ["cline"],
            reload: "Cline notices the change."
        ),
        ClientProgram(
            id: "roo-code",
            name: "Roo Code (discontinued)",
            files: Files(["APP/Code/User/\(roo)"], project: ["./.roo/mcp.json"]),
            format: .json,
            map: ["mcpServers"],
            shape: .plain(type: "streamable-http"),
            reload: "Roo Code notices the change."
        ),
        ClientProgram(
            id: "continue",
            name: "Continue",
            files: Files(["~/.continue/mcpServers/NAME.yaml"], project: ["./.continue/mcpServers/NAME.yaml"]),
            format: .dropIn,
            map: ["mcpServers"],
            shape: .continueBlock,
            folders: ["~/.continue"],
            reload: "Continue notices the change."
        ),
        ClientProgram(
            id: "junie",
            name: "Junie",
            files: Files(["~/.junie/mcp/mcp.json"], project: ["./.junie/mcp/mcp.json"]),
            format: .json,
            map: ["mcpServers"],
            shape: .plain(),
            folders: ["~/.junie"],
            programs: ["junie"],
            reload: "Restart Junie."
        ),
        ClientProgram(
            id: "visual-studio",
            name: "Visual Studio",
            writer: .person,
            files: Files([], windows: ["~/.mcp.json"], project: ["./.vs/mcp.json"]),
            format: .jsonc,
            map: ["servers"],
            shape: .typed(type: "http"),
            link: .object("vsweb+mcp:/install"),
            reload: "Enable the tools in Visual Studio's chat: they are off at first."
        ),
    ]

    private static let agents: [ClientProgram] = [
        ClientProgram(
            id: "claude-code",
            name: "Claude Code",
            writer: .command("claude"),
            files: Files(["$CLAUDE_CONFIG_DIR/.claude.json", "~/.claude.json"], project: ["./.mcp.json"]),
            format: .json,
            map: ["mcpServers"],
            shape: .typed(type: "http"),
            folders: ["~/.claude", "~/.claude.json"],
            programs: ["claude"],
            logs: Logs(
                ["CACHE/claude-cli-nodejs/*/mcp-logs-NAME/*"],
                windows: ["LOCAL/claude-cli-nodejs/Cache/*/mcp-logs-NAME/*"],
                window: "its debug output"
            ),
            reload: "The next session has it, or this one after /mcp."
        ),
        ClientProgram(
            id: "copilot-cli",
            name: "GitHub Copilot CLI",
            files: Files(
                ["$COPILOT_HOME/mcp-config.json", "~/.copilot/mcp-config.json"],
                project: ["./.mcp.json", "./.github/mcp.json"]
            ),
            format: .jsonc,
            map: ["mcpServers"],
            shape: .withTools,
            programs: ["copilot"],
            reload: "The next start has it."
        ),
        ClientProgram(
            id: "codex",
            name: "Codex",
            files: Files(["$CODEX_HOME/config.toml", "~/.codex/config.toml"], project: ["./.codex/config.toml"]),
            format: .toml,
            map: ["mcp_servers"],
            shape: .plain(),
            programs: ["codex"],
            logs: Logs(
                ["$CODEX_HOME/log/codex-tui.log", "~/.codex/log/codex-tui.log"],
                isShared: true,
                window: "its own log"
            ),
            reload: "The next start has it."
        ),
        ClientProgram(
            id: "gemini",
            name: "Gemini CLI",
            files: Files(["~/.gemini/settings.json"], project: ["./.gemini/settings.json"]),
            format: .jsonc,
            map: ["mcpServers"],
            shape: .plain(url: "httpUrl"),
            programs: ["gemini"],
            reload: "Restart Gemini CLI."
        ),
        ClientProgram(
            id: "opencode",
            name: "opencode",
            files: Files(
                ["~/.config/opencode/opencode.jsonc", "~/.config/opencode/opencode.json"],
                project: ["./opencode.jsonc", "./opencode.json"]
            ),
            format: .jsonc,
            map: ["mcp"],
            shape: .opencode,
            programs: ["opencode"],
            logs: Logs(["~/.local/share/opencode/log/*.log"], isShared: true, window: "its own log"),
            reload: "Restart opencode."
        ),
        ClientProgram(
            id: "goose",
            name: "Goose",
            files: Files(["~/.config/goose/config.yaml"], windows: ["APP/Block/goose/config/config.yaml"]),
            format: .yaml,
            map: ["extensions"],
            shape: .goose,
            programs: ["goose"],
            link: .words("goose://extension"),
            reload: "The next session has it."
        ),
        ClientProgram(
            id: "amazon-q",
            name: "Amazon Q",
            files: Files(["~/.aws/amazonq/mcp.json"], project: ["./.amazonq/mcp.json"]),
            format: .json,
            map: ["mcpServers"],
            shape: .plain(),
            programs: ["q"],
            reload: "Restart it; its agent needs useLegacyMcpJson to read this file."
        ),
        ClientProgram(
            id: "crush",
            name: "Crush",
            files: Files(
                ["CONFIG/crush/crush.json"],
                windows: ["LOCAL/crush/crush.json"],
                project: ["./.crush.json", "./crush.json"]
            ),
            format: .json,
            map: ["mcp"],
            shape: .crush,
            programs: ["crush"],
            reload: "Restart Crush."
        ),
        ClientProgram(
            id: "amp",
            name: "Amp",
            files: Files(
                ["~/.config/amp/settings.jsonc", "~/.config/amp/settings.json"],
                project: ["./.amp/settings.jsonc", "./.amp/settings.json"]
            ),
            format: .jsonc,
            map: ["amp.mcpServers"],
            shape: .plain(),
            programs: ["amp"],
            reload: "Restart Amp; what belongs to a project has to be approved there."
        ),
        ClientProgram(
            id: "warp",
            name: "Warp",
            files: Files(["~/.warp/.mcp.json"], project: ["./.warp/.mcp.json"]),
            format: .json,
            map: ["mcpServers"],
            shape: .plain(),
            programs: ["warp-terminal"],
            logs: Logs(window: "its settings, under MCP servers, View logs"),
            reload: "Switch it on in Warp's settings, under MCP servers."
        ),
    ]

    private static let others: [ClientProgram] = [
        ClientProgram(
            id: "claude-desktop",
            name: "Claude Desktop",
            files: Files(
                ["APP/Claude/claude_desktop_config.json"],
                windows: [
                    "LOCAL/Packages/Claude_*/LocalCache/Roaming/Claude/claude_desktop_config.json",
                    "APP/Claude/claude_desktop_config.json",
                ]
            ),
            format: .json,
            map: ["mcpServers"],
            shape: .plain(url: nil),
            processes: ["Claude", "claude-desktop"],
            logs: Logs(
                ["CONFIG/Claude/logs/mcp-server-NAME.log"],
                macOS: ["~/Library/Logs/Claude/mcp-server-NAME.log"],
                windows: ["APP/Claude/logs/mcp-server-NAME.log"],
                window: "its settings, under Developer"
            ),
            reload: "Start Claude Desktop, then run `oe-mcp status claude-desktop`."
        ),
        ClientProgram(
            id: "lm-studio",
            name: "LM Studio",
            files: Files(["~/.lmstudio/mcp.json", "~/.cache/lm-studio/mcp.json"]),
            format: .json,
            map: ["mcpServers"],
            shape: .plain(),
            link: .base64("lmstudio://add_mcp"),
            reload: "LM Studio notices the change."
        ),
        ClientProgram(
            id: "jetbrains",
            name: "JetBrains AI Assistant",
            writer: .person,
            files: Files([]),
            format: .jsonc,
            map: ["mcpServers"],
            shape: .plain(),
            reload: "Paste it under Settings, Tools, AI Assistant, MCP."
        ),
        ClientProgram(
            id: "librechat",
            name: "LibreChat",
            writer: .person,
            files: Files([]),
            format: .yaml,
            map: ["mcpServers"],
            shape: .typed(type: "streamable-http"),
            reload: "Paste it into librechat.yaml on LibreChat's server, and restart that."
        ),
        ClientProgram(
            id: "witsy",
            name: "Witsy",
            writer: .person,
            files: Files([]),
            format: .jsonc,
            map: ["mcpServers"],
            shape: .plain(),
            reload: "Add it in Witsy itself, which rewrites its file."
        ),
        ClientProgram(
            id: "cherry-studio",
            name: "Cherry Studio",
            writer: .person,
            files: Files([]),
            format: .jsonc,
            map: ["mcpServers"],
            shape: .typed(url: "baseUrl", type: "streamableHttp"),
            link: .map("cherrystudio://mcp/install"),
            reload: "Open the link, or add it in Cherry Studio itself."
        ),
    ]
}
