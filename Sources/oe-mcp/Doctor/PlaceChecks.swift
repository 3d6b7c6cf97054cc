import ClientConfiguration
import Commands
import Settings
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where this program lies, which others of its name a shell would find first, and which processes run it.
enum PlaceChecks {
    static func checks() -> [DoctorCheck] {
        let place = ThisProgram.path
        let folder = ThisProgram.passingFolder
        return DoctorCheck.timed([
            { [path(place, below: folder, isQuarantined: isQuarantined(place), isEmulated: isEmulated)] },
            { [others(of: place, on: Machine.current()) { version(of: $0) }] },
            { [StrayChecks.check()] },
        ])
    }

    static func path(_ path: String, below folder: String?, isQuarantined: Bool, isEmulated: Bool) -> DoctorCheck {
        if isQuarantined {
            return .fail(
                .programPath,
                "\(path) is in quarantine, so that clients cannot start it",
                fix: DoctorCheck.Fix(
                    "Release it, if you trust where it came from.",
                    command: "xattr -d com.apple.quarantine \(Shell.quoted(path))"
                )
            )
        }
        if isEmulated {
            let fix = DoctorCheck.Fix("Get the program for the processor of this machine.")
            return .warn(.programPath, "\(path) is for another processor, and runs translated", fix: fix)
        }
        guard let folder else { return .ok(.programPath, path) }
        let fix = DoctorCheck.Fix("Move it to a folder of its own, such as /usr/local/bin, and install from there.")
        return .warn(.programPath, "\(path) is in a folder named \(folder), where programs do not stay", fix: fix)
    }

    /// `version` asks a program for its version.
    static func others(of own: String, on machine: Machine, version: (String) -> String?) -> DoctorCheck {
        let folders = (machine.variables["PATH"] ?? "").split(separator: ":").filter { $0.first == "/" }
        let found = folders.map { "\($0)/oe-mcp" }.filter { Machine.isExecutable($0) }
        let foreign = found.filter { Machine.real($0) != Machine.real(own) }
        guard let first = foreign.first else {
            return .ok(.programOthers, found.isEmpty ? "none on PATH" : "PATH leads to this program")
        }
        let list = foreign.map { "\($0) (\(version($0) ?? "an unknown version"))" }.joined(separator: ", ")
        let isFirst = found.first == first
        return .warn(
            .programOthers,
            isFirst ? "PATH leads to another: \(list)" : "there are others on PATH: \(list)",
            fix: DoctorCheck.Fix("Remove what is not needed; this one is \(own).")
        )
    }

    private static func version(of path: String) -> String? {
        let outcome = ForeignCommand.outcome(path, ["--version"], environment: [:], errors: false, seconds: 2)
        guard let outcome, outcome.code == 0 else { return nil }
        return outcome.output.split(separator: "\n").first?.split(separator: " ").last.map { String($0) }
    }

    #if canImport(Darwin)
    private static func isQuarantined(_ path: String) -> Bool {
        getxattr(path, "com.apple.quarantine", nil, 0, 0, 0) >= 0
    }

    private static var isEmulated: Bool {
        var (value, size) = (Int32(0), MemoryLayout<Int32>.size)
        return sysctlbyname("sysctl.proc_translated", &value, &size, nil, 0) == 0 && value == 1
    }
    #else
    // Only macOS marks what was downloaded, and translates programs itself.
    private static func isQuarantined(_ path: String) -> Bool { false }
    private static let isEmulated = false
    #endif
}
