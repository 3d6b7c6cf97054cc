import Files
package import JSON

/// What a record of writes holds, and whether its chain is whole.
///
/// The chain shows changes and gaps; that lines at its very end are missing, it cannot show.
package struct AuditCheck: Sendable {
    package struct Line: Hashable, Sendable {
        /// Such as `audit.jsonl:7`.
        package let place: String
        package let members: JSONObject
    }

    package let lines: [Line]
    /// The places whose line does not follow from the one before, or is none.
    package let broken: [String]

    /// Reads all files of a folder in the order in which they were written; an empty one if there is none yet.
    package init(folder path: String) throws {
        let folder = try PrivateDirectory(path)
        let names = try AuditLog.numbers(in: folder).map { AuditLog.name(of: $0) } + [AuditLog.current]
        var lines: [Line] = []
        var broken: [String] = []
        var last: ArraySlice<UInt8>?
        for name in names {
            for (index, bytes) in (try AuditLog.lines(of: folder, name) ?? []).enumerated() {
                let place = "\(name):\(index + 1)"
                let members = (try? JSON(parsing: Array(bytes)))?.object
                let follows = try members?["previous"]?.string == AuditLog.digest(of: last)
                if !follows { broken.append(place) }
                if let members { lines.append(Line(place: place, members: members)) }
                last = bytes
            }
        }
        self.lines = lines
        self.broken = broken
    }
}
