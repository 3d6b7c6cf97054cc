import HTTP
import JSON
package import JSONRPC
package import MCPClient

extension RPCError {
    /// How a request ends that the server has not answered: what happened, what to do, and the facts in `data`.
    ///
    /// `remedy` is a sentence on how to sign in.
    package init(_ failure: RemoteFailure, remedy: String = "Sign in again, or check the configured credentials.") {
        if case .refused(let error) = failure {
            self = error
        } else {
            let (cause, text) = Self.explanation(of: failure, remedy)
            self.init(code: -32603, text, data: Self.data(of: failure, cause))
        }
    }

    private static func data(of failure: RemoteFailure, _ cause: String) -> JSON {
        guard case .status(let status, let retryAfter, _, _) = failure else { return ["cause": .string(cause)] }
        return .members(
            ("cause", .string(cause)),
            ("status", .int(status.rawValue)),
            ("retryAfter", retryAfter.map { .string($0) })
        )
    }

    private static func explanation(of failure: RemoteFailure, _ remedy: String) -> (cause: String, text: String) {
        switch failure {
        case .refused(let error): ("refused", error.message)
        case .unreachable(let failure, let url): explanation(of: failure, URLText.shown(url))
        case .status(let status, let retryAfter, _, let detail): explanation(of: status, retryAfter, detail, remedy)
        case .notSignedIn(let detail):
            ("not_signed_in", "401 Unauthorized: \(detail)" + (Self.names(remedy, detail) ? "" : " \(remedy)"))
        case .exchangeFailed(let isRefusal, let detail):
            (
                isRefusal ? "exchange_refused" : "exchange_unreachable",
                "Failed to exchange token: \(detail) Sign in again, or check the settings of the token exchange."
            )
        case .outcomeUnknown(let detail):
            (
                "outcome_unknown",
                "The outcome is unknown: \(detail) It may have been carried out; look before you repeat it."
            )
        case .protocolFault(let detail):
            ("protocol", "The server does not speak the protocol: \(detail) Check the address of the server.")
        case .timedOut(let seconds):
            (
                "timeout",
                "Request timeout: nothing was heard for \(Int(seconds.rounded(.up))) seconds. Try again, or raise the timeout."
            )
        case .tooLarge(let limit):
            ("too_large", "The answer has more than \(limit) bytes. Ask for less, or raise the limit.")
        case .processEnded(let detail):
            ("process_ended", "The local server has ended: \(detail) It is started again; repeat the request.")
        case .notStarted(let detail):
            ("not_started", "\(detail) Correct the command of the server, or install it.")
        case .busy: ("busy", "No connection to the server is free. Try again in a moment.")
        case .cancelled:
            (
                "cancelled",
                "The request was ended before its answer, and its outcome is unknown. Look before you repeat it."
            )
        }
    }

    /// Whether a sentence names the command of the remedy already.
    private static func names(_ remedy: String, _ detail: String) -> Bool {
        let parts = remedy.split(separator: "`", omittingEmptySubsequences: false)
        return parts.count > 2 && detail.split(separator: "`").contains(parts[1])
    }

    private static func explanation(of failure: HTTPFailure, _ url: String) -> (String, String) {
        switch failure {
        case .connectionRefused:
            ("connect", "Connection refused to \(url). Check that the server runs, and its address.")
        case .timedOut: ("timeout", "Request timeout: \(url) did not answer in time. Try again, or raise the timeout.")
        case .notTrusted:
            ("tls", "\(failure) Give the certificates that the server is to be trusted with, or correct its address.")
        case .cutOff: ("connect", "\(failure) Try again.")
        default: ("connect", "Cannot reach \(url): \(failure) Check the address and the network.")
        }
    }

    private static func explanation(
        of status: HTTPStatus,
        _ retryAfter: String?,
        _ detail: String?,
        _ remedy: String
    ) -> (String, String) {
        let detail = detail.map { ": \($0)" } ?? "."
        return switch status {
        case .unauthorized: ("unauthorized", "401 Unauthorized\(detail) \(remedy)")
        case .forbidden:
            ("forbidden", "403 Forbidden\(detail) Ask for access to the server, or sign in as someone else.")
        case .tooManyRequests:
            (
                "rate_limited",
                "429 Too Many Requests\(detail) Try again \(retryAfter.map { "after \($0)" } ?? "later")."
            )
        default:
            (
                "status",
                "The server answered with status \(status)\(detail) Try again later, or check the server's address."
            )
        }
    }
}
