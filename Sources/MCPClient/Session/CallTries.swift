import HTTP
import JSON
import JSONRPC
import MCP

/// Decides what follows from the end of one try of a call: a value, so that the whole policy is a table (07 §3.5, §5.2).
///
/// What could change something is sent again only where the server says that it did nothing with it.
struct CallTries {
    enum Next: Sendable {
        case finish(Result<JSON, RemoteFailure>)
        /// The failure ends it; the next call opens the session again.
        case forget(RemoteFailure)
        /// Open the session again, then send again.
        case reopen
        /// Ask for other credentials, then send again; the failure is for where there are no others.
        case renew(CallEnd)
        case wait(Duration)
        case again
        /// Read the list of tools, whose annotations decide on the header, then send again.
        case readTools
    }

    /// Whether it only reads, or may be sent twice.
    private let isHarmless: Bool
    private let isCall: Bool
    private let longestWait: Duration
    private var hasReopened = false
    private var hasRenewed = false
    private var hasWaited = false
    private var hasRepeated = false
    private var hasReadTools = false

    init(_ call: RemoteCall, longestWait: Duration) {
        isHarmless = call.isRepeatable || call.isRead
        isCall = call.method == "tools/call"
        self.longestWait = longestWait
    }

    mutating func next(after end: CallEnd, in conversation: OpenedServer) -> Next {
        next(after: end, hadSession: conversation.wire.hasSession, isStateless: conversation.revision.isStateless)
    }

    mutating func next(after end: CallEnd, hadSession: Bool, isStateless: Bool) -> Next {
        switch end {
        case .answered(.success(let result), _): return .finish(.success(result))
        case .answered(.failure(let error), let status):
            if hadSession, status == nil, isLoss(error) {
                // It may be about a session of the tool's own: what could change something is not sent again for it.
                guard isHarmless else { return .forget(.refused(error)) }
                return once(&hasReopened, .reopen, else: .refused(error))
            }
            // The server may speak other revisions by now.
            if isStateless, error.code == -32022 { return once(&hasReopened, .reopen, else: .refused(error)) }
            guard error.code == -32020, isCall else { return .finish(.failure(.refused(error))) }
            return once(&hasReadTools, .readTools, else: .refused(error))
        case .sessionLost(let detail):
            return once(&hasReopened, .reopen, else: .protocolFault(detail: "The server lost the session: \(detail)"))
        case .unauthorized(_, _, _, let failure): return once(&hasRenewed, .renew(end), else: failure)
        case .later(let seconds, let failure):
            guard isHarmless, .seconds(min(seconds, 1e6)) < longestWait else { return .finish(.failure(failure)) }
            return once(&hasWaited, .wait(.seconds(seconds)), else: failure)
        case .died(let detail, let isBare):
            guard isHarmless, isBare else { return .finish(.failure(.outcomeUnknown(detail: detail))) }
            return once(&hasRepeated, .again, else: .outcomeUnknown(detail: detail))
        case .failed(.status(let status, let after, let challenge, let detail))
        where isStateless && status == .notFound:
            let failure = RemoteFailure.status(status, retryAfter: after, challenge: challenge, detail: detail)
            return once(&hasReopened, .reopen, else: failure)
        case .failed(let failure): return .finish(.failure(failure))
        }
    }

    private func isLoss(_ error: RPCError) -> Bool {
        [-32000, -32001, -32600].contains(error.code) && CallEnd.saysSessionLoss(error.message)
    }

    private func once(_ isDone: inout Bool, _ next: Next, else failure: RemoteFailure) -> Next {
        guard !isDone else { return .finish(.failure(failure)) }
        isDone = true
        return next
    }
}

extension RemoteCall {
    /// Whether its method only reads.
    var isRead: Bool {
        method.hasSuffix("/list")
            || ["resources/read", "prompts/get", "completion/complete", "server/discover", "ping"].contains(method)
    }
}
