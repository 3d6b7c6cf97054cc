import Clock
import HTTP
import JSON
import JSONRPC
import Logging
import MCPClient
import Telemetry

/// Counts, logs and traces requests to a server.
struct RequestObserver: Sendable {
    let metrics: RemoteMetrics
    let tracer: Tracer?
    let log: Log
    let bodies: ObservedUpstream.Bodies
    /// What stands before the names of tools that are counted.
    let toolPrefix: String
    /// What a server may repeat, and the log must not.
    var token: Secret?

    func redacting(_ token: Secret?) -> RequestObserver {
        var observer = self
        observer.token = token
        return observer
    }

    /// Begins a span, whose context the server gets in a field and in `_meta`.
    func beginSpan(_ call: inout RemoteCall, host: String) -> TraceSpan? {
        if bodies.requests, log.level == .debug {
            let context = CallContext.current
            let body = call.params.map { LoggedBody.excerpt(.object($0)) } ?? ""
            redacted.debug(
                "remote request",
                ("id", context?.id ?? "-"),
                ("method", call.method),
                ("params", body)
            )
        }
        guard let tracer else { return nil }
        let span = tracer.beginBelowCurrent(
            call.method,
            .client,
            [.init("mcp.method.name", .string(call.method)), .init("server.address", .string(host))]
        )
        let parent = "00-\(span.context.traceID.text)-\(span.context.spanText)-0\(span.context.isSampled ? 1 : 0)"
        call.fields["traceparent"] = parent
        var params = call.params ?? JSONObject()
        var meta = params["_meta"]?.object ?? JSONObject()
        meta["traceparent"] = .string(parent)
        params["_meta"] = .object(meta)
        call.params = params
        return span
    }

    /// What a server lists can be counted by its name.
    func learn(_ tools: [JSON]) {
        metrics.learn(tools: tools.lazy.compactMap { $0["name"]?.string }.map { toolPrefix + $0 })
    }

    func finished(
        _ call: RemoteCall,
        _ result: Result<JSON, RemoteFailure>,
        _ began: Int,
        _ span: TraceSpan?,
        host: String,
        mode: String
    ) {
        let duration = SystemClock.nanoseconds() - began
        let (status, error) = Self.kind(result)
        metrics.countEnd(call.method, status, error: error, after: duration)
        if call.method == "tools/call", let tool = call.params?["name"]?.string {
            metrics.countCall(of: toolPrefix + tool, status, after: duration)
        }
        span?.finish(error: error?.rawValue ?? (status == .ok ? nil : status.rawValue))
        guard log.level <= .info else { return }
        let context = CallContext.current
        var fields: [Log.Field] = [
            ("id", context?.id ?? "-"), ("method", call.method), ("status", status.rawValue),
            ("ms", String(duration / 1_000_000)), ("host", host), ("mode", mode),
        ]
        if call.method == "tools/call", let tool = call.params?["name"]?.string { fields.append(("tool", tool)) }
        if case .success(let json) = result { fields.append(("bytes", String(json.bytes.count))) }
        if let error { fields.append(("error", error.rawValue)) }
        if case .failure(let failure) = result, let text = failure.searchedText { fields.append(("reason", text)) }
        if let span { fields.append(("trace", span.context.traceID.text)) }
        log.with(fields).info("remote")
        logResponse(result, context)
    }

    private func logResponse(_ result: Result<JSON, RemoteFailure>, _ context: CallContext?) {
        guard bodies.responses, log.level == .debug else { return }
        let text =
            switch result {
            case .success(let json): LoggedBody.excerpt(json)
            case .failure(.refused(let error)):
                LoggedBody.excerpt(.members(("message", .string(error.message)), ("data", error.data)))
            case .failure(.status(let status, _, _, let detail)):
                "\(status) \(LoggedBody.excerpt(.string(detail ?? "")))"
            case .failure(let failure): failure.searchedText ?? "no result"
            }
        redacted.debug("remote response", ("id", context?.id ?? "-"), ("result", text))
    }

    private var redacted: Log {
        guard let token else { return log }
        let redactor = Redactor(parent: log.redactor)
        redactor.add(token)
        return log.redacting(with: redactor)
    }

    private static func kind(
        _ result: Result<JSON, RemoteFailure>
    ) -> (RemoteMetrics.Status, RemoteMetrics.ErrorType?) {
        switch result {
        case .success(let json): (json["isError"] == true ? .toolError : .ok, nil)
        case .failure(.cancelled): (.cancelled, nil)
        case .failure(let failure): (.error, failure.type)
        }
    }
}

extension RemoteFailure {
    fileprivate var type: RemoteMetrics.ErrorType {
        switch self {
        case .refused, .protocolFault, .cancelled: .protocolFault
        case .unreachable(.notTrusted(_, _, _, _), _): .tls
        case .unreachable, .busy: .connect
        case .status(let status, _, _, _):
            switch status.rawValue {
            case 401, 403: .auth
            case 500...: .server
            default: .client
            }
        case .notSignedIn: .auth
        case .exchangeFailed: .exchange
        case .outcomeUnknown, .processEnded, .notStarted: .session
        case .timedOut: .timeout
        case .tooLarge: .tooLarge
        }
    }

    /// The words that operators search for (07 S28).
    fileprivate var searchedText: String? {
        switch self {
        case .unreachable(_, let url): "Connection refused to \(URLText.shown(url))"
        case .status(.unauthorized, _, _, _): "401 Unauthorized"
        case .exchangeFailed: "Failed to exchange token"
        case .timedOut: "Request timeout"
        default: nil
        }
    }
}
