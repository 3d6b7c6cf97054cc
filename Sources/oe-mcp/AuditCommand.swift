import JSON
import Logging
import OvalEdge
import Settings

/// `oe-mcp audit`: every write that was attempted, and whether the record of it is whole.
enum AuditCommand {
    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let check = try AuditCheck(folder: try Wiring(line, logLevel: .error).auditFolder)
        if line.has("verify") { return verify(check) }
        let lines = check.lines.map { line.has("json") ? JSON.object($0.members).text : text($0) }
        StandardOutput.write(lines.isEmpty ? "No write has been attempted." : lines.joined(separator: "\n"))
        return 0
    }

    /// The exit code tells scripts.
    private static func verify(_ check: AuditCheck) -> Int32 {
        guard check.broken.isEmpty else {
            StandardOutput.write(
                "The chain is broken at \(check.broken.joined(separator: ", ")): that line, or the one before it, is not "
                    + "what was written. Compare with a copy of the folder."
            )
            return 1
        }
        StandardOutput.write("\(check.lines.count) lines, each following from the one before.")
        return 0
    }

    private static func text(_ line: AuditCheck.Line) -> String {
        ["at", "outcome", "tool", "target", "confirmed", "client"]
            .map { line.members[$0]?.string ?? "-" }.joined(separator: "  ")
    }
}
