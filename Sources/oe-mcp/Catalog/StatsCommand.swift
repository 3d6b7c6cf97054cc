import Clock
import Commands
import Files
import JSON
import Logging
import Rendering
import Settings
import Telemetry
import Text
import Threads

/// `oe-mcp stats`: what the servers of this user have counted, those that run and those that have ended.
enum StatsCommand {
    static let description = CommandLineCommand(
        "stats",
        "Show how often tools were called, how they failed and how long they took.",
        options: [CommandLineOption("json", "Print all of it as JSON.")]
    )

    static func run(_ line: ParsedCommandLine) -> Int32 {
        do {
            try show(line)
            return 0
        } catch {
            let remedy = (error as? FileError)?.remedy ?? "Move or remove it; counting begins again with the next call."
            StandardError.write(VisibleText.line("oe-mcp: \(error). \(remedy)"))
            return 1
        }
    }

    private static func show(_ line: ParsedCommandLine) throws {
        let path = Wiring.counterFolder(isSandbox: line.has("sandbox"))
        guard let folder = try CounterFolder.existing(path), let (counters, running) = try folded(folder) else {
            StandardOutput.write(line.has("json") ? "{}" : VisibleText.line("No calls in \(path)."))
            return
        }
        let report = CounterReport(counters)
        StandardOutput.write(
            line.has("json") ? json(report, counters, running) : summary(report, counters, running)
        )
    }

    /// Another process that sums them up at this moment is waited for.
    private static func folded(_ folder: CounterFolder) throws -> (Counters, running: Int)? {
        for _ in 0..<100 {
            if let (sum, running) = try folder.folded(counting: true) { return sum.map { ($0, running) } }
            Threads.pause(seconds: 0.02)
        }
        throw FileError(
            "another process holds the lock of the sum",
            remedy: "Try again; if it stays so, end the oe-mcp process that hangs."
        )
    }

    private static func json(_ report: CounterReport, _ counters: Counters, _ running: Int) -> String {
        var json: JSON = [
            "since": .string(Timestamp.text(counters.since)), "until": .string(Timestamp.text(counters.until)),
            "running": .int(running),
        ]
        for member in report.json.object?.members ?? [] { json[member.name] = member.value }
        return TerminalText.json(json)
    }

    private static func summary(_ report: CounterReport, _ counters: Counters, _ running: Int) -> String {
        let header = ["Tool", "Calls", "Failed", "p50", "p95"]
        let rows = report.rows.map { row in
            let numbers = [String(row.calls), String(row.failures), seconds(row.median), seconds(row.slow)]
            return [TextTable.Cell(row.tool)] + numbers.map { TextTable.Cell($0, isNumber: true) }
        }
        var lines = ["Since \(Timestamp.text(counters.since)); servers that run: \(running)."]
        lines += [""] + TextTable(columns: header, rows: rows).lines(in: nil).lines
        let errors = report.rows.flatMap { row in
            row.errors.sorted { $0.key < $1.key }.map { "\(row.tool): \($0.key) \($0.value)" }
        }
        if !errors.isEmpty { lines += ["", "Failed calls by kind"] + errors.map { "  \($0)" } }
        lines += ["", "Token exchanges: \(list(report.exchanges))"]
        if report.exchangeMedian != nil {
            lines.append("  p50 \(seconds(report.exchangeMedian)), p95 \(seconds(report.exchangeSlow))")
        }
        lines.append("Requests to OvalEdge: \(list(report.requests))")
        return lines.joined(separator: "\n")
    }

    private static func list(_ pairs: [(String, Int)]) -> String {
        pairs.isEmpty ? "none" : pairs.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    }

    /// An estimate, as much as the buckets say.
    private static func seconds(_ seconds: Double?) -> String {
        guard let seconds else { return "-" }
        return seconds < 1 ? "\(Int((seconds * 1000).rounded())) ms" : "\((seconds * 10).rounded() / 10) s"
    }
}
