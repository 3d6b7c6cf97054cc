import Files
import HTTP
import Settings
import TestSupport
import Testing

@testable import Commands

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `The settings, as doctor looks at them` {
    private let folder = TemporaryDirectory()
    private var file: String { folder.path + "/.env" }

    private func found(_ text: String?, environment: [String: String] = [:], mode: mode_t = 0o600) throws
        -> [DoctorCheck]
    {
        if let text {
            folder.write(Array(text.utf8), to: ".env")
            try #require(chmod(file, mode) == 0)
        }
        let settings = try Settings.read(
            version: "1",
            envFile: text == nil ? nil : file,
            environment: environment,
            disk: SettingsDisk(file: { SettingsFile.onDisk($0) })
        )
        return ProfileChecks(settings, file: file).checks()
    }

    private static let whole = """
        OVALEDGE_BASE_URL=https://acme.example/ovaledge
        OVALEDGE_USER_TOKEN=token-1234567
        OVALEDGE_USER_SECRET=secret-1234567

        """

    private static func status(_ code: CheckCode, in checks: [DoctorCheck]) -> DoctorCheck.Status? {
        checks.first { $0.id == code.rawValue }?.status
    }

    @Test func `are fine in one file of this user`() throws {
        let checks = try found(Self.whole)
        for code in [.profileExists, .profileComplete, .profileUnknownKeys, .profileMixedSources, .profileFileMode]
            as [CheckCode]
        {
            #expect(Self.status(code, in: checks) == .ok)
        }
        #expect(Self.status(.profilePlaintext, in: checks) == .warn)
    }

    @Test func `hold no secret where only the environment has them`() throws {
        let environment = [
            "OVALEDGE_BASE_URL": "https://acme.example", "OVALEDGE_USER_TOKEN": "token-1234567",
            "OVALEDGE_USER_SECRET": "secret-1234567",
        ]
        let checks = try found("LOG_LEVEL=info\n", environment: environment)
        #expect(Self.status(.profilePlaintext, in: checks) == .ok)
        #expect(Self.status(.profileMixedSources, in: checks) == .ok)
    }

    @Test func `may hold a user token whose secret is kept elsewhere, and no secret`() throws {
        let address = "OVALEDGE_BASE_URL=https://acme.example\n"
        let token = address + "OVALEDGE_USER_TOKEN=token-1234567\n"
        #expect(Self.status(.profilePlaintext, in: try found(token + "OVALEDGE_USER_SECRET=pass:x\n")) == .ok)
        #expect(Self.status(.profilePlaintext, in: try found(token)) == .warn)
        let secret = try found(address + "OVALEDGE_USER_TOKEN=pass:x\nOVALEDGE_USER_SECRET=secret-1234567\n")
        let check = secret.first { $0.id == "profile.plaintext" }
        #expect(check?.status == .warn && check?.fix?.command == "oe-mcp secrets set OVALEDGE_USER_SECRET")
    }

    @Test func `have each secret named that is in their file, and a way without a key store`() throws {
        let lines = "OVALEDGE_USER_TOKEN=token-1234567\nOVALEDGE_USER_SECRET=secret-1234567\n"
        let text = try found(lines).first { $0.id == "profile.plaintext" }?.fix?.text ?? ""
        for name in ["OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"] {
            #expect(text.contains("`oe-mcp secrets set \(name)`"))
        }
        #expect(text.contains("`oe-mcp secrets set file:/"))
    }

    @Test func `are not complete without a secret`() throws {
        let check = try found("OVALEDGE_BASE_URL=https://acme.example\n").first { $0.id == "profile.complete" }
        #expect(check?.status == .fail)
        #expect(check?.summary == "OVALEDGE_USER_TOKEN, OVALEDGE_USER_SECRET are not set")
        #expect(check?.fix?.command == "oe-mcp setup")
        let one = "OVALEDGE_BASE_URL=https://acme.example\nOVALEDGE_USER_TOKEN=token-1234567\n"
        #expect(try found(one).contains { $0.summary == "OVALEDGE_USER_SECRET is not set" })
    }

    @Test func `lack a file where something is missing, and need none where nothing is`() throws {
        #expect(Self.status(.profileExists, in: try found(nil)) == .warn)
        let environment = [
            "OVALEDGE_BASE_URL": "https://acme.example", "OVALEDGE_USER_TOKEN": "token-1234567",
            "OVALEDGE_USER_SECRET": "secret-1234567",
        ]
        #expect(Self.status(.profileExists, in: try found(nil, environment: environment)) == .ok)
    }

    @Test func `are said to be mixed where the secret comes from elsewhere`() throws {
        let checks = try found(
            "OVALEDGE_BASE_URL=https://acme.example\nOVALEDGE_USER_TOKEN=token-1234567\n",
            environment: ["OVALEDGE_USER_SECRET": "secret-1234567"]
        )
        #expect(Self.status(.profileMixedSources, in: checks) == .warn)
    }

    @Test func `name what is no setting, once`() throws {
        let checks = try found(Self.whole + "OVALEDGE_BASE_ULR=x\n")
        let named = checks.filter { $0.summary.contains("OVALEDGE_BASE_ULR") }
        #expect(named.map { $0.id } == ["profile.unknown_keys"] && named.first?.status == .warn)
    }

    @Test func `are to be closed where others can read them, once, and can be`() throws {
        let checks = try found(Self.whole, mode: 0o644)
        let open = checks.filter { $0.summary.contains("other users") }
        #expect(open.map { $0.id } == ["profile.file_mode"] && open.first?.status == .warn)
        #expect(open.first?.fix?.command == "chmod 600 \(file)")
        try open.first?.fix?.repair?.carryOut { _ in "not this" }
        #expect(Self.status(.profileFileMode, in: try found(nil)) == .ok)
    }

    @Test func `that cannot be used are named one by one`() {
        let problem = SettingsProblem(name: "LOG_LEVEL", what: "must be a word", advice: "Write LOG_LEVEL=info.")
        let checks = ProfileChecks(nil, problems: [problem], file: file).checks()
        #expect(
            checks.first == .fail(.profileReadable, "LOG_LEVEL must be a word", fix: .init("Write LOG_LEVEL=info."))
        )
    }

    @Test func `say what else should be known`() throws {
        let checks = try found(Self.whole.replacing("token-1234567", with: "1234567890"))
        #expect(Self.status(.profileAdvice, in: checks) == .warn)
    }
}

@Suite struct `The disk, as doctor looks at it` {
    @Test func `has a folder that can be written, or will be made`() {
        let folder = TemporaryDirectory()
        #expect(DiskChecks.state(folder.path + "/a/b").status == .ok)
        #expect(DiskChecks.state("/proc/nowhere").status == .fail || geteuid() == 0)
        #expect(DiskChecks.state("/dev/null/nowhere").status == .fail)
    }

    @Test(arguments: [(1, DoctorCheck.Status.fail), (50 << 20, .warn), (1 << 30, .ok)])
    func `has room, or hardly any`(free: Int, status: DoctorCheck.Status) {
        #expect(DiskChecks.space(at: "/", free: free).status == status)
    }

    @Test func `has a log file that can be written, where one is set`() throws {
        let folder = TemporaryDirectory()
        let settings = { (path: String) in try Settings.read(version: "1", environment: ["LOG_FILE": path]) }
        #expect(DiskChecks.logFile(try settings(folder.path + "/own/a.log"))?.status == .ok)
        #expect(DiskChecks.logFile(try settings("/dev/null/a.log"))?.status == .fail)
    }

    @Test func `lacks libcurl`() {
        let check = ProgramChecks.library { () throws(HTTPFailure) in throw .noClient(detail: "no libcurl.so.4") }
        #expect(check.status == .fail && check.fix?.command == "apt-get install libcurl4")
    }
}

@Suite struct `A repair` {
    @Test func `removes what only this program has made, if it is still there`() throws {
        let folder = TemporaryDirectory()
        folder.write([1], to: "old")
        try Repair.remove([folder.path + "/old", folder.path + "/gone"]).carryOut { _ in nil }
        #expect(access(folder.path + "/old", F_OK) != 0)
        #expect(throws: FileError.self) { try Repair.closeFile(folder.path + "/gone").carryOut { _ in nil } }
    }

    @Test func `runs a command of this program, and says what that says`() throws {
        try Repair.command(["install", "cursor"]).carryOut { $0 == ["install", "cursor"] ? nil : "others" }
        #expect(throws: FileError("refused")) { try Repair.command(["install"]).carryOut { _ in "refused" } }
    }
}
