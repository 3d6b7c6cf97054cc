import Logging
import Secrets
import Testing

@testable import Settings

@Suite struct `A secret in a file of its own` {
    private static let place = "/run/secrets/ovaledge"
    private static let secret = "q7RkW2mXc9TfLz4p"

    private static func problems(_ environment: [String: String], _ files: [String: String] = [:]) throws -> [String] {
        let error = try #require(throws: SettingsError.self) { try read(environment, files: disk(files)) }
        return error.problems.map { "\($0.name) \($0.what)" }
    }

    @Test(arguments: ["", "\n", "\r\n"])
    func `is taken without the line end that an editor adds`(end: String) throws {
        let settings = try read(
            ["OVALEDGE_USER_SECRET_FILE": Self.place],
            files: disk([Self.place: Self.secret + end])
        )
        #expect(settings.account.userSecret?.value?.revealed == Self.secret)
        #expect(settings.secrets.map { $0.revealed } == [Self.secret])
        let entry = try #require(settings.entries.first { $0.name == "OVALEDGE_USER_SECRET" })
        #expect(entry.value == "••••" && entry.origin == .environment)
        #expect(!settings.missing().contains("OVALEDGE_USER_SECRET"))
    }

    @Test func `is named by the settings file as well`() throws {
        let files = [".env": "OVALEDGE_USER_TOKEN_FILE=\(Self.place)", Self.place: Self.secret]
        let settings = try read(envFile: ".env", files: disk(files))
        #expect(settings.account.userToken?.value?.revealed == Self.secret)
    }

    @Test func `is not taken where the secret itself is set, too`() throws {
        let environment = ["OVALEDGE_USER_SECRET": "another", "OVALEDGE_USER_SECRET_FILE": Self.place]
        #expect(
            try Self.problems(environment, [Self.place: Self.secret])
                == ["OVALEDGE_USER_SECRET_FILE and OVALEDGE_USER_SECRET are both set"]
        )
    }

    @Test(arguments: [
        ([:], "names a file that does not exist"), ([place: " \n"], "names an empty file"),
        ([place: "${SECRET}"], "names a file whose content is a placeholder that nothing has filled in"),
        ([place: "a\u{200B}bcdefghij"], "names a file whose content contains the invisible character U+200B"),
    ])
    func `is a problem where it cannot be read or holds no secret`(_ files: [String: String], _ what: String) throws {
        let problems = try Self.problems(["OVALEDGE_USER_SECRET_FILE": Self.place], files)
        #expect(problems.count == 1 && problems[0].hasPrefix("OVALEDGE_USER_SECRET_FILE \(what)"), "\(problems)")
    }

    @Test func `is one problem where it is needed, and not two`() throws {
        let environment = [
            "OVALEDGE_BASE_URL": "https://a.b", "OVALEDGE_USER_TOKEN": "q7RkW2mX", "OVALEDGE_USER_SECRET_FILE": "/none",
        ]
        let error = try #require(throws: SettingsError.self) {
            try Settings.read(version: "1", listens: true, needs: true, environment: environment)
        }
        #expect(error.problems.map { $0.name } == ["OVALEDGE_USER_SECRET_FILE"])
    }

    @Test func `is a problem where it is no text`() throws {
        let disk = SettingsDisk(file: { _ in .content([0xFF, 0xFE, 0x61], isPrivate: true) })
        let error = try #require(throws: SettingsError.self) {
            try Settings.read(version: "1", environment: ["OVALEDGE_USER_SECRET_FILE": Self.place], disk: disk)
        }
        #expect(error.problems.map { $0.what } == ["names a file that is not text in UTF-8"])
    }

    @Test func `has such a name for every secret`() {
        let entries = Settings.described(version: "1")
        let names = Set(entries.map { $0.name })
        let secrets = entries.filter { $0.isSecret }.map { $0.name }
        #expect(secrets.contains("OVALEDGE_USER_TOKEN"))
        // Behind these the rest of the name is free, so that an ending would be part of it.
        let families = ["MCP_REMOTE_HEADER_", "MCP_ENV_"]
        let alone = secrets.filter { name in !families.contains { name.hasPrefix($0) } }
        #expect(alone.filter { !names.contains($0 + "_FILE") } == [])
    }
}

@Suite struct `The log file` {
    @Test func `is written only where it is named`() throws {
        #expect(try read().server.logFile == nil)
        let named = try read(["LOG_FILE": "/var/log/a/b.log"]).server.logFile
        #expect(named?.path == "/var/log/a/b.log" && named?.maxBytes == 10_485_760 && named?.kept == 5)
    }

    @Test(arguments: [("LOG_FILE", "b.log"), ("LOG_FILE_MAX_BYTES", "100"), ("LOG_FILE_KEEP", "-1")])
    func `is refused where its name or limits make no sense`(_ name: String, _ value: String) throws {
        let error = try #require(throws: SettingsError.self) { try read([name: value]) }
        #expect(error.problems.map { $0.name } == [name])
    }
}

@Suite struct `An address with a password, in a file of its own` {
    private static let place = "/run/secrets/store"
    private static let keys = "/etc/keys"
    private static let digits = String(repeating: "0a", count: 32)

    private static func settings(_ content: String) throws -> Settings {
        let environment = ["MCP_STORE_URL_FILE": place, "MCP_SEAL_KEY_FILE": keys, "OVALEDGE_BASE_URL": "https://a.b"]
        return try read(environment, listens: true, files: disk([place: content, keys: digits]))
    }

    @Test func `is shown without it`() throws {
        let settings = try Self.settings("rediss://:q7RkW2mXc9TfLz4p@redis.example.com\n")
        #expect(settings.store.address?.password?.revealed == "q7RkW2mXc9TfLz4p")
        let shown = settings.entries.first { $0.name == "MCP_STORE_URL" }?.value
        #expect(shown == "rediss://••••@redis.example.com")
    }

    @Test func `is a problem where it is no such address, and is not repeated`() throws {
        let error = try #require(throws: SettingsError.self) { try Self.settings("q7RkW2mXc9TfLz4p") }
        #expect(error.problems.map { $0.name } == ["MCP_STORE_URL_FILE"])
        #expect(error.problems[0].what.hasPrefix("names a file whose content must be an address such as"))
        #expect(!error.description.contains("q7RkW2mXc9TfLz4p"))
    }
}
