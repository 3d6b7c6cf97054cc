import Logging
import Settings
import Testing

private let account = "OVALEDGE_BASE_URL=https://a.example/ovaledge\nOVALEDGE_USER_TOKEN=t\nOVALEDGE_USER_SECRET=s\n"

private func disk(_ profiles: [String: String]) -> SettingsDisk {
    let files = Dictionary(
        uniqueKeysWithValues: profiles.map { name, text in
            (name == "default" ? "/h/.config/oe-mcp/.env" : "/h/.config/oe-mcp/profiles/\(name).env", text)
        }
    )
    return SettingsDisk(
        file: { files[$0].map { .content(Array($0.utf8), isPrivate: true) } ?? .missing },
        names: { _ in profiles.keys.map { $0 + ".env" } + ["lock", "Bad Name.env"] }
    )
}

private func read(
    _ profiles: [String: String],
    _ arguments: [String] = [],
    _ environment: [String: String] = [:],
    listens: Bool = false
) throws -> Settings {
    let line = try CommandLineOptions(
        "oe-mcp",
        "",
        options: Settings.options + [CommandLineOption("sandbox", "")],
        commands: [CommandLineCommand("settings", ""), CommandLineCommand("validate", "")]
    ).parse((arguments.first == "validate" ? [] : ["settings"]) + arguments)
    return try Settings.read(
        version: "1",
        listens: listens,
        commandLine: line,
        environment: environment.merging(["HOME": "/h"]) { $1 },
        disk: disk(profiles)
    )
}

private func problems(_ work: () throws -> Settings) -> [String] {
    #expect(throws: SettingsError.self) { _ = try work() }?.problems.map { $0.description } ?? []
}

@Suite struct `A profile` {
    @Test func `is the one on the command line, else in the environment, else the default one`() throws {
        let profiles = ["prod": "LOG_LEVEL=error", "test": "LOG_LEVEL=debug", "default": "MCP_SERVER_NAME=mine"]
        let prod = try read(profiles, ["--profile", "prod"], ["OVALEDGE_PROFILE": "test"])
        #expect((prod.profile.text, prod.server.logLevel) == ("prod", .error))
        #expect(prod.entries.first { $0.name == "LOG_LEVEL" }?.origin.description == "profile prod")
        let test = try read(profiles, [], ["OVALEDGE_PROFILE": "test"])
        #expect((test.profile.text, test.server.logLevel) == ("test", .debug))
        for arguments in [[], ["--profile", "default"]] {
            let usual = try read(profiles, arguments, ["OVALEDGE_PROFILE": ""])
            #expect((usual.profile, usual.server.name) == (.default, "mine"))
            #expect(usual.entries.first { $0.name == "MCP_SERVER_NAME" }?.origin == .file("/h/.config/oe-mcp/.env"))
        }
    }

    @Test func `takes nothing from another, and environment and command line still win`() throws {
        let profiles = ["prod": "LOG_LEVEL=error\nMCP_SERVER_NAME=one", "default": "OVALEDGE_TIMEOUT_SECONDS=7"]
        let settings = try read(
            profiles,
            ["--profile", "prod", "--set", "MCP_SERVER_NAME=two"],
            ["LOG_LEVEL": "debug"]
        )
        #expect(settings.requests.timeoutSeconds == 30)
        #expect((settings.server.logLevel, settings.server.name) == (.debug, "two"))
    }

    @Test func `is no second source besides a file that is named`() throws {
        #expect(throws: UsageError.self) { try read(["prod": ""], ["--profile", "prod", "--env-file", "/x.env"]) }
        // The command line is nearer than the environment.
        let error = problems { try read(["prod": ""], ["--env-file", "/x.env"], ["OVALEDGE_PROFILE": "prod"]) }
        #expect(error == ["/x.env does not exist. Name another file with --env-file."])
    }

    @Test(arguments: [
        ("prd", "Did you mean prod? There are: prod, test."), ("zzz", "There are: prod, test."),
        ("../prod", "There are: prod, test."),
    ])
    func `that does not exist is a problem that names those that do`(name: String, advice: String) {
        let said = "The profile `\(name)` does not exist. \(advice)"
        #expect(problems { try read(["prod": "", "test": ""], ["--profile", name]) } == [said])
        #expect(problems { try read(["prod": "", "test": ""], [], ["OVALEDGE_PROFILE": name]) } == [said])
    }

    @Test func `named default need not exist`() throws {
        #expect(try read([:], ["--profile", "default"]).profile == .default)
    }

    @Test func `is refused where another user could have written it`() throws {
        let fault = TrustFault(
            path: "/h/.config",
            what: "can be written by other users",
            remedy: "chmod go-w /h/.config"
        )
        var disk = disk(["prod": account])
        disk.fault = { _ in fault }
        let error = #expect(throws: SettingsError.self) {
            try Settings.read(version: "1", profile: "prod", environment: ["HOME": "/h"], disk: disk)
        }
        #expect(error?.problems.map { $0.name } == ["/h/.config"])
    }

    @Test func `is found without an environment where the system knows the user's home`() throws {
        var disk = disk(["prod": "LOG_LEVEL=error", "default": "LOG_LEVEL=debug"])
        #expect(try Settings.read(version: "1", disk: disk).server.logLevel == .info)
        disk.home = { "/h" }
        #expect(try Settings.read(version: "1", disk: disk).server.logLevel == .debug)
        #expect(try Settings.read(version: "1", profile: "prod", disk: disk).server.logLevel == .error)
    }
}

@Suite struct `Address, token and secret` {
    @Test(arguments: ["prod", "default"])
    func `are not mixed from a profile and from elsewhere`(name: String) {
        let place = name == "prod" ? "profile prod" : "/h/.config/oe-mcp/.env"
        let arguments = ["--profile", name]
        #expect(
            problems { try read([name: account], arguments, ["OVALEDGE_BASE_URL": "https://evil.example/ovaledge"]) }
                == [
                    "OVALEDGE_BASE_URL comes from the environment, and OVALEDGE_USER_TOKEN from \(place). Leave "
                        + "OVALEDGE_BASE_URL out there, or set all of OVALEDGE_BASE_URL, OVALEDGE_USER_TOKEN, "
                        + "OVALEDGE_USER_SECRET there."
                ]
        )
        let address = "OVALEDGE_BASE_URL=https://a.example/ovaledge"
        #expect(
            problems { try read([name: address], arguments, ["OVALEDGE_USER_SECRET_FILE": "/s"]) }.contains {
                $0.hasPrefix("OVALEDGE_USER_SECRET_FILE names a file")
            }
        )
        #expect(
            problems { try read([name: "OVALEDGE_USER_TOKEN=t"], arguments + ["--set", address]) }.first?
                .hasPrefix("OVALEDGE_BASE_URL comes from the command line, and OVALEDGE_USER_TOKEN from \(place).")
                == true
        )
    }

    @Test func `come from elsewhere altogether, or are not used at all`() throws {
        let others = [
            "OVALEDGE_BASE_URL": "https://b.example/ovaledge", "OVALEDGE_USER_TOKEN": "x", "OVALEDGE_USER_SECRET": "y",
        ]
        let settings = try read(["prod": account], ["--profile", "prod"], others)
        #expect(settings.account.baseURL == "https://b.example/ovaledge")
        let one = ["OVALEDGE_BASE_URL": "https://b.example/ovaledge"]
        _ = try read(["prod": account], ["--profile", "prod", "--sandbox"], one)
        // It signs in at a server, whose address is no setting.
        _ = try read(["default": account], ["validate"], ["OVALEDGE_USER_TOKEN": "x", "OVALEDGE_USER_SECRET": "y"])
        let many = ["AUTH_MODE": "remote_credentials"].merging(one) { $1 }
        _ = try read(["prod": account], ["--profile", "prod"], many, listens: true)
    }
}

@Suite struct `What a profile allows to be written` {
    @Test(arguments: [
        ("none", "all", "none"), ("quality,governance", "all", "governance,quality"), ("all", "quality", "quality"),
        ("quality", "none", "none"), ("quality", "governance", "none"), ("nonsense", "all", "none"),
    ])
    func `can be lowered from outside, and not raised`(profile: String, outside: String, held: String) throws {
        let profiles = ["prod": "OVALEDGE_ALLOW_WRITES=\(profile)"]
        let set = ["--profile", "prod", "--set", "OVALEDGE_ALLOW_WRITES=\(outside)"]
        for (arguments, environment) in [(set, [:]), (Array(set[..<2]), ["OVALEDGE_ALLOW_WRITES": outside])] {
            let settings = try read(profiles, arguments, environment)
            #expect(settings.writes.allowed.shown == held)
            #expect(settings.entries.first { $0.name == "OVALEDGE_ALLOW_WRITES" }?.value == held)
            #expect(settings.warnings.contains { $0.contains("asks for more") } == (held != outside))
        }
    }

    @Test func `is said with where the limit comes from`() throws {
        let settings = try read(
            ["prod": "OVALEDGE_ALLOW_WRITES=none"],
            ["--profile", "prod"],
            ["OVALEDGE_ALLOW_WRITES": "all"]
        )
        #expect(
            settings.warnings == [
                "OVALEDGE_ALLOW_WRITES from the environment asks for more than profile prod allows, so it is none."
            ]
        )
        #expect(settings.entries.first { $0.name == "OVALEDGE_ALLOW_WRITES" }?.origin.description == "profile prod")
    }

    @Test func `is up to others where the profile does not say it`() throws {
        let all = ["OVALEDGE_ALLOW_WRITES": "all"]
        #expect(try read(["prod": "LOG_LEVEL=error"], ["--profile", "prod"], all).writes.allowed.shown == "all")
        #expect(try read([:], [], all).writes.allowed.shown == "all")
    }
}
