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
        let format = try line.outputFormat(orJSON: "json")
        if line.has("verify"), let format {
            throw UsageError(
                "`--verify` shows no entries, and nothing as \(format.rawValue).",
                advice: "Leave out `--verify`, or what asks for another form."
            )
        }
        let wiring = try Wiring(line, logLevel: .error)
        let check = try AuditCheck(folder: wiring.auditFolder, key: wiring.auditKey)
        let verdict = AuditVerdict(check, wiring.auditKey)
        if line.has("verify") {
            StandardOutput.write(verdict.lines.map { VisibleText.line($0) }.joined(separator: "\n"))
        } else {
            show(check, format, in: wiring.auditFolder)
            for line in verdict.faults + verdict.torn { StandardError.write(VisibleText.line("oe-mcp: \(line)")) }
        }
        return verdict.isGood ? 0 : 1
    }

    /// For a program, no entry is no line but the heading of CSV.
    private static func show(_ check: AuditCheck, _ format: OutputFormat?, in folder: String) {
        switch format {
        case .json: for line in check.lines { StandardOutput.write(TerminalText.json(.object(line.members))) }
        case .csv where check.lines.isEmpty: TextTable(columns: columns, rows: []).writeCSV()
        case .csv: TextTable(check.lines.map { $0.members }).writeCSV()
        case _ where check.lines.isEmpty: StandardOutput.write(VisibleText.line("No entries in \(folder)."))
        case .table:
            let rows = check.lines.map { line in columns.map { TextTable.Cell(line.members[$0]?.string ?? "-") } }
            TextTable(columns: columns, rows: rows).write()
        case nil: for line in check.lines { StandardOutput.write(text(line)) }
        }
    }

    private static func text(_ line: AuditCheck.Line) -> String {
        columns.map { TerminalText.line(line.members[$0]?.string ?? "-") }.joined(separator: "  ")
    }

    private static let columns = ["at", "outcome", "tool", "target", "confirmed", "client"]
}
