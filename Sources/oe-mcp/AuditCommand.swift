import JSON
import Logging
import OvalEdge
import OvalEdgeTools
import Settings

/// `oe-mcp audit`: every write that was attempted, and whether the audit log is what was written.
enum AuditCommand {
    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let wiring = try Wiring(line, logLevel: .error)
        let check = try AuditCheck(folder: wiring.auditFolder, key: wiring.auditKey)
        if line.has("verify") { return verify(check, wiring.auditKey) }
        let lines = check.lines.map { line.has("json") ? TerminalText.json(.object($0.members)) : text($0) }
        StandardOutput.write(lines.isEmpty ? "No entries in \(wiring.auditFolder)." : lines.joined(separator: "\n"))
        for place in check.unreadable { StandardError.write("oe-mcp: \(place) cannot be read") }
        for sentence in shortened(check.missing) { StandardError.write("oe-mcp: \(sentence)") }
        if lines.isEmpty && check.isPartial {
            let path = wiring.auditKey.path
            StandardError.write("oe-mcp: The key \(path) is missing, so that missing entries would not show.")
        }
        return 0
    }

    /// The exit code tells scripts.
    private static func verify(_ check: AuditCheck, _ key: AuditKeyFile) -> Int32 {
        let partial = """
            Verification is incomplete: the key \(key.path) is missing, so only the plain chain was checked.
            """
        let lines = (check.isPartial ? [partial] : []) + verdict(check, key) + remarks(check)
        StandardOutput.write(lines.joined(separator: "\n"))
        return check.isWhole && !check.isPartial ? 0 : 1
    }

    private static func verdict(_ check: AuditCheck, _ key: AuditKeyFile) -> [String] {
        if check.key == .another {
            return ["Verification failed: no entry was written with the key \(key.path). Name the right one."]
        }
        guard check.isWhole else {
            let isKeyed = check.key == .checked
            let what = isKeyed ? "was changed, or is not an entry of this log" : "or the line before it was changed"
            let why = check.forged > 0 ? ": entries were made up or changed" : ""
            return ["Verification failed\(why). Compare the audit log with a backup."]
                + shortened(check.broken.map { "\($0) \(what)." }) + shortened(check.missing)
        }
        let last = check.last.prefix(16)
        let end = check.lines.isEmpty ? "." : "; the last line has the digest \(last)…"
        let verdict = check.key == .checked ? ", complete and unchanged" : ""
        return ["\(counted(check.entries, "entry", "entries"))\(verdict)\(end)"]
    }

    private static func remarks(_ check: AuditCheck) -> [String] {
        var remarks: [String] = []
        if check.unkeyed > 0 {
            let lines = counted(check.unkeyed, "line was", "lines were")
            remarks.append("\(lines) written before entries were keyed: the plain chain alone speaks for them.")
        }
        return remarks
            + shortened(check.torn.map { "\($0) is incomplete: a crash or a full disk cut it off." })
    }

    private static func shortened(_ lines: [String]) -> [String] {
        lines.count > 20 ? lines.prefix(20) + ["… and \(lines.count - 20) more."] : lines
    }

    private static func counted(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }

    private static func text(_ line: AuditCheck.Line) -> String {
        ["at", "outcome", "tool", "target", "confirmed", "client"]
            .map { TerminalText.line(line.members[$0]?.string ?? "-") }.joined(separator: "  ")
    }
}
