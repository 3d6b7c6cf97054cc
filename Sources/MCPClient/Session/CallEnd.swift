import HTTP
import JSON
import JSONRPC
import Text

/// How one try of a request ended, before it is decided what follows from that.
enum CallEnd: Sendable {
    /// The server's answer; `status` where it came with one that is no success.
    case answered(Result<JSON, RPCError>, status: HTTPStatus? = nil)
    /// The server does not know the session that the request named, and has done nothing.
    case sessionLost(detail: String)
    /// The credentials that it carried were refused.
    case unauthorized(HTTPFields, challenge: String?, HTTPStatus, RemoteFailure)
    /// The server has done nothing yet, and says when it might.
    case later(seconds: Double, RemoteFailure)
    /// It went out, and no answer came; `isBare` where nothing came at all.
    case died(detail: String, isBare: Bool)
    case failed(RemoteFailure)
}

extension CallEnd {
    /// Whether a refusal says that there is no such session (any more), so that nothing was done.
    ///
    /// By the specification that is status 404; some servers say it with 400 and words, of which the known ones count. Any
    /// other error of the protocol is the answer to the request: `code` is nil where no such error has its id.
    static func isSessionLoss(status: HTTPStatus, code: Int?, text: String) -> Bool {
        let isCode = code.map { [-32000, -32001, -32600].contains($0) } ?? true
        return isCode && (status == .notFound || status == .badRequest && saysSessionLoss(text))
    }

    static func saysSessionLoss(_ text: String) -> Bool {
        let text = text.lowercased()
        return words.contains { text.holds($0) }
    }

    private static let words = [
        "session not found", "session id not found", "session unknown", "session invalid", "session expired",
        "session has expired", "session terminated", "session has been terminated", "session does not exist",
        "no valid session", "no such session", "unknown session", "invalid session", "invalid or missing session",
        "invalid or expired session", "expired session",
    ]
}
