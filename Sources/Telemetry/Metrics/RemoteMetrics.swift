import Clock

/// What is counted of requests to servers that this process stands before.
///
/// Values of labels come from fixed sets: no address, person, session or argument can become one.
package final class RemoteMetrics: Sendable {
    package enum Status: String, CaseIterable, Sendable {
        case ok
        case toolError = "tool_error"
        case error, cancelled
    }

    package enum ErrorType: String, CaseIterable, Sendable {
        case connect, tls, timeout, auth, exchange, session
        case client = "http_4xx"
        case server = "http_5xx"
        case protocolFault = "protocol"
        case tooLarge = "too_large"
    }

    package enum ExchangeResult: String, CaseIterable, Sendable {
        case ok, refused, failed
    }

    package static let buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    private let methods: MetricLabel
    private let requests: MetricCells
    private let durations: MetricCells
    private let errors: MetricCells
    private let sessions = MetricCells(
        MetricFamily("mcp_remote_sessions", .gauge, "Sessions with remote MCP servers.")
    )
    private let reconnects = MetricCells(
        MetricFamily(
            "mcp_remote_reconnects_total",
            .counter,
            "Sessions with remote MCP servers that were lost and found again."
        )
    )
    private let exchanges = MetricCells(
        .counter(
            "mcp_remote_token_exchanges_total",
            "Exchanges of callers' tokens for those of remote MCP servers.",
            "result",
            ExchangeResult.self
        )
    )
    private let restarts = MetricCells(
        MetricFamily(
            "mcp_remote_child_restarts_total",
            .counter,
            "Local MCP servers that were started in place of one that had ended."
        )
    )

    package init(_ names: OperationNames) {
        let methods = MetricLabel("method", names.methods + ["other"])
        self.methods = methods
        requests = MetricCells(
            MetricFamily(
                "mcp_remote_requests_total",
                .counter,
                "Requests to remote MCP servers, by how they ended.",
                labels: [methods, MetricLabel("status", Status.allCases.map { $0.rawValue })]
            )
        )
        durations = MetricCells(
            MetricFamily(
                "mcp_remote_request_duration_seconds",
                .histogram(Self.buckets),
                "How long requests to remote MCP servers took, from when they were sent to their results.",
                labels: [methods]
            )
        )
        errors = MetricCells(
            MetricFamily(
                "mcp_remote_errors_total",
                .counter,
                "Requests to remote MCP servers without a result, by why.",
                labels: [methods, MetricLabel("type", ErrorType.allCases.map { $0.rawValue })]
            )
        )
    }

    /// One request has ended, after so many nanoseconds.
    package func countEnd(_ method: String, _ status: Status, error: ErrorType? = nil, after nanoseconds: Int) {
        let place = methods.place(of: method)
        requests.count(in: requests.row(place, Status.allCases.firstIndex(of: status) ?? 0))
        durations.observe(nanoseconds, in: place)
        guard let error else { return }
        errors.count(in: errors.row(place, ErrorType.allCases.firstIndex(of: error) ?? 0))
    }

    package func sessionOpened() { sessions.count() }
    package func sessionClosed() { sessions.count(-1) }
    package func countReconnect() { reconnects.count() }
    package func countRestart() { restarts.count() }

    package func countExchange(_ result: ExchangeResult) {
        exchanges.count(in: ExchangeResult.allCases.firstIndex(of: result) ?? 0)
    }

    package var readings: [Metrics.Reading] {
        [requests, durations, errors, sessions, reconnects, exchanges, restarts].map { ($0.family, $0.samples) }
    }
}
