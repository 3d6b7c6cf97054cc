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
    private let streams = MetricCells(
        MetricFamily(
            "mcp_remote_open_streams",
            .gauge,
            "Streams on which remote MCP servers report what belongs to no request."
        )
    )
    private let tools = ToolMetrics()
    private let callerSessions = MetricCells(
        MetricFamily("mcp_sessions_active", .gauge, "Sessions that callers have begun with /session/start.")
    )
    private let begunSessions = MetricCells(
        MetricFamily("mcp_sessions_created_total", .counter, "Such sessions that were begun.")
    )
    private let endedSessions = MetricCells(
        MetricFamily("mcp_sessions_closed_total", .counter, "Such sessions that ended.")
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

    /// What can be counted by itself from now on; all other tools are counted together.
    package func learn(tools names: some Sequence<String>) { tools.learn(names) }

    /// One call of a tool has ended, after so many nanoseconds.
    package func countCall(of tool: String, _ status: Status, after nanoseconds: Int) {
        tools.count(tool, isError: status == .error || status == .toolError, after: nanoseconds)
    }

    /// So many more streams are open.
    package func streamsChanged(by amount: Int) { streams.count(amount) }

    /// So many more sessions of callers are open, or fewer.
    package func callerSessionsChanged(by amount: Int) {
        callerSessions.count(amount)
        if amount > 0 { begunSessions.count(amount) } else { endedSessions.count(-amount) }
    }

    package func sessionOpened() { sessions.count() }
    package func sessionClosed() { sessions.count(-1) }
    package func countReconnect() { reconnects.count() }
    package func countRestart() { restarts.count() }

    package func countExchange(_ result: ExchangeResult) {
        exchanges.count(in: ExchangeResult.allCases.firstIndex(of: result) ?? 0)
    }

    package var readings: [Metrics.Reading] {
        let cells = [
            requests, durations, errors, sessions, streams, reconnects, exchanges, restarts, callerSessions,
            begunSessions, endedSessions,
        ]
        return cells.map { ($0.family, $0.samples) } + tools.readings
    }
}
