import JSON
import Testing

@testable import ClientConfiguration

@Suite struct `The table of clients` {
    private func machine(_ system: Machine.System, _ files: Set<String>, _ variables: [String: String] = [:]) -> Machine
    {
        Machine(
            system: system,
            home: "H",
            variables: variables,
            project: "P",
            kind: { path in
                if files.contains(path) { return .file }
                return files.contains { $0.hasPrefix(path + "/") } ? .folder : .nothing
            },
            names: { folder in
                Array(
                    Set(
                        files.filter { $0.hasPrefix(folder + "/") }.compactMap {
                            $0.dropFirst(folder.count + 1).split(separator: "/").first.map { String($0) }
                        }
                    )
                )
            }
        )
    }

    @Test(arguments: [
        ("cursor-vscode", "cursor"), ("Cursor", "cursor"), ("claude-ai", "claude-desktop"),
        ("claude-code", "claude-code"),
        ("Visual Studio Code", "vscode"), ("Visual Studio Code - Insiders", "vscode-insiders"),
        ("codex-mcp-client", "codex"), ("gemini-cli-mcp-client", "gemini"), ("Zed", "zed"),
        ("lmstudio-mcp", "lm-studio"),
        ("LM Studio", "lm-studio"), ("cursory", nil), ("my cursor", nil), ("", nil), ("oe-mcp", nil),
        ("amplifier", nil),
    ])
    func `knows a client by what it calls itself`(name: String, id: String?) {
        #expect(ClientProgram.calling(itself: name)?.id == id)
    }

    @Test func `has each id once, and says of each what a person does`() {
        #expect(ClientProgram.all.count >= 25)
        #expect(Set(ClientProgram.all.map { $0.id }).count == ClientProgram.all.count)
        for client in ClientProgram.all {
            #expect(client.reload.hasSuffix(".") && !client.name.isEmpty, "\(client.id)")
            #expect(client.writer == .person || !client.files.user(.linux).isEmpty, "\(client.id)")
        }
    }

    @Test(arguments: [
        ("codex", "H/.codex/config.toml"), ("claude-desktop", "H/.config/Claude/claude_desktop_config.json"),
        ("vscode", "H/.config/Code/User/mcp.json"), ("goose", "H/.config/goose/config.yaml"),
        ("continue", "H/.continue/mcpServers/ovaledge.yaml"), ("cursor", "H/.cursor/mcp.json"),
    ])
    func `names the file of a system`(id: String, path: String) throws {
        #expect(try ClientProgram.named(id)?.file(.user, on: machine(.linux, [])) == path)
    }

    @Test func `goes by variables and by what is there`() throws {
        let codex = try #require(ClientProgram.named("codex"))
        #expect(try codex.file(.user, on: machine(.linux, [], ["CODEX_HOME": "/c"])) == "/c/config.toml")
        let zed = try #require(ClientProgram.named("zed"))
        #expect(
            try zed.file(.user, on: machine(.macOS, [], ["XDG_CONFIG_HOME": "/x"])) == "H/.config/zed/settings.json"
        )
        #expect(try zed.file(.user, on: machine(.linux, [], ["XDG_CONFIG_HOME": "/x"])) == "/x/zed/settings.json")
        let studio = try #require(ClientProgram.named("lm-studio"))
        let old = "H/.cache/lm-studio/mcp.json"
        #expect(try studio.file(.user, on: machine(.macOS, [old])) == old)
        let opencode = try #require(ClientProgram.named("opencode"))
        let both: Set = ["H/.config/opencode/opencode.json", "H/.config/opencode/opencode.jsonc"]
        #expect(try opencode.file(.user, on: machine(.linux, both)).hasSuffix(".jsonc"))
    }

    /// Acceptance check 30.
    @Test func `takes the one of several folders that has a file, and none where none has`() throws {
        let client = try #require(ClientProgram.named("claude-desktop"))
        let (one, two) = ("H/AppData/Local/Packages/Claude_abc", "H/AppData/Local/Packages/Claude_def")
        let inside = "LocalCache/Roaming/Claude/claude_desktop_config.json"
        let empty: Set = ["\(one)/x", "\(two)/x"]
        #expect(throws: ClientProgram.PlaceFault.ambiguous(["\(one)/\(inside)", "\(two)/\(inside)"])) {
            try client.file(.user, on: machine(.windows, empty))
        }
        #expect(try client.file(.user, on: machine(.windows, empty.union(["\(two)/\(inside)"]))) == "\(two)/\(inside)")
        let classic = "H/AppData/Roaming/Claude/claude_desktop_config.json"
        #expect(try client.file(.user, on: machine(.windows, ["\(one)/x", classic])) == "\(one)/\(inside)")
        #expect(try client.file(.user, on: machine(.windows, [])) == classic)
    }

    @Test(arguments: ClientProgram.all.map { $0.id })
    func `gives an entry that its own format reads back`(id: String) throws {
        let client = try #require(ClientProgram.named(id))
        let path = client.path(of: "ovaledge")
        let text = "/a b/\"q\"/$x/%y/é\u{7F}\\/oe-mcp"
        let launches = [
            ServerLaunch(name: "ovaledge", way: .process(command: text, arguments: ["-x", text])),
            ServerLaunch(name: "ovaledge", way: .address("https://a.example/mcp")),
        ]
        for launch in launches {
            guard let entry = client.shape.entry(launch) else { continue }
            let bytes = try client.format.adding(entry.whole, to: [], at: path)
            let written = try #require(try client.format.entry(in: bytes, at: path))
            let found = FoundEntry(written, client.shape)
            if case .process = launch.way, client.shape == .crush {
                #expect(written["command"]?.string?.contains("\\$x") == true)
            }
            switch launch.way {
            case .process: #expect(found.command == text && found.arguments == ["-x", text])
            case .address(let url): #expect(found.url == url || client.id == "cherry-studio")
            }
            #expect(!found.isDisabled)
        }
    }

    @Test func `never sets what a person has to allow`() {
        for client in ClientProgram.all {
            let entry = client.shape.entry(`A configuration as people have it`.launch)
            let names = Set(entry?.whole.names ?? [])
            #expect(names.isDisjoint(with: ["trust", "autoApprove", "alwaysAllow", "env", "disabled"]), "\(client.id)")
        }
    }

    @Test(arguments: [
        ("C:\\Tools\\oe-mcp.exe", true), ("/usr/bin/oe-mcp", true), ("oe-mcp", true), ("C:/Tools/OE-MCP.EXE", true),
        ("/usr/bin/oe-mcp-http", false), ("/opt/oe-mcp/run", false), ("", false),
    ])
    func `knows our program by its name`(command: String, isOurs: Bool) {
        #expect(FoundEntry(["command": .string(command)]).starts("oe-mcp") == isOurs)
        #expect(FoundEntry(["command": [.string(command), "x"]]).starts("oe-mcp") == isOurs)
    }

    @Test(arguments: [
        ("ovaledge", true), ("ovaledge-prod2", true), ("Oval", false), ("a_b", false), ("", false), ("-a", false),
    ])
    func `allows names that every client can use`(name: String, isGood: Bool) {
        #expect(ServerLaunch.isName(name, longestTool: 31) == isGood)
        #expect(!ServerLaunch.isName(String(repeating: "a", count: 27), longestTool: 31))
    }
}
