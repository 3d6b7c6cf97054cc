package import JSON
package import Logging
import Settings

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// All that was found, and what follows from it.
package struct DoctorReport: Sendable {
    package enum Status: String, Sendable { case ok, degraded, failed }

    package let program: String
    package let profile: String
    /// Those that were looked at, where that is not one alone.
    private let profiles: [String]?
    /// In the order of their groups.
    package private(set) var checks: [DoctorCheck]

    package init(program: String, profile: String, profiles: [String]? = nil, _ checks: [DoctorCheck]) {
        self.program = program
        self.profile = profile
        self.profiles = profiles
        let order = DoctorGroup.allCases
        self.checks = order.flatMap { group in checks.filter { $0.group == group } }
    }

    package func count(_ status: DoctorCheck.Status) -> Int { checks.count { $0.status == status } }

    package var status: Status { count(.fail) > 0 ? .failed : count(.warn) > 0 ? .degraded : .ok }

    /// Warnings count when that is asked for.
    package func exitCode(isStrict: Bool) -> Int32 {
        switch status {
        case .ok: 0
        case .degraded: isStrict ? 1 : 0
        case .failed: 1
        }
    }

    /// With all secrets replaced.
    package func json(_ redactors: [Redactor]) -> JSON {
        let counts = DoctorCheck.Status.allCases.map { JSONObject.Member($0.rawValue, .int(count($0))) }
        let json = JSON.members(
            ("schema", 1),
            (
                "program",
                [
                    "name": .string(program), "version": .string(ProgramVersion.current),
                    "os": .string(Self.system.os), "arch": .string(Self.system.arch),
                ]
            ),
            ("profile", .string(profile)),
            ("profiles", profiles.map { .strings($0) }),
            ("status", .string(status.rawValue)),
            ("counts", .object(JSONObject(counts))),
            ("checks", .array(checks.map { $0.json }))
        )
        return redactors.map { $0.finder }.reduce(json) { json, finder in
            json.replacingTexts { finder.redacted($0) } ?? json
        }
    }

    /// As `uname` says it.
    package static var system: (os: String, arch: String) {
        var names = utsname()
        guard uname(&names) == 0 else { return ("unknown", "unknown") }
        return (text(of: names.sysname), text(of: names.machine))
    }

    private static func text(of field: some Any) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
