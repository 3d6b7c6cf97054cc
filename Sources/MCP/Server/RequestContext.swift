import JSON
package import JSONRPC
package import Logging
package import Telemetry

/// What one request brought along: everything a handler may know of its caller.
///
/// It is made from the request's own `_meta` (2026-07-28) or from the session that `initialize` opened (before), so
/// that a handler never asks which, and nothing is kept in a global. One object, as a request hands it on many times.
package final class RequestContext: Sendable {
    package let revision: Revision
    /// The client that asks, to be asked in turn.
    package let client: Client
    /// For logs only; it must not change what is done.
    package let clientName: String?
    package let principal: Principal
    /// Sends progress to the client that asked for it; does nothing for others.
    package let progress: Progress
    /// Sends log lines to the client that asked for them; does nothing for others.
    package let log: ClientLog
    /// Of the conversation; made into ``serverLog`` only where something is logged, as most requests log nothing.
    private let conversationLog: Log
    private let requestID: RequestID?
    /// How long its answer may take, if that is bounded.
    let deadline: Deadline?
    /// As what it is counted, if it is.
    let operation: Operation?

    package init(
        revision: Revision,
        client: Client = .none,
        clientName: String? = nil,
        principal: Principal = .local,
        progress: Progress = .unheard,
        log: ClientLog = .unheard,
        serverLog: Log = .none,
        requestID: RequestID? = nil,
        deadline: Deadline? = nil,
        operation: Operation? = nil
    ) {
        self.revision = revision
        self.client = client
        self.clientName = clientName
        self.principal = principal
        self.progress = progress
        self.log = log
        conversationLog = serverLog
        self.requestID = requestID
        self.deadline = deadline
        self.operation = operation
    }

    /// The same request with what its client answered along.
    func answering(_ answers: [String: JSON]) -> RequestContext {
        RequestContext(
            revision: revision,
            client: client.answering(answers),
            clientName: clientName,
            principal: principal,
            progress: progress,
            log: log,
            serverLog: conversationLog,
            requestID: requestID,
            deadline: deadline,
            operation: operation
        )
    }

    /// Whether a line at this level is written for anyone.
    func isHeard(at level: Log.Level) -> Bool { log.isHeard || level >= conversationLog.level }

    /// The operator's log, whose lines say which request they are about, and which trace.
    package var serverLog: Log {
        let optional = [("request", requestID?.excerpt), ("trace", operation?.traceID)]
        return conversationLog.with(optional.compactMap { name, value in value.map { (name, $0) } })
    }
}
