import Logging
import Secrets
import Testing

@testable import Settings

@Suite struct `A setting that says where its secret is kept` {
    private static let secret = "q7RkW2mXc9TfLz4p"

    /// What every reference leads to, but for those for which a program would have to be asked.
    private static func lookUp(_ reference: SecretReference, _ asking: Bool) -> Result<Secret, SecretFailure> {
        if asking || !reference.needsProgram { return .success(Secret(secret)) }
        return .failure(SecretFailure(.unusable, reference, "No program is asked", advice: "Use a file."))
    }

    private static func settings(_ environment: [String: String], listens: Bool = false) throws -> Settings {
        var disk = SettingsDisk()
        disk.secret = lookUp
        return try Settings.read(version: "1", listens: listens, environment: environment, disk: disk)
    }

    @Test(arguments: ["keychain:prod/secret", "file:/run/secrets/a", "env:MINE", "op://a/b/c", "pass:a/b"])
    func `of the account is kept unread, and shown by form and name`(text: String) throws {
        let settings = try Self.settings(["OVALEDGE_USER_SECRET": text])
        #expect(settings.account.userSecret?.reference?.text == text)
        #expect(settings.account.userSecret?.value == nil)
        let entry = try #require(settings.entries.first { $0.name == "OVALEDGE_USER_SECRET" })
        #expect(entry.value == text && entry.origin == .environment)
        #expect(!settings.missing().contains("OVALEDGE_USER_SECRET"))
        #expect(settings.trustWarnings == [])
    }

    @Test func `may be on the command line, where a secret may not`() throws {
        let settings = try read(commandLine: ["OVALEDGE_USER_SECRET": "keychain:secret"])
        #expect(settings.account.userSecret?.reference?.text == "keychain:secret")
    }

    @Test func `shows no argument of a command`() throws {
        let settings = try Self.settings(["OVALEDGE_USER_SECRET": #"command:["/opt/x","\#(Self.secret)"]"#])
        #expect(settings.entries.first { $0.name == "OVALEDGE_USER_SECRET" }?.value == "command:/opt/x …")
    }

    @Test(arguments: ["keychain:", "file:relative", "env:A B", "command:x", "op:secret", "pass:-x"])
    func `is a problem, and no secret, where it names no place`(text: String) throws {
        let error = try #require(throws: SettingsError.self) { try Self.settings(["OVALEDGE_USER_SECRET": text]) }
        #expect(error.problems.map { $0.name } == ["OVALEDGE_USER_SECRET"])
        #expect(!error.description.contains("\(text)."))
    }

    @Test func `is a problem where a file is named, too`() throws {
        let error = try #require(throws: SettingsError.self) {
            try Self.settings(["OVALEDGE_USER_SECRET": "keychain:a", "OVALEDGE_USER_SECRET_FILE": "/run/a"])
        }
        #expect(
            error.problems.map { "\($0.name) \($0.what)" } == [
                "OVALEDGE_USER_SECRET_FILE and OVALEDGE_USER_SECRET are both set"
            ]
        )
    }

    @Test func `of a file is read with the settings, and known by its path`() throws {
        let settings = try read(
            ["OVALEDGE_USER_SECRET_FILE": "/run/a"],
            files: disk(["/run/a": Self.secret + "\n"])
        )
        #expect(settings.account.userSecret?.value?.revealed == Self.secret)
        #expect(settings.account.userSecret?.reference == .file("/run/a"))
    }

    @Test(arguments: ["file:/run/a", "env:MINE", "credential:a"])
    func `that is needed at once is looked up where no program has to be asked`(text: String) throws {
        let settings = try Self.settings(["TELEMETRY_API_KEY": text])
        #expect(settings.secrets.contains(Secret(Self.secret)))
        #expect(settings.entries.first { $0.name == "TELEMETRY_API_KEY" }?.value == text)
    }

    @Test func `that is needed at once is a problem where a program would have to be asked`() throws {
        let error = try #require(throws: SettingsError.self) { try Self.settings(["TELEMETRY_API_KEY": "pass:a"]) }
        #expect(error.problems.map { $0.what } == ["names a secret that cannot be used (No program is asked)"])
        #expect(error.problems.map { $0.advice } == ["Use a file."])
    }

    @Test func `that is needed at once is asked for by a program that listens`() throws {
        let settings = try Self.settings(["TELEMETRY_API_KEY": "pass:a"], listens: true)
        #expect(settings.secrets.contains(Secret(Self.secret)))
    }

    @Test func `is looked up for header fields of a remote server as well`() throws {
        let settings = try Self.settings(["MCP_REMOTE_HEADER_X_KEY": "env:MINE"])
        #expect(settings.remote.fields.constant.map { $0.value } == [Secret(Self.secret)])
    }
}
