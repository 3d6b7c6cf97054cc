import Clock
import JSON

/// What one process shows of its work: it counts, and where there is a collector, it traces.
package final class Telemetry: Sendable {
    package let metrics: Metrics
    /// Nil where nothing is traced.
    package let tracer: Tracer?
    private let whenUsed: @Sendable () -> Void

    /// `whenUsed` is called after each call of a tool and each token exchange, and must be quick.
    package init(_ metrics: Metrics, tracer: Tracer? = nil, whenUsed: @escaping @Sendable () -> Void = {}) {
        self.metrics = metrics
        self.tracer = tracer
        self.whenUsed = whenUsed
    }

    func wasUsed() { whenUsed() }

    /// Does a token exchange, of which further spans are part; `outcome` says how one that failed has ended.
    package func exchanging<Value: Sendable, Failure: Error>(
        outcome: (Failure) -> Metrics.ExchangeOutcome,
        _ work: @Sendable () async -> Result<Value, Failure>
    ) async -> Result<Value, Failure> {
        let began = SystemClock.nanoseconds()
        let span = tracer?.beginBelowCurrent("token exchange", .inside)
        let result =
            if let span { await TraceSpan.$current.withValue(span) { await work() } } else { await work() }
        var ending = Metrics.ExchangeOutcome.ok
        if case .failure(let failure) = result { ending = outcome(failure) }
        let trace = span.flatMap { $0.context.isSampled ? $0.context : nil }
        metrics.exchanged(ending, after: SystemClock.nanoseconds() - began, trace: trace)
        span?.finish(error: ending == .ok ? nil : ending.rawValue)
        wasUsed()
        return result
    }

    /// A request has been read; `tool` is what it names, if it names one, and `parent` the trace that it says it is part of.
    package func begin(
        _ method: String,
        tool: String? = nil,
        parent: String? = nil,
        id: @autoclosure () -> String
    ) -> Operation {
        let place = metrics.place(of: method, tool: tool)
        let span = tracer.map { tracer in
            let known = metrics.names(at: place)
            return Self.span(
                tracer,
                known.method,
                tool: known.tool,
                parent: parent,
                id: id(),
                metrics.names.transport
            )
        }
        return Operation(self, at: place, isCall: tool != nil, span: span, parent: parent)
    }

    private static func span(
        _ tracer: Tracer,
        _ method: String,
        tool: String?,
        parent: String?,
        id: String,
        _ transport: String
    ) -> TraceSpan {
        let origin = TraceOrigin.current
        var attributes: [JSONObject.Member] = [
            .init("mcp.method.name", .string(method)), .init("jsonrpc.request.id", .string(id)),
            .init("network.transport", .string(transport)),
        ]
        if transport == "tcp" { attributes.append(.init("network.protocol.name", "http")) }
        if let session = origin?.session { attributes.append(.init("mcp.session.id", .string(session))) }
        if let tool { attributes.append(.init("gen_ai.tool.name", .string(tool))) }
        if method == "tools/call" { attributes.append(.init("gen_ai.operation.name", "execute_tool")) }
        return tracer.begin(
            tool.map { "\(method) \($0)" } ?? method,
            .server,
            below: parent.flatMap { TraceContext(traceparent: $0) },
            link: origin?.link,
            attributes
        )
    }
}

/// What the carrier of a request knows of it.
package struct TraceOrigin: Sendable {
    @TaskLocal package static var current: TraceOrigin?

    /// The trace of the client that sent the HTTP request, which may have carried messages of others as well.
    let link: TraceContext?
    /// What distinguishes the session in the log.
    let session: String?

    package init(traceparent: String?, session: String?) {
        link = traceparent.flatMap { TraceContext(traceparent: $0) }
        self.session = session
    }
}
