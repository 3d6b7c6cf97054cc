import Files
import JSON
package import Settings
import Writes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What is kept on this machine, and whether there is room for it.
package enum DiskChecks {
    static func checks(_ subject: DoctorSubject) -> [DoctorCheck] {
        let folder = Environment.stateFolder
        let own: [() -> [DoctorCheck]] = [{ [state(folder)] }, { [space(at: existing(folder))] }]
        guard let wiring = subject.wiring else { return DoctorCheck.timed(own) }
        return DoctorCheck.timed(
            own + [{ [auditLog(wiring)] }, { [logFile(wiring.settings)].compactMap { $0 } }]
        )
    }

    /// The nearest folder on the way there that exists.
    private static func existing(_ path: String) -> String {
        var path = path
        while access(path, F_OK) != 0, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            path = String(path[..<slash])
        }
        return path.isEmpty ? "/" : path
    }

    package static func state(_ folder: String) -> DoctorCheck {
        let place = existing(folder)
        guard access(place, W_OK | X_OK) == 0 else {
            return .fail(
                .diskState,
                "\(place) cannot be written, where \(folder) belongs",
                fix: DoctorCheck.Fix("Give \(place) to this user, or set XDG_STATE_HOME to another folder.")
            )
        }
        return .ok(.diskState, "\(folder) can be written")
    }

    private static let littleSpace = 100 << 20
    private static let noSpace = 5 << 20

    package static func space(at folder: String, free known: Int? = nil) -> DoctorCheck {
        guard let free = known ?? freeBytes(at: folder) else {
            return .skip(.diskSpace, "\(folder) does not say how much room it has")
        }
        let found = "\(free >> 20) MiB are free at \(folder)"
        let fix = DoctorCheck.Fix("Free some space: tokens and the audit log need it.")
        if free < noSpace { return .fail(.diskSpace, found, fix: fix) }
        return free < littleSpace ? .warn(.diskSpace, found, fix: fix) : .ok(.diskSpace, found)
    }

    /// As this user may take them.
    private static func freeBytes(at folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        )
    }

    private static func auditLog(_ wiring: Wiring) -> DoctorCheck {
        do throws(AuditLogError) {
            let check = try AuditCheck(folder: wiring.auditFolder, key: wiring.auditKey)
            let verdict = AuditVerdict(check, wiring.auditKey)
            guard verdict.isGood else {
                let fix = DoctorCheck.Fix("Look at what is missing or changed.", command: "oe-mcp audit --verify")
                return .fail(.diskAudit, verdict.faults.first ?? "", fix: fix)
            }
            return .ok(.diskAudit, check.lines.isEmpty ? "no entries yet" : verdict.lines.first ?? "")
        } catch {
            return DoctorCheck(.diskAudit, error)
        }
    }

    /// Whether the log file that is set can be written; nil where none is set.
    package static func logFile(_ settings: Settings) -> DoctorCheck? {
        guard let file = settings.server.logFile else { return nil }
        do throws(FileError) {
            try RotatingFile(file.path, limit: file.maxBytes, keeping: file.kept).open()
            return .ok(.diskLog, "\(file.path) can be written")
        } catch {
            return .fail(.diskLog, error.description, fix: DoctorCheck.Fix(error.remedy ?? LogOutput.remedy))
        }
    }
}
