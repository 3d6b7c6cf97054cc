import ClientConfiguration
import Clock
import Commands
import JSON
import Settings

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Processes of this program that no client uses any more, or that run what was replaced since.
enum StrayChecks {
    /// Those that take over processes whose parent has ended.
    private static let keepers: Set = ["systemd", "init", "launchd", "tini", "dumb-init", "docker-init"]

    static func check() -> DoctorCheck {
        check(OwnProcess.all(), replaced: changed(ThisProgram.path), now: SystemClock.secondsSince1970())
    }

    /// `replaced` is when the program was put where it is, in seconds since 1970.
    static func check(_ all: [OwnProcess], replaced: Double?, now: Double) -> DoctorCheck {
        let servers = all.filter { $0.isServer }
        let details = JSONObject(details: ("process", .array(servers.map { .string($0.text(now: now)) })))
        let strays = servers.filter { keepers.contains($0.parentName) }
        if !strays.isEmpty {
            let list = strays.map { $0.text(now: now) }.joined(separator: "; ")
            let fix = DoctorCheck.Fix(
                "End what no client uses.",
                command: "kill \(strays.map { String($0.id) }.joined(separator: " "))"
            )
            return DoctorCheck(
                .programStrays,
                .warn,
                "left over from clients that have ended: \(list)",
                details: details,
                fix: fix
            )
        }
        let old = servers.filter { $0.start < replaced ?? 0 }
        guard old.isEmpty else {
            let list = old.map { $0.text(now: now) }.joined(separator: "; ")
            let fix = DoctorCheck.Fix("Start those clients again.")
            return DoctorCheck(
                .programStrays,
                .warn,
                "older than the program that is here now: \(list)",
                details: details,
                fix: fix
            )
        }
        let count = servers.count
        let found =
            switch count {
            case 0: "no other process runs"
            case 1: "1 other process runs, for a client"
            default: "\(count) other processes run, each for a client"
            }
        return .ok(.programStrays, found, details: details)
    }

    /// When the file was last changed, in seconds since 1970.
    private static func changed(_ path: String) -> Double? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Glibc)
        return Double(status.st_ctim.tv_sec)
        #else
        return Double(status.st_ctimespec.tv_sec)
        #endif
    }
}

extension OwnProcess {
    /// Whether it stands at the other end of a client, and was not typed by a person.
    fileprivate var isServer: Bool {
        guard let arguments else { return true }
        do throws(UsageError) {
            let line = try Program.commandLine.parse(arguments)
            return !line.wantsHelp && ["serve", "bridge", nil].contains(line.command?.name)
        } catch {
            return false
        }
    }

    fileprivate func text(now: Double) -> String {
        let minutes = Int(max(now - start, 0)) / 60
        let age = minutes < 120 ? "\(minutes) minutes" : "\(minutes / 60) hours"
        return "\(id), for \(age), started by \(parentName.isEmpty ? "process \(parent)" : parentName)"
    }
}
