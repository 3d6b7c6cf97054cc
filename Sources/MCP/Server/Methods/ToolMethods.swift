import JSON
import JSONRPC
import Logging
import Telemetry

extension Method {
    static let tools = [
        "tools/list": Method(if: { server, _ in server.tools != nil }) { (server, params, context) throws(RPCError) in
            try server.page(of: .tools, params, in: context)
        },
        "tools/call": Method(if: { server, _ in server.tools != nil }) { (server, params, context) throws(RPCError) in
            try server.toolCall(params, in: context)
        },
    ]
}

extension Server {
    fileprivate func toolCall(_ params: JSONObject, in context: RequestContext) throws(RPCError) -> Reply {
        guard let tools else { throw .methodNotFound("tools/call") }
        guard let name = params["name"]?.string else { throw .invalidParams("`name` must be the name of a tool.") }
        let arguments = try Self.members(params["arguments"], called: "arguments")
        if let call = tools.immediate(name) {
            // It asks nothing, so that whatever is sent along as an answer is refused.
            if context.revision.isStateless { _ = try rounds.read(of: "tools/call", params, for: context.principal) }
            return .now(outcome(of: name, call, arguments, in: context))
        }
        let expired: @Sendable () -> JSON = { [self] in
            context.operation?.toolFailed()
            report(name, .expired, since: nil, in: context)
            return projection(for: context).answer(tookTooLong(name))
        }
        return try conversing("tools/call", params, in: context, expired: expired) { [self] context in
            let start = ContinuousClock.now
            do {
                var answer = try await tools.call(name, arguments: arguments, in: context)
                // A client's own cancellation throws the answer away, so this one is read only when time ran out.
                if Task.isCancelled, answer.isFailure, !answer.tellsOutcome { answer = tookTooLong(name) }
                return try result(.success(answer), of: name, since: start, in: context)
            } catch {
                return try result(.failure(error), of: name, since: start, in: context)
            }
        }
    }

    /// Of a call that waits for nothing.
    private func outcome(
        of tool: String,
        _ call: ImmediateCall,
        _ arguments: JSONObject,
        in context: RequestContext
    ) -> Outcome {
        defer { context.log.end() }
        let start = ContinuousClock.now
        let end = Result { try call(arguments, context) }
        do {
            return .success(EncodedJSON(try result(end, of: tool, since: start, in: context)))
        } catch {
            return Self.failure(error, in: context)
        }
    }

    private func result(
        _ end: Result<Answer, any Error>,
        of tool: String,
        since start: ContinuousClock.Instant,
        in context: RequestContext
    ) throws -> JSON {
        switch end {
        case .success(let answer):
            if answer.isFailure { context.operation?.toolFailed() }
            report(tool, answer.isFailure ? .failure : .ok, since: start, in: context)
            return projection(for: context).answer(answer)
        case .failure(let error):
            report(tool, .init(error), since: start, in: context)
            let answer = try failure(of: tool, after: error, in: context)
            context.operation?.toolFailed()
            return projection(for: context).answer(answer)
        }
    }

    /// What the model should know of an error; what is its client's business is thrown again.
    private func failure(of tool: String, after error: any Error, in context: RequestContext) throws -> Answer {
        switch error {
        case let error as AskFailure:
            if let error = RPCError(error, in: context.revision) { throw error }
            return .failure(error.description)
        case is RPCError, is InputRequired: throw error
        case is CancellationError: return tookTooLong(tool)
        default:
            context.serverLog.error("tool_failed", ("tool", tool), ("error", "\(error)"))
            return .failure("\(tool) failed inside this server. Call again; if it fails again, tell its operator.")
        }
    }

    private func tookTooLong(_ tool: String) -> Answer {
        .failure(
            "\(tool) timed out after \(callDeadline.components.seconds) seconds. "
                + "Narrow the request, or call again in a minute."
        )
    }

    /// One line for the operator, and the same for the client that asked for it; never the arguments.
    private func report(
        _ tool: String,
        _ ending: Ending,
        since start: ContinuousClock.Instant?,
        in context: RequestContext
    ) {
        guard context.isHeard(at: .info) else { return }
        let milliseconds = start.map { Int((ContinuousClock.now - $0) / .milliseconds(1)) } ?? 0
        let name = tools?.knows(tool, in: context) == true ? tool : "unknown"
        let outcome = Task.isCancelled ? "cancelled" : ending.rawValue
        context.serverLog.info("tool", ("tool", name), ("outcome", outcome), ("ms", String(milliseconds)))
        context.log(
            Task.isCancelled ? .warning : ending.level,
            "The call of \(name) ended: \(outcome), after \(milliseconds) ms.",
            ("tool", .string(name)),
            ("outcome", .string(outcome)),
            ("ms", .int(milliseconds))
        )
    }

    /// How a call ended.
    private enum Ending: String {
        case ok, failure, asks, refused, error
        /// Its time was over before its turn came.
        case expired

        init(_ error: any Error) {
            switch error {
            case is InputRequired: self = .asks
            case is RPCError: self = .refused
            case is AskFailure: self = .failure
            default: self = .error
            }
        }

        var level: ClientLog.Level {
            switch self {
            case .ok, .asks: .info
            case .failure, .refused, .expired: .warning
            case .error: .error
            }
        }
    }
}
