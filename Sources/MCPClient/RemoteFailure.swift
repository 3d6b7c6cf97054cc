package import HTTP
package import JSONRPC

/// Why there is no result.
package enum RemoteFailure: Error, Hashable, Sendable {
    /// The server's own answer.
    case refused(RPCError)
    /// Nothing came over the network, or not all of it.
    case unreachable(HTTPFailure, url: String)
    /// The server, or what stands before it, answered with a status that is no answer of the protocol.
    case status(HTTPStatus, retryAfter: String? = nil, challenge: String? = nil, detail: String? = nil)
    /// No credential can be had for the call; `detail` is a sentence without a secret.
    case notSignedIn(detail: String)
    /// The exchange of the caller's token was refused, or could not be tried.
    case exchangeFailed(isRefusal: Bool, detail: String)
    /// The server went away after the request had been sent: whether it was carried out is not known.
    case outcomeUnknown(detail: String)
    /// What came is not what the protocol allows.
    case protocolFault(detail: String)
    /// Nothing was heard of the call for so many seconds.
    case timedOut(seconds: Double)
    case tooLarge(limit: Int)
    /// A child process that was to answer has ended.
    case processEnded(detail: String)
    /// The program that was to answer could not be started; `detail` names it.
    case notStarted(detail: String)
    /// No connection is free, or this process is about to end.
    case busy
    case cancelled
}
