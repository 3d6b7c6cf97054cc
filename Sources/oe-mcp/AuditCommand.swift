import Commands
import JSON
import Logging
import OvalEdge
import OvalEdgeTools
import Rendering
import Settings
import Text
import Writes

/// `oe-mcp audit`: every write that was attempted, and whether the audit log is what was written.
///
/// The exit code shows scripts whether it is.
enum AuditCommand {
    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let wiring = try Wiring(line, logLevel: .error)
        let check = try AuditCheck(folder: wiring.auditFolder, key: wiring.auditKey)
        let verdict = AuditVerdict(check, wiring.auditKey)
        if line.has("verify") {
            StandardOutput.write(verdict.lines.map { VisibleText.line($0) }.joined(separator: "\n"))
        } else {
            show(check, asJSON: line.has("json"), in: wiring.auditFolder)
            for line in verdict.faults + verdict.torn { StandardError.write(VisibleText.line("oe-mcp: \(line)")) }
        }
        return verdict.isGood ? 0 : 1
    }

    /// As JSON no entry is no line.
    private static func show(_ check: AuditCheck, asJSON: Bool, in folder: String) {
        if check.lines.isEmpty && !asJSON { StandardOutput.write(VisibleText.line("No entries in \(folder).")) }
        for line in check.lines {
            StandardOutput.write(asJSON ? TerminalText.json(.object(line.members)) : text(line))
        }
    }

    private static func text(_ line: AuditCheck.Line) -> String {
        ["at", "outcome", "tool", "target", "confirmed", "client"]
            .map { TerminalText.line(line.members[$0]?.string ?? "-") }.joined(separator: "  ")
    }
}
