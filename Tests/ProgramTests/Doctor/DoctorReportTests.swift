import JSON
import Logging
import Testing

@testable import Commands

@Suite struct `A report of doctor` {
    private static func report(_ statuses: DoctorCheck.Status...) -> DoctorReport {
        DoctorReport(program: "oe-mcp", profile: "default", statuses.map { DoctorCheck(.netDNS, $0, "found") })
    }

    @Test(
        arguments: [
            ([], "ok", 0, 0), ([.ok], "ok", 0, 0), ([.ok, .skip], "ok", 0, 0), ([.ok, .warn], "degraded", 0, 1),
            ([.warn, .fail, .skip], "failed", 1, 1),
        ] as [([DoctorCheck.Status], String, Int32, Int32)]
    )
    func `is as bad as the worst of it`(statuses: [DoctorCheck.Status], status: String, code: Int32, strict: Int32) {
        let checks = statuses.map { DoctorCheck(.netDNS, $0, "found") }
        let report = DoctorReport(program: "oe-mcp", profile: "default", checks)
        #expect(report.status.rawValue == status)
        #expect(report.exitCode(isStrict: false) == code)
        #expect(report.exitCode(isStrict: true) == strict)
    }

    @Test func `has its checks in the order of the groups, not in that of their ends`() {
        let codes: [CheckCode] = [.handshakeSession, .diskState, .clientEntry, .netDNS, .programVersion]
        let report = DoctorReport(program: "oe-mcp", profile: "default", codes.map { .ok($0, "found") })
        #expect(report.checks.map { $0.id } == codes.reversed().map { $0.rawValue })
    }

    @Test func `has all of it for programs, and no secret`() throws {
        let redactor = Redactor()
        redactor.add(Secret("secret-word-4711"))
        let check = DoctorCheck(
            .netTLS,
            .fail,
            "secret-word-4711 is said.",
            details: JSONObject(details: ("chain", ["by secret-word-4711"])),
            fix: DoctorCheck.Fix("Do it.", command: "do secret-word-4711")
        )
        let json = DoctorReport(program: "oe-mcp", profile: "prod", [check]).json([redactor])
        #expect(!json.text.contains("4711"))
        #expect(json["schema"]?.int == 1 && json["profile"]?.string == "prod" && json["status"]?.string == "failed")
        #expect(json["counts"] == ["ok": 0, "warn": 0, "fail": 1, "skip": 0])
        let found = try #require(json["checks"]?[0])
        #expect(found["id"]?.string == "net.tls" && found["group"]?.string == "network")
        #expect(found["summary"]?.string?.hasSuffix("is said") == true)
        #expect(found["fix"]?["text"]?.string == "Do it.")
    }

    @Test func `is one line a check, its command at the end`() {
        let fix = DoctorCheck.Fix("Close it.", command: "chmod 600 a")
        let check = DoctorCheck.warn(.profileFileMode, "a is open", fix: fix)
        let line = DoctorText(isForTerminal: false).lines(check)
        #expect(line.map { $0.mark + $0.rest } == ["warn  profile.file_mode        a is open — chmod 600 a"])
        let shown = DoctorText(isForTerminal: true).lines(check)
        #expect(shown.first?.mark == "!" && shown.first?.tint == .yellow)
    }

    @Test func `shows what a failure is judged by, and of the rest only what is asked for`() {
        let details = JSONObject(details: ("chain", ["first", "second"]))
        let failed = DoctorCheck(.netTLS, .fail, "no", details: details)
        let passed = DoctorCheck(.netTLS, .ok, "yes", details: details)
        let (short, long) = (DoctorText(isForTerminal: false), DoctorText(isForTerminal: false, isVerbose: true))
        #expect(short.lines(failed).count == 3 && short.lines(passed).count == 1 && long.lines(passed).count == 3)
    }

    @Test func `shows the time of each check that was made, where all is asked for`() {
        var check = DoctorCheck.ok(.netTLS, "yes")
        check.milliseconds = 41
        let text = DoctorText(isForTerminal: false, isVerbose: true)
        #expect(text.lines(check).last?.rest == "      took 41 ms")
        #expect(DoctorText(isForTerminal: false).lines(check).count == 1)
        let checks = DoctorCheck.timed([{ [.ok(.diskState, "yes")] }, { [.ok(.diskSpace, "yes")] }])
        #expect(checks.allSatisfy { text.lines($0).last?.rest.hasPrefix("      took ") == true })
        #expect(text.lines(.skip(.netTLS, "not reached")).count == 1)
    }

    @Test func `gives each check a name that says its group`() {
        for code in CheckCode.allCases {
            #expect(code.rawValue.wholeMatch(of: /[a-z]+\.[a-z_]+/) != nil)
            #expect(code.about.hasSuffix("."))
        }
        #expect(Set(CheckCode.allCases.map { $0.group }).count == DoctorGroup.allCases.count - 1)
    }
}
