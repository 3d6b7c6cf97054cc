package import JSON

/// What processes have counted, by tool: how often each was called, how it failed, how long it took.
package struct CounterReport: Sendable {
    package struct Row: Hashable, Sendable {
        package let tool: String
        package var calls = 0
        /// How often by kind.
        package var errors: [String: Int] = [:]
        /// Of each bucket.
        var durations: [Int] = []

        package var failures: Int { errors.values.reduce(0, +) }
        /// Half of the calls took no longer, in seconds; nil without calls.
        package var median: Double? { Durations(durations).quantile(0.5) }
        /// 95 of a hundred calls took no longer, in seconds.
        package var slow: Double? { Durations(durations).quantile(0.95) }
    }

    /// The most called first.
    package let rows: [Row]
    /// How often by outcome.
    package let exchanges: [(String, Int)]
    /// How often by class of status.
    package let requests: [(String, Int)]
    private let exchangeDurations: Durations

    package init(_ counters: Counters) {
        var rows: [String: Row] = [:]
        var exchanges: [String: Int] = [:]
        var requests: [String: Int] = [:]
        var durations: [Int] = []
        for (series, numbers) in counters.numbers {
            switch series.family {
            case "oe_mcp_exchange_total": exchanges[series.labels["outcome"] ?? "", default: 0] += numbers.first ?? 0
            case "oe_mcp_upstream_requests_total":
                requests[series.labels["status_class"] ?? "", default: 0] += numbers.first ?? 0
            case "oe_mcp_exchange_seconds": durations = numbers.dropLast()
            default:
                guard let tool = series.labels["gen_ai_tool_name"] else { continue }
                rows[tool, default: Row(tool: tool)].include(Array(numbers.dropLast()), series.labels["error_type"])
            }
        }
        self.rows = rows.values.sorted { ($1.calls, $0.tool) < ($0.calls, $1.tool) }
        self.exchanges = exchanges.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        self.requests = requests.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        exchangeDurations = Durations(durations)
    }

    package var exchangeMedian: Double? { exchangeDurations.quantile(0.5) }
    package var exchangeSlow: Double? { exchangeDurations.quantile(0.95) }

    package var json: JSON {
        [
            "tools": .array(
                rows.map { row in
                    .members(
                        ("tool", .string(row.tool)),
                        ("calls", .int(row.calls)),
                        ("errors", Self.object(row.errors.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
                        ("p50_seconds", row.median.map { .double($0) }),
                        ("p95_seconds", row.slow.map { .double($0) })
                    )
                }
            ),
            "exchanges": .members(
                ("outcomes", Self.object(exchanges)),
                ("p50_seconds", exchangeMedian.map { .double($0) }),
                ("p95_seconds", exchangeSlow.map { .double($0) })
            ),
            "upstream_requests": Self.object(requests),
        ]
    }

    private static func object(_ pairs: [(String, Int)]) -> JSON {
        .object(JSONObject(pairs.map { .init($0.0, .int($0.1)) }))
    }
}

extension CounterReport.Row {
    fileprivate mutating func include(_ numbers: [Int], _ error: String?) {
        let count = numbers.reduce(0, &+)
        calls &+= count
        if let error { errors[error, default: 0] &+= count }
        durations = durations.isEmpty ? numbers : zip(durations, numbers).map { $0 &+ $1 }
    }
}

/// How often something took how long, by the buckets of ``Metrics``.
private struct Durations: Sendable {
    private let numbers: [Int]

    init(_ numbers: [Int]) { self.numbers = numbers }

    /// As `histogram_quantile` estimates it: even within a bucket, and no more than the last bound.
    func quantile(_ share: Double) -> Double? {
        let total = numbers.reduce(0, &+)
        guard total > 0 else { return nil }
        let rank = share * Double(total)
        var before = 0
        for (bucket, number) in numbers.enumerated() where number > 0 {
            if Double(before + number) >= rank {
                guard bucket < Metrics.buckets.count else { break }
                let low = bucket == 0 ? 0 : Metrics.buckets[bucket - 1]
                return low + (Metrics.buckets[bucket] - low) * (rank - Double(before)) / Double(number)
            }
            before += number
        }
        return Metrics.buckets.last
    }
}
