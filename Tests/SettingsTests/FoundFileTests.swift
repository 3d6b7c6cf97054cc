import Logging
import Settings
import Testing

@Suite struct `The settings file` {
    @Test func `is the named one, else the one of the user, and never one that lies here`() throws {
        let files = disk([
            "a.env": "MCP_SERVER_NAME=named", "./.env": "MCP_SERVER_NAME=here", ".env": "MCP_SERVER_NAME=here",
            "/c/oe-mcp/.env": "MCP_SERVER_NAME=user",
            "/h/.config/oe-mcp/.env": "MCP_SERVER_NAME=home",
        ])
        let environment = ["XDG_CONFIG_HOME": "/c", "HOME": "/h"]
        #expect(try read(environment, envFile: "a.env", files: files).server.name == "named")
        #expect(try read(environment, envFile: "./.env", files: files).server.name == "here")
        #expect(try read(environment, files: files).server.name == "user")
        #expect(try read(["HOME": "/h"], files: files).server.name == "home")
        #expect(try read(["HOME": "/h", "XDG_CONFIG_HOME": "c"], files: files).server.name == "home")
        #expect(try read([:], files: files).server.name == "OvalEdge MCP Server")
    }

    @Test func `that lies here is reported once, with the command that uses it`() throws {
        var disk = SettingsDisk(bystander: { $0 == "/p/.env" ? nil : "/p q/.env" })
        func warnings(_ arguments: [String] = [], envFile: String? = nil, home: String = "/h") throws -> [String] {
            try Settings.read(
                version: "1",
                command: { (["oe-mcp"] + arguments + [$0]).joined(separator: " ") },
                envFile: envFile,
                environment: ["XDG_CONFIG_HOME": home],
                disk: disk
            ).trustWarnings
        }
        #expect(
            try warnings(["doctor"]) == [
                "/p q/.env is not read, because it was not named. To use it, run: oe-mcp doctor --env-file '/p q/.env'"
            ]
        )
        disk.file = { _ in .content([], isPrivate: true) }
        #expect(try warnings(envFile: "other.env").isEmpty)
        disk.bystander = { $0 }
        #expect(try warnings().first?.hasPrefix("/h/oe-mcp/.env is not read") == true)
    }

    @Test func `is reported with all that was typed, but for passwords`() throws {
        let options = CommandLineOptions(
            "oe-mcp",
            "",
            options: Settings.options,
            commands: [CommandLineCommand("call", operands: "TOOL", "")]
        )
        let proxy = "OVALEDGE_PROXY=http://me:long-Passw0rd-7@p:1"
        let line = try options.parse(["call", "--set", proxy, "--", "create_tag", "name=it's"])
        let settings = try Settings.read(
            version: "1",
            commandLine: line,
            environment: [:],
            disk: SettingsDisk(bystander: { _ in "/p/.env" })
        )
        let warning = try #require(settings.trustWarnings.first)
        #expect(warning.contains("run: oe-mcp call --set '"))
        #expect(warning.hasSuffix(#" --env-file /p/.env -- create_tag 'name=it'\''s'"#))
        #expect(!warning.contains("Passw0rd"))
    }

    @Test func `is reported where a quote is not closed`() {
        let text = "A=1\nMCP_SERVER_NAME=\"one\ntwo\"\nB='x\n"
        let error = #expect(throws: SettingsError.self) { try read(envFile: "a.env", files: disk(["a.env": text])) }
        #expect(
            error?.problems.map { $0.description } == [
                "a.env has a quote that is not closed in line 2, 4. "
                    + "Close it on the same line; a value has no more than one line.",
                "a.env has no NAME=value in line 3. Correct it, or put a # before it.",
            ]
        )
    }

    @Test(arguments: [nil, "/h/oe-mcp/.env"] as [String?])
    func `is refused, named or found, where another user could write it`(named: String?) throws {
        let fault = TrustFault(path: "/h/oe-mcp/.env", what: "can be written by other users", remedy: "chmod 600 X")
        let error = #expect(throws: SettingsError.self) {
            try read(["XDG_CONFIG_HOME": "/h"], envFile: named) { _ in .untrusted(fault) }
        }
        #expect(
            error?.description == """
                The settings have one problem:
                - /h/oe-mcp/.env can be written by other users, so no settings are taken from there. \
                Check what the settings say, then run: chmod 600 X
                """
        )
    }

    @Test func `is refused where another user could put one in its place, unless it was named`() throws {
        let disk = SettingsDisk(
            file: { $0 == "/h/oe-mcp/.env" ? .content(Array("MCP_SERVER_NAME=X".utf8), isPrivate: true) : .missing },
            fault: { _ in
                TrustFault(path: "/h/oe-mcp", what: "belongs to another user", remedy: "sudo chown 1 /h/oe-mcp")
            }
        )
        let environment = ["XDG_CONFIG_HOME": "/h"]
        let error = #expect(throws: SettingsError.self) {
            try Settings.read(version: "1", environment: environment, disk: disk)
        }
        #expect(error?.problems.map { $0.name } == ["/h/oe-mcp"])
        let named = try Settings.read(version: "1", envFile: "/h/oe-mcp/.env", environment: environment, disk: disk)
        #expect(named.server.name == "X")
        #expect(try Settings.read(version: "1", environment: ["HOME": "/empty"], disk: disk).warnings.isEmpty)
    }

    @Test func `is reported to be in UTF-16`() {
        let bytes: [UInt8] = [0xFF, 0xFE] + Array("A=1\r\n".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let error = #expect(throws: SettingsError.self) {
            try read(envFile: "a.env") { _ in .content(bytes, isPrivate: true) }
        }
        #expect(
            error?.problems.map { $0.description } == [
                "a.env is written in UTF-16. "
                    + "Save it as UTF-8; Windows PowerShell does so with `Set-Content -Encoding utf8`."
            ]
        )
    }

    @Test func `is a problem when it was named and is not there`() {
        let error = #expect(throws: SettingsError.self) { try read(envFile: "a.env") }
        #expect(
            error?.description == """
                The settings have one problem:
                - a.env does not exist. Name another file with --env-file.
                """
        )
        let unreadable = #expect(throws: SettingsError.self) {
            try read(envFile: "a.env") { _ in .unreadable("is not a regular file") }
        }
        #expect(unreadable?.problems.first?.what == "is not a regular file")
    }

    @Test func `is left out with a warning when no one named it and it cannot be read`() throws {
        let settings = try read(["HOME": "/h"]) { _ in .unreadable("is not a regular file") }
        #expect(settings.warnings == ["/h/.config/oe-mcp/.env is not a regular file, so it is left out."])
        #expect(settings.trustWarnings.isEmpty)
    }

    @Test func `brings a warning when others can read it`() throws {
        let settings = try read(envFile: "a.env", files: disk(["a.env": "LOG_LEVEL=error"], isPrivate: false))
        #expect(settings.trustWarnings == ["a.env can be read by other users. Run: chmod 600 a.env"])
        #expect(settings.server.logLevel == .error)
    }

    @Test func `brings a warning for a name that looks like a setting but is not one`() throws {
        let settings = try read(
            ["OVALEDGE_OTHER": "1"],
            envFile: "a.env",
            files: disk([
                "a.env": "OVALEDGE_USER_TOKN=1\novaledge_user_tokn=2\nMCP_HTTP_STATELES=true\nPATH=/\nOAUTH_ISSUER=x"
            ])
        )
        #expect(
            settings.warnings == [
                "OVALEDGE_USER_TOKN in a.env is not a setting of this program, so it changes nothing. "
                    + "Did you mean OVALEDGE_USER_TOKEN?",
                "MCP_HTTP_STATELES in a.env is not a setting of this program, so it changes nothing. "
                    + "Did you mean MCP_HTTP_STATELESS?",
            ]
        )
    }
}
