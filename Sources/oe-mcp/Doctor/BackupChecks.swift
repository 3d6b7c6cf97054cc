import ClientConfiguration
import Clock
import Commands
import JSON

/// Copies of clients' files that `install` has kept, and that nothing needs any more.
enum BackupChecks {
    private static let days = 90.0

    static func check(_ store: InstallStore, now: Double = SystemClock.secondsSince1970()) -> DoctorCheck {
        let stale = store.staleBackups(before: InstallStore.stamp(now - days * 86_400))
        guard !stale.isEmpty else { return .ok(.diskBackups, "no copy is kept that nothing needs") }
        return DoctorCheck(
            .diskBackups,
            .warn,
            "\(stale.count) \(stale.count == 1 ? "copy" : "copies") of clients' files, older than \(Int(days)) days",
            details: JSONObject(details: ("file", .strings(stale))),
            fix: DoctorCheck.Fix("Remove them.", command: "oe-mcp doctor --only disk --fix", repair: .remove(stale))
        )
    }
}
