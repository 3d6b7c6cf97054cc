import Synchronization

/// What is counted of calls by their tool, where the tools are those of another server and so not known at the start.
///
/// Only what a server has listed becomes a value of a label, and no more than a thousand names; all others are `other`.
final class ToolMetrics: Sendable {
    private struct Row {
        var calls = 0
        var errors = 0
        /// As in ``MetricSample``.
        var durations = Array(repeating: 0, count: RemoteMetrics.buckets.count + 2)

        mutating func count(isError: Bool, _ bucket: Int, _ nanoseconds: Int) {
            calls += 1
            if isError { errors += 1 }
            durations[bucket] += 1
            durations[durations.count - 1] += nanoseconds
        }
    }

    private static let most = 1000
    private static let longest = 128
    private static let other = "other"
    private let rows = Mutex<[String: Row]>([:])

    func learn(_ tools: some Sequence<String>) {
        rows.withLock { rows in
            for tool in tools where rows[tool] == nil && tool.utf8.count <= Self.longest {
                guard rows.count < Self.most else { return }
                rows[tool] = Row()
            }
        }
    }

    func count(_ tool: String, isError: Bool, after nanoseconds: Int) {
        let seconds = Double(nanoseconds) / 1e9
        let bucket = RemoteMetrics.buckets.firstIndex { seconds <= $0 } ?? RemoteMetrics.buckets.count
        rows.withLock { rows in
            let name = rows[tool] == nil ? Self.other : tool
            rows[name, default: Row()].count(isError: isError, bucket, nanoseconds)
        }
    }

    private static let calls = MetricFamily("mcp_tool_calls_total", .counter, "Calls of tools of remote MCP servers.")
    private static let errors = MetricFamily(
        "mcp_tool_errors_total",
        .counter,
        "Calls of tools of remote MCP servers that failed, by an error of the tool or without a result."
    )
    private static let durations = MetricFamily(
        "mcp_tool_call_duration_seconds",
        .histogram(RemoteMetrics.buckets),
        "How long calls of tools of remote MCP servers took."
    )

    /// Of tools that were called.
    var readings: [Metrics.Reading] {
        let called = rows.withLock { $0 }.filter { $0.value.calls > 0 }.sorted { $0.key < $1.key }
        func samples(_ numbers: (Row) -> [Int]) -> [MetricSample] {
            called.map { MetricSample(labels: [("tool", $0.key)], numbers: numbers($0.value)) }
        }
        return [
            (Self.calls, samples { [$0.calls] }), (Self.errors, samples { [$0.errors] }),
            (Self.durations, samples { $0.durations }),
        ]
    }
}
