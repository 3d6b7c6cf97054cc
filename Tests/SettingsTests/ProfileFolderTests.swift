import Files
import Settings
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder for configuration that is gone when the test is.
private final class Configuration: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/profiles-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).flatMap { realpath($0, nil) }.map { String(cString: $0) })
    }

    deinit {
        for folder in ["/oe-mcp/profiles", "/oe-mcp", ""].map({ path + $0 }) {
            for name in SettingsDisk.ofThisMachine.names(folder) { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
    }

    var profiles: ProfileFolder { ProfileFolder(configuration: path) }

    func text(_ name: ProfileName) -> String? {
        guard case .content(let bytes, true) = SettingsFile.onDisk(profiles.path(of: name)) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

private let prod = ProfileName("prod") ?? .default
private let test = ProfileName("test") ?? .default

@Suite struct `Profiles on the disk` {
    @Test(arguments: ["prod", "a", "0", "test-2", "sixteen-letters-"])
    func `have names of lower-case letters, digits and dashes`(name: String) {
        #expect(ProfileName(name)?.text == name)
    }

    @Test(arguments: ["", "-a", "Prod", "a_b", "a b", "../x", ".env", "é", "seventeen-letters"])
    func `have no other names`(name: String) { #expect(ProfileName(name) == nil) }

    @Test func `are this user's alone, and the user's own file is the default one`() throws {
        let configuration = try Configuration()
        let profiles = configuration.profiles
        #expect(profiles.names().isEmpty)
        try profiles.add(prod, [WrittenSetting("LOG_LEVEL", "error")])
        #expect(profiles.names() == [prod])
        try profiles.add(.default, [])
        #expect(profiles.path(of: .default) == configuration.path + "/oe-mcp/.env")
        #expect(profiles.path(of: prod) == configuration.path + "/oe-mcp/profiles/prod.env")
        #expect(profiles.names() == [.default, prod])
        #expect(configuration.text(prod) == "LOG_LEVEL=error\n")
        for (place, mode) in [
            ("/oe-mcp/profiles", 0o700), ("/oe-mcp/profiles/prod.env", 0o600), ("/oe-mcp/.env", 0o600),
        ] {
            var status = stat()
            try #require(stat(configuration.path + place, &status) == 0)
            #expect(Int(status.st_mode & 0o777) == mode)
        }
    }

    @Test func `are not replaced by one that is added, copied or renamed`() throws {
        let configuration = try Configuration()
        let profiles = configuration.profiles
        try profiles.add(prod, [WrittenSetting("A", "1")])
        try profiles.add(test, [WrittenSetting("A", "2")])
        let exists = ProfileFault.exists(prod, profiles.path(of: prod))
        #expect(throws: exists) { try profiles.add(prod, []) }
        #expect(throws: exists) { try profiles.copy(test, to: prod) }
        #expect(throws: exists) { try profiles.rename(test, to: prod) }
        #expect(configuration.text(prod) == "A=1\n")
        try profiles.remove(prod)
        try profiles.rename(test, to: prod)
        try profiles.copy(prod, to: .default)
        #expect([configuration.text(prod), configuration.text(.default)] == ["A=2\n", "A=2\n"])
        #expect(profiles.names() == [.default, prod])
        #expect(throws: ProfileFault.missing(profiles.unknown("test"))) { try profiles.remove(test) }
    }

    @Test func `keep comments and all other settings when some are changed`() throws {
        let configuration = try Configuration()
        let profiles = configuration.profiles
        try profiles.change(prod, [WrittenSetting("A", "1")])
        try PrivateDirectory(configuration.path + "/oe-mcp/profiles")
            .replace("prod.env", with: Array("# mine\nA=0\r\nexport B='2'\n\nA=1".utf8))
        try profiles.change(prod, [WrittenSetting("A", "3"), WrittenSetting("C", "it's \"4\" # \\")])
        #expect(configuration.text(prod) == "# mine\nA=0\r\nexport B='2'\n\nA=3\nC=\"it's \\\"4\\\" # \\\\\"\n")
    }

    @Test func `are closed to others by a change, behind a link, too`() throws {
        let configuration = try Configuration()
        try configuration.profiles.add(.default, [WrittenSetting("A", "1")])
        let place = configuration.path + "/oe-mcp/"
        try #require(rename(place + ".env", place + "real") == 0 && chmod(place + "real", 0o644) == 0)
        try #require(symlink("real", place + ".env") == 0)
        try configuration.profiles.change(.default, [WrittenSetting("A", "2")])
        #expect(SettingsFile.onDisk(place + "real") == .content(Array("A=2\n".utf8), isPrivate: true))
        #expect(ProfileFolder(configuration: configuration.path).holds(.default))
    }

    @Test func `that do not exist are told apart from those that do`() throws {
        let configuration = try Configuration()
        let profiles = configuration.profiles
        #expect(
            profiles.unknown("staging").description
                == "The profile `staging` does not exist. There are no profiles yet: run `oe-mcp setup --profile staging`."
        )
        try profiles.add(prod, [])
        #expect(
            profiles.unknown("prd").description
                == "The profile `prd` does not exist. Did you mean prod? There is: prod."
        )
    }
}

@Suite struct `A line of a settings file` {
    @Test(arguments: [
        "", "plain", "a#b", "a # b", "'", "\"", "it's", "'quoted'", "\"a\"", " blanks ", "a\tb", "a\nb", "\\", "\\n",
        "both ' and \" # \\", "käse", "$HOME", "keychain:prod", "op://vault/item/field", #"command:["/bin/x","a b"]"#,
    ])
    func `is read as it was meant`(value: String) throws {
        let line = try #require(DotEnv.line(WrittenSetting("NAME", value)))
        #expect(DotEnv(parsing: Array(line.utf8)).assignments.map { $0.value } == [value])
    }

    @Test(arguments: ["\u{0}", "\r", "a\u{7F}"])
    func `cannot say what a line cannot hold`(value: String) {
        #expect(DotEnv.line(WrittenSetting("NAME", value)) == nil)
    }
}
