import CurlHTTP
import HTTP
import JSON
import Settings

/// The program itself, and the library it opens.
enum ProgramChecks {
    static func checks() -> [DoctorCheck] {
        let system = DoctorReport.system
        return DoctorCheck.timed([
            { [.ok(.programVersion, "\(ProgramVersion.current), \(system.os) \(system.arch)")] },
            { [library { () throws(HTTPFailure) in try CurlLibrary.version() }] },
        ])
    }

    static func library(_ version: () throws(HTTPFailure) -> String) -> DoctorCheck {
        do throws(HTTPFailure) {
            return .ok(.programLibrary, try version())
        } catch {
            return .fail(
                .programLibrary,
                error.description,
                fix: DoctorCheck.Fix("On Debian, install the package libcurl4.", command: "apt-get install libcurl4")
            )
        }
    }
}
