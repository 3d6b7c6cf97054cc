import HTTP
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Telemetry

@Suite struct `Traces` {
    private let metrics = Metrics(.test, version: "1")
    private let lines = LockedList<String>()

    /// A collector that gives these answers in turn, and the last one for ever.
    private final class Answers: HTTPClient {
        let state: Mutex<(rest: [Result<HTTPResponse, HTTPFailure>], requests: [HTTPRequest])>

        init(_ answers: [Result<HTTPResponse, HTTPFailure>]) { state = Mutex((answers, [])) }

        var requests: [HTTPRequest] { state.withLock { $0.requests } }

        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            let answer = state.withLock { state in
                state.requests.append(request)
                return state.rest.count > 1 ? state.rest.removeFirst() : state.rest[0]
            }
            return try answer.get()
        }
    }

    private static let good = HTTPResponse(.ok, text: "{}")

    private func tracer(_ answers: Answers, pauses: LockedList<Duration> = LockedList()) -> Tracer {
        let collector = Collector(
            url: "http://collector.test/v1/traces",
            fields: ["Authorization": "Bearer key"],
            timeout: .seconds(3),
            resource: [.init("service.name", "oe-mcp")]
        )
        let log = Log(.warning) { [lines] in lines.add($0) }
        let exporter = SpanExporter(collector, client: { answers }, metrics: metrics, log: log, delay: .zero) {
            pauses.add($0)
        }
        return Tracer(TraceSampling(), exporter: exporter)
    }

    private func isCounted(_ outcome: Metrics.SpanOutcome, _ count: Int) async throws {
        try await wait { metrics.count("oe_mcp_spans_total", ("outcome", outcome.rawValue)) == count }
    }

    @Test func `are written as OTLP has them in JSON`() async throws {
        let answers = Answers([.success(Self.good)])
        let tracer = tracer(answers)
        let parent = try #require(TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
        let span = tracer.begin("tools/call find", .server, below: parent, link: parent, [.init("a", "b")])
        span.note("count", 7)
        span.note("share", 0.5)
        span.note("yes", true)
        span.finish(error: "tool_error")
        span.note("late", "is not sent")
        try await isCounted(.sent, 1)
        let request = try #require(answers.requests.first)
        #expect(request.url == "http://collector.test/v1/traces" && request.timeLimit == .seconds(3))
        #expect(request.fields["Authorization"] == "Bearer key" && request.fields["Content-Type"] == "application/json")
        let group = try #require(try JSON(parsing: request.body)["resourceSpans"]?[0])
        #expect(group["resource"]?.text == #"{"attributes":[{"key":"service.name","value":{"stringValue":"oe-mcp"}}]}"#)
        let sent = try #require(group["scopeSpans"]?[0]?["spans"]?[0])
        #expect(sent["traceId"] == "0af7651916cd43dd8448eb211c80319c" && sent["parentSpanId"] == "b7ad6b7169203331")
        #expect(sent["spanId"] == .string(span.context.spanText) && span.context.spanText.utf8.count == 16)
        #expect(sent["kind"] == 2 && sent["status"] == ["code": 2])
        #expect(sent["links"] == [["traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331"]])
        let start = try #require(sent["startTimeUnixNano"]?.string.flatMap { Int($0) })
        let end = try #require(sent["endTimeUnixNano"]?.string.flatMap { Int($0) })
        #expect(start > 1_700_000_000_000_000_000 && end >= start)
        #expect(
            sent["attributes"]?.text
                == #"[{"key":"a","value":{"stringValue":"b"}},{"key":"count","value":{"intValue":"7"}},"#
                + #"{"key":"share","value":{"doubleValue":0.5}},{"key":"yes","value":{"boolValue":true}},"#
                + #"{"key":"error.type","value":{"stringValue":"tool_error"}}]"#
        )
    }

    @Test(arguments: [429, 502, 503, 504])
    func `are sent again where the collector asks for it, as late as it says`(status: Int) async throws {
        let refusal = HTTPResponse(HTTPStatus(rawValue: status), fields: ["Retry-After": "7"])
        let late = HTTPResponse(HTTPStatus(rawValue: status), fields: ["Retry-After": "3600"])
        let answers = Answers([.success(refusal), .success(late), .success(Self.good)])
        let pauses = LockedList<Duration>()
        tracer(answers, pauses: pauses).begin("a", .server).finish()
        try await isCounted(.sent, 1)
        // The first is that in which others may come along.
        #expect(pauses.all == [.zero, .seconds(7), .seconds(30)] && lines.all.isEmpty)
    }

    @Test func `are given up after some attempts, and counted`() async throws {
        let answers = Answers([.failure(.connectionRefused(host: "collector.test"))])
        let tracer = tracer(answers)
        tracer.begin("a", .server).finish()
        try await isCounted(.failed, 1)
        #expect(answers.requests.count == 4)
        tracer.begin("b", .server).finish()
        try await isCounted(.failed, 2)
        #expect(lines.all.count == 1)
    }

    @Test func `that a collector refuses are not sent again`() async throws {
        let answers = Answers([.success(HTTPResponse(.badRequest)), .success(Self.good)])
        let tracer = tracer(answers)
        tracer.begin("a", .server).finish()
        try await isCounted(.refused, 1)
        #expect(answers.requests.count == 1)
        tracer.begin("b", .server).finish()
        try await isCounted(.sent, 1)
    }

    @Test func `may be taken in part`() async throws {
        let text = #"{"partialSuccess":{"rejectedSpans":"9","errorMessage":"too many"}}"#
        tracer(Answers([.success(HTTPResponse(.ok, text: text))])).begin("a", .server).finish()
        try await isCounted(.refused, 1)
        #expect(metrics.count("oe_mcp_spans_total", ("outcome", "sent")) == 0)
    }

    @Test func `are flushed at the end, for no longer than a moment`() async throws {
        let answers = Answers([.success(Self.good)])
        let quick = tracer(answers)
        quick.begin("a", .server).finish()
        quick.flush(within: .seconds(20))
        #expect(metrics.count("oe_mcp_spans_total", ("outcome", "sent")) == 1)
        let stuck = Tracer(
            TraceSampling(),
            exporter: SpanExporter(
                Collector(url: "http://collector.test/", fields: [:], timeout: .seconds(60), resource: []),
                client: { Stuck() },
                metrics: metrics,
                log: .none
            )
        )
        stuck.begin("a", .server).finish()
        stuck.flush(within: .milliseconds(20))
    }

    private struct Stuck: HTTPClient {
        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            try? await Task.sleep(for: .seconds(60))
            throw .cancelled
        }
    }

    @Test func `have below a span what is done for it, until it ends`() throws {
        let tracer = tracer(Answers([.success(Self.good)]))
        let outer = tracer.begin("outer", .server)
        TraceSpan.$current.withValue(outer) {
            let inner = tracer.beginBelowCurrent("inner", .client)
            #expect(inner.parent == outer.context.spanID && inner.context.traceID == outer.context.traceID)
            outer.finish()
            let late = tracer.beginBelowCurrent("late", .client)
            #expect(late.parent == nil && late.context.traceID != outer.context.traceID)
        }
    }

    @Test func `that are not sampled keep nothing and cost no request`() async throws {
        let answers = Answers([.success(Self.good)])
        let tracer = tracer(answers)
        let parent = try #require(TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"))
        let span = tracer.begin("a", .server, below: parent, [.init("a", "b")])
        TraceSpan.$current.withValue(span) { tracer.beginBelowCurrent("b", .client).finish() }
        span.finish()
        tracer.flush(within: .seconds(5))
        #expect(answers.requests.isEmpty && span.known.attributes.isEmpty)
    }

    @Test func `of requests have their status and no query`() async throws {
        let answers = Answers([.success(Self.good)])
        let telemetry = Telemetry(metrics, tracer: tracer(answers))
        let upstream = Answers([.success(HTTPResponse(.notFound)), .failure(.timedOut(seconds: 1))])
        let client = ObservedClient(upstream, telemetry)
        let request = HTTPRequest(.get, "https://a.test:8443/ovaledge/api?secret=1", fields: ["Authorization": "s3"])
        _ = try await client.send(request)
        _ = try? await client.send(request)
        try await isCounted(.sent, 2)
        let bodies = answers.requests.map { String(decoding: $0.body, as: UTF8.self) }.joined()
        #expect(!bodies.contains("secret") && !bodies.contains("s3"))
        #expect(bodies.contains(#"{"key":"url.path","value":{"stringValue":"/ovaledge/api"}}"#))
        #expect(bodies.contains(#"{"key":"http.response.status_code","value":{"intValue":"404"}}"#))
        #expect(bodies.contains(#"{"key":"error.type","value":{"stringValue":"timeout"}}"#))
        #expect(metrics.count("oe_mcp_upstream_requests_total", ("status_class", "4xx")) == 1)
        #expect(metrics.count("oe_mcp_upstream_requests_total", ("status_class", "failed")) == 1)
    }
}

/// What is added from many tasks.
final class LockedList<Element: Sendable>: Sendable {
    private let list = Mutex<[Element]>([])
    var all: [Element] { list.withLock { $0 } }
    func add(_ element: Element) { list.withLock { $0.append(element) } }
}
