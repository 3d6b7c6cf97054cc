package import Writes

/// What the check of an audit log means, in sentences.
package struct AuditVerdict {
    /// Whether everything was checked and nothing is missing or changed.
    package let isGood: Bool
    /// What is wrong or was not checked; each a sentence.
    package let faults: [String]
    /// The lines that a crash cut off; each a sentence.
    package let torn: [String]
    private let summary: String
    private let remarks: [String]

    package init(_ check: AuditCheck, _ key: AuditKeyFile) {
        isGood = check.isWhole && !check.isPartial
        let partial = """
            Verification is incomplete: the key \(key.path) is missing, so only the plain chain was checked.
            """
        faults = (check.isPartial ? [partial] : []) + Self.faults(check, key)
        summary = Self.summary(check)
        remarks = Self.remarks(check)
        torn = Self.shortened(check.torn.map { "\($0) is incomplete: a crash or a full disk cut it off." })
    }

    /// All of it, the verdict first.
    package var lines: [String] { faults + (summary.isEmpty ? [] : [summary]) + remarks + torn }

    private static func faults(_ check: AuditCheck, _ key: AuditKeyFile) -> [String] {
        if check.key == .another {
            return ["Verification failed: no entry was written with the key \(key.path). Name the right one."]
        }
        if check.isWhole { return [] }
        let isKeyed = check.key == .checked
        let what = isKeyed ? "was changed, or is not an entry of this log" : "or the line before it was changed"
        let why = check.forged > 0 ? ": entries were made up or changed" : ""
        return ["Verification failed\(why). Compare the audit log with a backup."]
            + shortened(check.broken.map { "\($0) \(what)." }) + shortened(check.missing)
    }

    /// Empty for a log that is not whole.
    private static func summary(_ check: AuditCheck) -> String {
        guard check.isWhole else { return "" }
        let last = check.last.prefix(16)
        let end = check.lines.isEmpty ? "." : "; the last line has the digest \(last)…"
        return counted(check.entries, "entry", "entries")
            + (check.key == .checked ? ", complete and unchanged" : "") + end
    }

    private static func remarks(_ check: AuditCheck) -> [String] {
        guard check.unkeyed > 0 else { return [] }
        let lines = counted(check.unkeyed, "line was", "lines were")
        return ["\(lines) written before entries were keyed: only the plain chain was checked for them."]
    }

    private static func shortened(_ lines: [String]) -> [String] {
        lines.count > 20 ? lines.prefix(20) + ["… and \(lines.count - 20) more."] : lines
    }

    private static func counted(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }
}
