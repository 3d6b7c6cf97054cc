#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The time zones that this machine knows.
package enum TimeZoneDatabase {
    private static let directory = "/usr/share/zoneinfo"

    /// Whether there is a zone of this name, which has the form of one.
    ///
    /// Some systems install former names, such as US/Pacific, apart from the others; `tzdata.zi` lists them nevertheless.
    /// Without a database every name of two parts may be one.
    package static func knows(_ name: String) -> Bool {
        if ["UTC", "GMT"].contains(name) { return true }
        guard access(directory, R_OK) == 0 else { return name.contains("/") }
        var status = stat()
        if stat("\(directory)/\(name)", &status) == 0 { return status.st_mode & S_IFMT == S_IFREG }
        guard case .content(let bytes, _) = SettingsFile.onDisk("\(directory)/tzdata.zi") else { return false }
        // A zone is `Z NAME …`, another name for one is `L NAME OTHER`.
        return bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
            switch words.first {
            case [UInt8(ascii: "Z")]: return words.count > 1 && words[1].elementsEqual(name.utf8)
            case [UInt8(ascii: "L")]: return words.count > 2 && words[2].elementsEqual(name.utf8)
            default: return false
            }
        }
    }
}
