import JSON
import Testing

@testable import Telemetry

extension OperationNames {
    static let test = OperationNames(
        methods: ["initialize", "tools/call"],
        tools: ["find", "show"],
        otherNames: ["search": "find"],
        revisions: ["2025-11-25"],
        transport: "tcp"
    )
}

extension Metrics {
    /// How often something was counted under a name, with these labels.
    func count(_ family: String, _ labels: (String, String)...) -> Int {
        let fitting = samples(of: family).filter { sample in
            labels.allSatisfy { label in sample.labels.contains { $0.name == label.0 && $0.value == label.1 } }
        }
        return fitting.reduce(0) { $0 + ($1.numbers.count == 1 ? $1.numbers : $1.numbers.dropLast()).reduce(0, +) }
    }
}

@Suite struct `What is counted` {
    private let metrics = Metrics(.test, version: "1.2")
    private var telemetry: Telemetry { Telemetry(metrics) }
    private static let operations = "mcp_server_operation_duration_seconds"

    @Test func `is each request by its method, and a call by its tool as it is named today`() {
        telemetry.begin("tools/call", tool: "find", id: "1").finish()
        telemetry.begin("tools/call", tool: "search", id: "2").finish()
        telemetry.begin("initialize", id: "3").finish()
        #expect(metrics.count(Self.operations, ("gen_ai_tool_name", "find"), ("mcp_method_name", "tools/call")) == 2)
        #expect(metrics.count(Self.operations, ("mcp_method_name", "initialize")) == 1)
        #expect(metrics.count(Self.operations, ("network_transport", "tcp")) == 3)
    }

    @Test func `is looked at in all parts of the process that there still are`() {
        final class Part: Sendable { let count = 2 }
        var parts = [Part(), Part(), Part()]
        for (number, part) in parts.enumerated() {
            metrics.show(.sessions) { [weak part] in part?.count }
            metrics.show(.drain) { [weak part] in part.map { _ in min(number, 1) } }
        }
        #expect(metrics.value(of: .sessions) == 6)
        #expect(metrics.value(of: .drain) == 0, "One that makes room for another does not end the process.")
        parts.removeFirst()
        #expect(metrics.value(of: .sessions) == 4)
        #expect(metrics.value(of: .drain) == 1)
    }

    @Test func `is the same few whatever a client asks for`() {
        for number in 0..<100 {
            let operation = telemetry.begin("odd/\(number)", id: "x")
            operation.note(revision: "2025-11-25", at: 0)
            operation.finish(error: number)
            telemetry.begin("tools/call", tool: "odd \(number)", id: "x").finish()
            metrics.answered("ODD\(number)", "/odd/\(number)", status: 600 + number, after: 1)
            metrics.refused("odd \(number)")
            metrics.rateLimited("odd \(number)")
        }
        #expect(metrics.samples(of: Self.operations).count == 2)
        #expect(metrics.count(Self.operations, ("mcp_method_name", "other"), ("error_type", "other")) == 100)
        #expect(metrics.count(Self.operations, ("gen_ai_tool_name", "other")) == 100)
        #expect(metrics.samples(of: "http_server_request_duration_seconds").count == 1)
        #expect(metrics.count("oe_mcp_http_refusals_total", ("reason", "other")) == 100)
        #expect(metrics.count("oe_mcp_rate_limited_total", ("scope", "other")) == 100)
    }

    @Test func `ends once, and says how`() {
        let failed = telemetry.begin("tools/call", tool: "find", id: "1")
        failed.toolFailed()
        failed.finish()
        failed.cancelled()
        failed.finish(error: -32603)
        telemetry.begin("tools/call", tool: "find", id: "2").cancelled()
        telemetry.begin("tools/call", tool: "find", id: "3").finish(error: -32602)
        for error in ["tool_error", "cancelled", "-32602"] {
            #expect(metrics.count(Self.operations, ("error_type", error)) == 1)
        }
        #expect(metrics.count(Self.operations) == 3)
    }

    @Test func `is requests to OvalEdge by the class of their status`() {
        for status in [200, 204, 302, 404, 503, 99, 700] { metrics.requested(status: status) }
        metrics.requested(status: nil)
        let counts = ["1xx", "2xx", "3xx", "4xx", "5xx", "failed"].map { status in
            metrics.count("oe_mcp_upstream_requests_total", ("status_class", status))
        }
        #expect(counts == [1, 2, 1, 1, 2, 1])
    }

    @Test func `loses nothing when many count at once`() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { [metrics] in for _ in 0..<1000 { metrics.requested(status: 200) } }
            }
        }
        #expect(metrics.count("oe_mcp_upstream_requests_total") == 8000)
    }

    @Test func `is written as Prometheus reads it`() throws {
        metrics.exchanged(.ok, after: 15_000_000)
        metrics.exchanged(.refused, after: 400_000_000_000)
        metrics.show(.sessions) { 7 }
        let text = Exposition.prometheus.rendered(metrics.readings)
        let lines = text.split(separator: "\n").map { String($0) }
        #expect(
            lines[0...2] == [
                "# HELP oe_mcp_build_info Always 1; its label is the version of this program.",
                "# TYPE oe_mcp_build_info gauge", #"oe_mcp_build_info{version="1.2"} 1"#,
            ]
        )
        for line in [
            "# TYPE oe_mcp_exchange_total counter", #"oe_mcp_exchange_total{outcome="ok"} 1"#,
            #"oe_mcp_exchange_total{outcome="failed"} 0"#, #"oe_mcp_exchange_seconds_bucket{le="0.01"} 0"#,
            #"oe_mcp_exchange_seconds_bucket{le="0.02"} 1"#, #"oe_mcp_exchange_seconds_bucket{le="300"} 1"#,
            #"oe_mcp_exchange_seconds_bucket{le="+Inf"} 2"#, "oe_mcp_exchange_seconds_sum 400.015",
            "oe_mcp_exchange_seconds_count 2", "oe_mcp_sessions 7", "oe_mcp_store_errors_total 0",
        ] {
            #expect(lines.contains(line), "\(line) is not in \(text)")
        }
    }

    @Test func `is in OpenMetrics where that is asked for, with the trace of a call`() throws {
        let parent = try #require(
            TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        )
        metrics.exchanged(.ok, after: 15_000_000, trace: parent)
        let format = Exposition(accept: "application/OpenMetrics-text;version=1.0.0,*/*;q=0.1")
        let text = format.rendered(metrics.readings)
        #expect(text.hasSuffix("# EOF\n"))
        #expect(text.holdsLine("# TYPE oe_mcp_exchange counter"))
        let exemplar =
            ##"oe_mcp_exchange_seconds_bucket{le="0.02"} 1 # {trace_id="0af7651916cd43dd8448eb211c80319c"} 0.015 "##
        #expect(text.split(separator: "\n").contains { $0.hasPrefix(exemplar) })
        #expect(Exposition(accept: "text/plain") == .prometheus && Exposition(accept: nil) == .prometheus)
    }

    @Test func `has a name, a sentence and a bounded number of series each`() {
        let families = metrics.families
        #expect(Set(families.map { $0.name }).count == families.count)
        for family in families {
            #expect(family.help.hasSuffix("."), "\(family.name)")
            #expect(family.name.hasSuffix("_total") == (family.kind == .counter), "\(family.name)")
            #expect(family.mostSeries < 5000, "\(family.name)")
        }
    }

    @Test func `of the process is what the system says`() {
        let readings = ProcessFigures.readings(startTime: 1_800_000_000)
        #expect(readings.map { $0.family.name } == ProcessFigures.families.map { $0.name })
        #expect(readings.allSatisfy { $0.samples[0].numbers[0] > 0 })
        #expect(Exposition.prometheus.rendered(readings).holdsLine("process_start_time_seconds 1800000000.0"))
    }
}

extension String {
    fileprivate func holdsLine(_ line: String) -> Bool { split(separator: "\n").contains { $0 == line } }
}
