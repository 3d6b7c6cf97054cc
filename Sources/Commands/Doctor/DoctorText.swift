import JSON
package import Logging
package import Settings
import Text

/// How a report is written for people: one line a check, and one that sums them up.
package struct DoctorText: Sendable {
    /// A terminal takes signs and colours, a file or a pipe gets words.
    package let isForTerminal: Bool
    /// Whether everything that is known of each check is shown.
    package let isVerbose: Bool

    package init(isForTerminal: Bool, isVerbose: Bool = false) {
        self.isForTerminal = isForTerminal
        self.isVerbose = isVerbose
    }

    /// As it suits what standard output is.
    package static func ofThisOutput(_ line: ParsedCommandLine) -> DoctorText {
        DoctorText(
            isForTerminal: StandardOutput.isTerminal && !Environment.wantsNoColor,
            isVerbose: line.has("verbose")
        )
    }

    package func write(_ checks: [DoctorCheck], _ redactor: Redactor) {
        for line in checks.flatMap(lines) {
            StandardOutput.write(StyledLine(line, rest: VisibleText.line(redactor.redacted(line.rest))))
        }
    }

    /// The line of a check, its details below it.
    package func lines(_ check: DoctorCheck) -> [StyledLine] {
        let width = Self.widestCode
        let gap = String(repeating: " ", count: max(width - check.id.count, 0))
        let remedy = check.fix.map { " — \($0.command ?? $0.text)" } ?? ""
        let line = StyledLine(
            mark: mark(check.status),
            tint: isForTerminal ? Self.tint(check.status) : nil,
            rest: "  \(check.id)\(gap)  \(check.profile.map { "\($0): " } ?? "")\(check.summary)\(remedy)"
        )
        return [line] + below(check).map { StyledLine(mark: "", tint: nil, rest: "      \($0)") }
    }

    /// The last line.
    package func summary(_ report: DoctorReport) -> String {
        let counted = [
            (report.count(.fail), "failed"), (report.count(.warn), "to look at"), (report.count(.ok), "fine"),
            (report.count(.skip), "skipped"),
        ]
        let list = counted.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(report.status.rawValue): \(list.isEmpty ? "nothing was checked" : list)"
    }

    /// What a failure is judged by is always shown.
    private func below(_ check: DoctorCheck) -> [String] {
        guard isVerbose || check.status == .fail else { return [] }
        let more = check.fix?.command != nil ? [check.fix?.text].compactMap { $0 } : []
        let details = check.details.members.flatMap { Self.shown($0.name, $0.value) }
        return more + details + (isVerbose ? [Self.time(check)].compactMap { $0 } : [])
    }

    private static func time(_ check: DoctorCheck) -> String? {
        guard check.status != .skip, let time = check.milliseconds else { return nil }
        return time > 0 ? "took \(time) ms" : "took less than 1 ms"
    }

    private static func shown(_ name: String, _ value: JSON) -> [String] {
        guard let items = value.array else { return ["\(name): \(value.string ?? value.text)"] }
        return items.map { "\(name): \($0.string ?? $0.text)" }
    }

    private func mark(_ status: DoctorCheck.Status) -> String {
        guard isForTerminal else { return Self.words[status] ?? "" }
        return switch status {
        case .ok: "✓"
        case .warn: "!"
        case .fail: "✗"
        case .skip: "–"
        }
    }

    private static let words: [DoctorCheck.Status: String] = [
        .ok: "ok  ", .warn: "warn", .fail: "FAIL", .skip: "skip",
    ]

    private static func tint(_ status: DoctorCheck.Status) -> TerminalTint {
        switch status {
        case .ok: .green
        case .warn: .yellow
        case .fail: .red
        case .skip: .grey
        }
    }

    private static let widestCode = CheckCode.allCases.map { $0.rawValue.count }.max() ?? 0
}
