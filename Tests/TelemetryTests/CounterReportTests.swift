import JSON
import Testing

@testable import Telemetry

@Suite struct `A report of what was counted` {
    private let metrics = Metrics(.test, version: "1")
    private var report: CounterReport { CounterReport(Counters(of: metrics, since: 0, until: 1)) }

    private func call(_ tool: String, seconds: Double, error: String = "") {
        let operations = metrics.operations
        let place = metrics.place(of: "tools/call", tool: tool)
        operations.observe(Int(seconds * 1e9), in: operations.row(place, metrics.errors.place(of: error), 0))
    }

    @Test func `has the most called tool first, with its errors by kind`() {
        for _ in 0..<3 { call("show", seconds: 0.015) }
        call("find", seconds: 0.015)
        call("find", seconds: 0.015, error: "tool_error")
        let rows = report.rows
        #expect(rows.map { $0.tool } == ["show", "find"])
        #expect(rows.map { $0.calls } == [3, 2] && rows.map { $0.failures } == [0, 1])
        #expect(rows[1].errors == ["tool_error": 1])
        #expect(report.json["tools"]?[1]?["errors"] == ["tool_error": 1])
    }

    @Test func `estimates how long half and most of the calls take`() throws {
        for _ in 0..<95 { call("find", seconds: 0.015) }
        for _ in 0..<5 { call("find", seconds: 4) }
        let row = try #require(report.rows.first)
        let (median, slow) = (try #require(row.median), try #require(row.slow))
        #expect((0.01...0.02).contains(median) && (0.01...0.02).contains(slow))
        for _ in 0..<5 { call("find", seconds: 4) }
        #expect(try #require(report.rows.first?.slow) > 2)
    }

    @Test func `says no more than its last bound, and nothing without calls`() {
        call("find", seconds: 4000)
        #expect(report.rows.first?.median == 300)
        #expect(CounterReport(Counters(since: 0, until: 1)).rows.isEmpty)
        #expect(CounterReport(Counters(since: 0, until: 1)).exchangeMedian == nil)
    }

    @Test func `names outcomes and classes that there were`() {
        metrics.exchanged(.ok, after: 15_000_000)
        metrics.requested(status: 200)
        metrics.requested(status: nil)
        #expect(report.json["exchanges"]?["outcomes"] == ["ok": 1])
        #expect(report.json["upstream_requests"] == ["2xx": 1, "failed": 1])
    }
}
