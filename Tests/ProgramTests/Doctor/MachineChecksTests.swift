import ClientConfiguration
import Commands
import Files
import JSON
import TestSupport
import Testing

@testable import oe_mcp

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `Processes of this program` {
    private static func process(_ id: Int, parent: String = "Cursor", arguments: [String]? = [], age: Double = 600)
        -> OwnProcess
    {
        OwnProcess(id: id, parent: 7, parentName: parent, arguments: arguments, path: nil, start: 1000 - age)
    }

    private static func found(_ all: [OwnProcess], replaced: Double? = nil) -> DoctorCheck {
        StrayChecks.check(all, replaced: replaced, now: 1000)
    }

    @Test func `are fine as long as each has a client`() {
        #expect(Self.found([]).status == .ok)
        let check = Self.found([Self.process(1), Self.process(2, arguments: ["--profile", "default"])])
        #expect(check.status == .ok && check.details["process"]?.array?.count == 2)
    }

    @Test func `are left over where their client has ended`() {
        let check = Self.found([
            Self.process(11, parent: "systemd"), Self.process(12, parent: "systemd", arguments: ["bridge"]),
        ])
        #expect(check.status == .warn && check.fix?.command == "kill 11 12")
        #expect(check.summary.contains("11, for 10 minutes, started by systemd"))
    }

    @Test func `are old where the program was replaced since`() {
        #expect(Self.found([Self.process(1, age: 600)], replaced: 900).status == .warn)
        #expect(Self.found([Self.process(1, age: 50)], replaced: 900).status == .ok)
    }

    @Test func `that a person typed do not count`() {
        #expect(Self.found([Self.process(1, parent: "init", arguments: ["tools"])]).status == .ok)
        #expect(Self.found([Self.process(1, parent: "init", arguments: ["--nonsense"])]).status == .ok)
    }

    #if canImport(Glibc)
    @Test func `are read from what the kernel lists`() throws {
        let folder = TemporaryDirectory()
        let place = "\(folder.path)/4711"
        try #require(mkdir(place, 0o700) == 0 && mkdir("\(folder.path)/1", 0o700) == 0)
        let files = [
            "4711/comm": "oe-mcp\n", "4711/status": "Name:\toe-mcp\nPPid:\t1\nUid:\t\(geteuid())\t0\t0\t0\n",
            "4711/stat":
                "4711 (oe mcp)) S 1 \((5...21).map { String($0) }.joined(separator: " ")) \(sysconf(Int32(_SC_CLK_TCK)) * 40) 0",
            "4711/cmdline": "oe-mcp\0serve\0", "1/comm": "systemd\n", "uptime": "100.00 50.00\n",
        ]
        for (name, text) in files { folder.write(Array(text.utf8), to: name) }
        let found = OwnProcess.all(in: folder.path, now: 1000)
        let process = OwnProcess(
            id: 4711,
            parent: 1,
            parentName: "systemd",
            arguments: ["serve"],
            path: "oe-mcp",
            start: 940
        )
        #expect(found == [process])
    }
    #endif
}

@Suite struct `The place of the program` {
    @Test func `is fine where programs stay`() {
        let place = "/usr/bin/oe-mcp"
        #expect(PlaceChecks.path(place, below: nil, isQuarantined: false, isEmulated: false).status == .ok)
        #expect(PlaceChecks.path(place, below: ".build", isQuarantined: false, isEmulated: false).status == .warn)
        #expect(PlaceChecks.path(place, below: nil, isQuarantined: false, isEmulated: true).status == .warn)
        #expect(PlaceChecks.path(place, below: nil, isQuarantined: true, isEmulated: false).status == .fail)
    }

    @Test func `is not what a shell would find where another comes first`() throws {
        let folder = TemporaryDirectory()
        folder.write([], to: "oe-mcp")
        let other = "\(folder.path)/oe-mcp"
        try #require(chmod(other, 0o755) == 0)
        var machine = Machine.current()
        machine.variables["PATH"] = folder.path
        let check = PlaceChecks.others(of: "/usr/bin/oe-mcp", on: machine) { _ in "0.0.1" }
        #expect(check.status == .warn && check.summary == "PATH leads to another: \(other) (0.0.1)")
        #expect(PlaceChecks.others(of: other, on: machine) { _ in nil }.status == .ok)
    }
}

@Suite struct `Copies of clients' files` {
    @Test func `are stale when they are old and nothing needs them`() throws {
        let folder = TemporaryDirectory()
        let place = "\(folder.path)/backups/cursor"
        _ = try PrivateDirectory(place)
        let store = InstallStore(backups: "\(folder.path)/backups", notes: "\(folder.path)/notes")
        let (old, new) = (InstallStore.stamp(0) + "-key-digest", InstallStore.stamp(1_800_000_000) + "-key-digest")
        for name in [old, new] { folder.write([1], to: "backups/cursor/\(name)") }
        let check = BackupChecks.check(store, now: 1_800_000_000)
        #expect(check.status == .warn && check.fix?.repair == .remove(["\(place)/\(old)"]))
        #expect(BackupChecks.check(store, now: 1000).status == .ok)
    }
}

@Suite struct `A handshake that doctor makes` {
    @Test func `shows what the program said where it fails`() {
        let fault = HandshakeCheck.Fault(what: "It ended at once.", said: ["cannot open it"])
        let check = HandshakeChecks.verdict(
            .failure(fault),
            .handshakeSession,
            "cursor",
            ["/a b/oe-mcp", "--profile", "x"]
        )
        #expect(check.status == .fail && check.summary == "cursor: It ended at once")
        #expect(check.details["stderr"]?[0]?.string == "cannot open it")
        #expect(check.fix?.command == "cd / && env -i '/a b/oe-mcp' --profile x")
    }

    @Test func `shows no secret of the entry, nor where the program repeats it`() {
        let fault = HandshakeCheck.Fault(
            what: "It ended at once.",
            said: ["unknown option: zzz999zzz", "no SEKRET99999"]
        )
        let words = [
            "/a/oe-mcp", "--set", "OVALEDGE_USER_SECRET=SEKRET99999", "--api-key", "zzz999zzz", "--token", "ab",
            "--profile", "x",
        ]
        let check = HandshakeChecks.verdict(.failure(fault), .handshakeStateless, "cursor", words)
        let shown =
            "cd / && env -i /a/oe-mcp --set 'OVALEDGE_USER_SECRET=••••' --api-key '••••' --token '••••' --profile x"
        #expect(check.fix?.command?.filter { $0 != "'" } == shown.filter { $0 != "'" })
        #expect(check.details["stderr"]?.array == ["unknown option: ••••", "no ••••"])
    }
}
