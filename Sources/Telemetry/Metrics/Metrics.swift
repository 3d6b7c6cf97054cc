import Clock
import Synchronization

/// All that is counted in one process.
///
/// Values of labels come from fixed sets: no principal, session, argument or text of a client can become one.
package final class Metrics: Sendable {
    /// What is looked at when it is asked for.
    package enum Gauge: String, CaseIterable, Sendable {
        case inFlight = "oe_mcp_inflight"
        case sessions = "oe_mcp_sessions"
        case streams = "oe_mcp_sse_streams"
        case accounts = "oe_mcp_accounts"
        case drain = "oe_mcp_drain"

        fileprivate var help: String {
            switch self {
            case .inFlight: "Requests without an answer yet, those that listen among them."
            case .sessions: "Sessions in memory."
            case .streams: "Event streams that are open."
            case .accounts: "Accounts that are kept signed in."
            case .drain: "1 while the server finishes its work and takes nothing new."
            }
        }
    }

    /// How a token exchange ended.
    package enum ExchangeOutcome: String, CaseIterable, Sendable {
        case ok, refused, failed, unusable
    }

    /// What was known of the credentials that came with a request.
    package enum AuthCacheResult: String, CaseIterable, Sendable {
        case hit, miss, negative
    }

    /// How the way of a span to its collector ended.
    package enum SpanOutcome: String, CaseIterable, Sendable {
        case sent
        /// Others came before it could be sent.
        case dropped
        case refused, failed
    }

    /// Buckets of OpenTelemetry's conventions for MCP.
    package static let buckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]
    /// Those of its conventions for HTTP.
    package static let httpBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

    let names: OperationNames
    let revisions: MetricLabel
    let errors = MetricLabel("error_type", ErrorType.all)
    private let methodPlaces: [String: Int]
    private let toolPlaces: [String: Int]
    let operations: MetricCells
    private let sessionDurations: MetricCells
    private let http: MetricCells
    private let refusals: MetricCells
    private let authCache: MetricCells
    let exchanges: MetricCells
    let exchangeSeconds: MetricCells
    let upstream: MetricCells
    private let rateLimited: MetricCells
    private let storeErrors: MetricCells
    private let spans: MetricCells
    private let info: MetricFamily
    private let gauges = Mutex(Gauges())
    private let exchange = Mutex<LastExchange?>(nil)

    package init(_ names: OperationNames, version: String) {
        self.names = names
        revisions = MetricLabel("mcp_protocol_version", names.revisions + [""])
        let methods = (names.methods + ["other"]).map { [$0, ""] }
        let tools = (names.tools + ["other"]).map { ["tools/call", $0] }
        methodPlaces = Dictionary(zip(names.methods, 0...)) { first, _ in first }
        var places = Dictionary(zip(names.tools, methods.count...)) { first, _ in first }
        for (name, tool) in names.otherNames { places[name] = places[tool] }
        toolPlaces = places
        let transport = MetricLabel("network_transport", [names.transport])
        operations = MetricCells(
            MetricFamily(
                "mcp_server_operation_duration_seconds",
                .histogram(Self.buckets),
                "How long requests of clients took, from when they were read to when their answers were known.",
                labels: [
                    MetricLabel(["mcp_method_name", "gen_ai_tool_name"], methods + tools), errors, revisions, transport,
                ]
            )
        )
        sessionDurations = MetricCells(
            MetricFamily(
                "mcp_server_session_duration_seconds",
                .histogram(Self.buckets),
                "How long sessions lasted in this process.",
                labels: [transport]
            )
        )
        http = MetricCells(HTTPLabels.family)
        refusals = MetricCells(HTTPLabels.refusals)
        authCache = MetricCells(
            .counter(
                "oe_mcp_auth_cache_total",
                "Requests with credentials, by whether their account was signed in, was not, or had just been refused.",
                "result",
                AuthCacheResult.self
            )
        )
        exchanges = MetricCells(
            .counter(
                "oe_mcp_exchange_total",
                "Exchanges of a user token and secret for a session token.",
                "outcome",
                ExchangeOutcome.self
            )
        )
        exchangeSeconds = MetricCells(
            MetricFamily("oe_mcp_exchange_seconds", .histogram(Self.buckets), "How long such exchanges took.")
        )
        upstream = MetricCells(
            MetricFamily(
                "oe_mcp_upstream_requests_total",
                .counter,
                "Requests to OvalEdge, each attempt by itself; without an answer they are `failed`.",
                labels: [MetricLabel("status_class", ["1xx", "2xx", "3xx", "4xx", "5xx", "failed"])]
            )
        )
        rateLimited = MetricCells(HTTPLabels.rateLimited)
        storeErrors = MetricCells(
            MetricFamily(
                "oe_mcp_store_errors_total",
                .counter,
                "Operations of the shared store that failed."
            )
        )
        spans = MetricCells(
            .counter(
                "oe_mcp_spans_total",
                "Spans of traces, by how their way to the collector ended.",
                "outcome",
                SpanOutcome.self
            )
        )
        info = MetricFamily(
            "oe_mcp_build_info",
            .gauge,
            "Always 1; its label is the version of this program.",
            labels: [MetricLabel("version", [version])]
        )
    }

    /// Where a request is counted: one of a known method, or of a known tool.
    func place(of method: String, tool: String?) -> Int {
        guard let tool else { return methodPlaces[method] ?? names.methods.count }
        return toolPlaces[tool] ?? names.methods.count + 1 + names.tools.count
    }

    /// What its place says of a request: its method, and the tool by its name of today.
    func names(at place: Int) -> (method: String, tool: String?) {
        let values = operations.family.labels[0].values[place]
        return (values[0], values[1].isEmpty ? nil : values[1])
    }

    /// `gauge` is the sum of all that is shown in it; what says nil has gone, and is not asked again.
    package func show(_ gauge: Gauge, _ value: @escaping @Sendable () -> Int?) {
        gauges.withLock { gauges in
            gauges.last += 1
            gauges.shown[gauge, default: [:]][gauges.last] = value
        }
        // Who made room for this one is forgotten, also where no one ever asks for the sum.
        _ = self.value(of: gauge)
    }

    package func value(of gauge: Gauge) -> Int {
        let values = (gauges.withLock { $0.shown[gauge] } ?? [:]).mapValues { $0() }
        gauges.withLock { gauges in
            for (number, value) in values where value == nil { gauges.shown[gauge]?[number] = nil }
        }
        let numbers = values.values.compactMap { $0 }
        // A part that another takes the place of finishes its work while the server goes on.
        return gauge == .drain ? numbers.min() ?? 0 : numbers.reduce(0, +)
    }

    private struct Gauges {
        var shown: [Gauge: [Int: @Sendable () -> Int?]] = [:]
        var last = 0
    }
}

// What is counted.
extension Metrics {
    /// A session has ended, after so many nanoseconds.
    package func sessionEnded(after nanoseconds: Int) { sessionDurations.observe(nanoseconds) }

    /// One request over HTTP has been answered; `route` is a path of the server.
    package func answered(_ method: String, _ route: String, status: Int, after nanoseconds: Int) {
        let labels = http.family.labels
        let row = http.row(
            labels[0].place(of: method),
            status == 200 ? 0 : labels[1].place(of: String(status)),
            labels[2].place(of: route)
        )
        http.observe(nanoseconds, in: row)
    }

    /// A request was refused before it was worked on.
    package func refused(_ reason: String) { refusals.count(in: refusals.family.labels[0].place(of: reason)) }

    /// A request was over a limit.
    package func rateLimited(_ scope: String) { rateLimited.count(in: rateLimited.family.labels[0].place(of: scope)) }

    package func looked(_ result: AuthCacheResult) { authCache.count(in: Self.place(of: result)) }

    /// How the last token exchange ended, and when, in seconds since 1970.
    package struct LastExchange: Sendable {
        package let outcome: ExchangeOutcome
        package let at: Double
    }

    package var lastExchange: LastExchange? { exchange.withLock { $0 } }

    package func exchanged(_ outcome: ExchangeOutcome, after nanoseconds: Int, trace: TraceContext? = nil) {
        let last = LastExchange(outcome: outcome, at: SystemClock.secondsSince1970())
        exchange.withLock { $0 = last }
        exchanges.count(in: Self.place(of: outcome))
        exchangeSeconds.observe(nanoseconds, trace: trace)
    }

    /// A request to OvalEdge has ended; nil where no answer came.
    package func requested(status: Int?) {
        let most = upstream.family.mostSeries - 1
        upstream.count(in: status.map { min(max($0 / 100, 1), 5) - 1 } ?? most)
    }

    private static func place<Value: CaseIterable & Equatable>(of value: Value) -> Int
    where Value.AllCases == [Value] {
        Value.allCases.firstIndex(of: value) ?? 0
    }

    package func storeFailed() { storeErrors.count() }

    package func counted(_ outcome: SpanOutcome, _ count: Int = 1) {
        spans.count(count, in: Self.place(of: outcome))
    }
}

// What was counted.
extension Metrics {
    /// A family, and what was counted in it.
    package typealias Reading = (family: MetricFamily, samples: [MetricSample])

    private var cells: [MetricCells] {
        [
            operations, sessionDurations, http, refusals, authCache, exchanges, exchangeSeconds, upstream, rateLimited,
            storeErrors, spans,
        ]
    }

    /// All of them at this moment, without those of the process.
    package var readings: [Reading] {
        let known: [Reading] = cells.map { ($0.family, $0.samples) }
        let looked: [Reading] = Gauge.allCases.map { gauge in
            (gauge.family, [MetricSample(labels: [], numbers: [value(of: gauge)])])
        }
        let version = info.labels.map { (name: $0.names[0], value: $0.values[0][0]) }
        return [(info, [MetricSample(labels: version, numbers: [1])])] + known + looked
    }

    /// What there is, for tables.
    package var families: [MetricFamily] { readings.map { $0.family } + ProcessFigures.families }

    /// The numbers of one family, by its label values.
    package func samples(of family: String) -> [MetricSample] {
        cells.first { $0.family.name == family }?.samples ?? []
    }
}

extension Metrics.Gauge {
    fileprivate var family: MetricFamily { MetricFamily(rawValue, .gauge, help) }
}

extension MetricFamily {
    /// With the names of the cases as the values of its one label.
    static func counter<Value: CaseIterable & RawRepresentable<String>>(
        _ name: String,
        _ help: String,
        _ label: String,
        _: Value.Type
    ) -> MetricFamily {
        MetricFamily(name, .counter, help, labels: [MetricLabel(label, Value.allCases.map { $0.rawValue })])
    }
}

/// How requests of clients fail: the codes of JSON-RPC and MCP, and what is no error of the protocol.
enum ErrorType {
    static let none = ""
    static let tool = "tool_error"
    static let cancelled = "cancelled"

    private static let codes = [
        "-32700", "-32600", "-32601", "-32602", "-32603", "-32002", "-32020", "-32021", "-32022", "-32000",
    ]
    static let all = [none, tool, cancelled] + codes + ["other"]
}

/// What requests over HTTP are counted by.
enum HTTPLabels {
    static let family = MetricFamily(
        "http_server_request_duration_seconds",
        .histogram(Metrics.httpBuckets),
        "How long requests over HTTP took, from the end of their head to the end of the answer.",
        labels: [
            MetricLabel("http_request_method", ["POST", "GET", "DELETE", "OPTIONS", "HEAD", "_OTHER"]),
            MetricLabel(
                "http_response_status_code",
                [
                    "200", "202", "204", "304", "400", "401", "403", "404", "405", "406", "408", "413", "415", "429",
                    "431", "499", "500", "502", "503", "504", "other",
                ]
            ),
            MetricLabel("http_route", ["/mcp", "/", "/health", "/ready", "open", "other"]),
        ]
    )

    static let refusals = MetricFamily(
        "oe_mcp_http_refusals_total",
        .counter,
        "Requests over HTTP that were refused before they were worked on.",
        labels: [
            MetricLabel(
                "reason",
                [
                    "bad_request", "tls_required", "secret_in_query", "unauthorized", "invalid_credentials",
                    "forbidden_host", "forbidden_origin", "not_found", "method_not_allowed", "not_acceptable",
                    "request_timeout", "content_too_large", "unsupported_media_type", "rate_limited", "server_error",
                    "busy", "draining", "other",
                ]
            )
        ]
    )

    static let rateLimited = MetricFamily(
        "oe_mcp_rate_limited_total",
        .counter,
        "Requests over HTTP that were over a limit.",
        labels: [MetricLabel("scope", ["calls", "writes", "initialize", "failed_sign_ins", "other"])]
    )
}
