package import HTTP
package import JSON
import JSONRPC
package import MCPClient

/// Why a request has no result, as it is answered (07 §2.3): decided by codes, never by words.
package struct RESTError: Error, Hashable, Sendable {
    package let status: HTTPStatus
    /// For programs.
    package let code: String
    /// A text or an object.
    package let detail: JSON
    package let fields: HTTPFields
    /// The whole result of a tool that failed.
    package let result: JSON?

    package init(_ status: HTTPStatus, _ code: String, _ detail: JSON, fields: HTTPFields = [:], result: JSON? = nil) {
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = fields
        self.result = result
    }

    package func body(requestID: String) -> JSON {
        .members(
            ("error", .string(code)),
            ("detail", detail),
            ("status_code", .int(status.rawValue)),
            ("request_id", .string(requestID)),
            ("result", result)
        )
    }
}

extension RESTError {
    static func invalidRequest(_ detail: String) -> RESTError { RESTError(400, "invalid_request", .string(detail)) }
    static func invalidParams(_ detail: String) -> RESTError { RESTError(400, "invalid_params", .string(detail)) }
    /// `base` is the path to the server.
    static func toolNotFound(at base: String) -> RESTError { notListed("tool", at: base) }
    static func promptNotFound(at base: String) -> RESTError { notListed("prompt", at: base) }
    static func resourceNotFound(at base: String) -> RESTError { notListed("resource", at: base) }

    private static func notListed(_ kind: String, at base: String) -> RESTError {
        let name = kind.prefix(1).uppercased() + kind.dropFirst()
        return RESTError(
            404,
            kind + "_not_found",
            .string("\(name) not found. GET \(base)/\(kind)s lists all of them.")
        )
    }

    static func sessionNotFound(at base: String) -> RESTError {
        RESTError(
            404,
            "session_not_found",
            .string("Session not found. POST \(base)/session/start begins another.")
        )
    }

    static func nothing(below base: String) -> RESTError {
        RESTError(
            404,
            "not_found",
            .string("There is nothing at this path. GET \(base)/openapi.json has what there is.")
        )
    }

    static let draining = RESTError(
        503,
        "busy",
        "This bridge is stopping. Try again in a moment.",
        fields: ["Retry-After": "1", "Connection": "close"]
    )
    static let keyMissing = RESTError(
        401,
        "unauthorized",
        "This bridge wants its key. Send it in X-API-Key, or as a bearer token.",
        fields: ["WWW-Authenticate": "Bearer"]
    )
    static let notJSON = RESTError(
        415,
        "invalid_request",
        "The body must be JSON. Send it with Content-Type: application/json, and without Content-Encoding."
    )
    static let tooLarge = RESTError(
        422,
        "too_large",
        "The result is larger than this bridge hands on. Ask for less, or have its limit raised."
    )

    static func methodNotAllowed(_ allowed: String) -> RESTError {
        RESTError(
            405,
            "method_not_allowed",
            .string("This method is not served here. Use \(allowed)."),
            fields: ["Allow": allowed]
        )
    }
}

extension RESTError {
    /// `remedy` says what to do about a server that cannot be reached.
    package init(
        _ failure: RemoteFailure,
        mode: CredentialPolicy.Mode = .none,
        remedy: (HTTPFailure) -> String? = { _ in nil }
    ) {
        switch failure {
        case .refused(let error): self.init(error)
        case .unreachable(let failure, let url):
            let advice = remedy(failure) ?? "Check the address, and whether the server runs."
            // Those who read logs look for these words.
            let what = if case .connectionRefused = failure { "Connection refused to" } else { "Cannot reach" }
            self.init(
                502,
                "upstream_unreachable",
                .string("\(what) \(URLText.shown(url)): \(failure) \(advice)")
            )
        case .status(let status, let retryAfter, let challenge, let detail):
            self = .status(status, retryAfter, challenge: mode == .forward ? challenge : nil, detail)
        case .notSignedIn(let detail):
            self.init(401, "unauthorized", .string(detail), fields: ["WWW-Authenticate": "Bearer"])
        case .exchangeFailed(let isRefusal, let detail):
            let text = detail.hasPrefix(Self.exchange) ? detail : "\(Self.exchange): \(detail)"
            self.init(
                isRefusal ? 401 : 502,
                "token_exchange_failed",
                .string(text),
                fields: isRefusal ? ["WWW-Authenticate": #"Bearer error="invalid_token""#] : [:]
            )
        case .outcomeUnknown(let detail):
            self.init(
                502,
                "upstream_error",
                .string("The outcome is unknown: \(detail) It may have been carried out; look before you repeat it.")
            )
        case .protocolFault(let detail):
            self.init(
                502,
                "upstream_error",
                .string("The server does not speak the protocol: \(detail) Check its address, and its own log.")
            )
        case .processEnded(let detail):
            self.init(
                502,
                "upstream_error",
                .string("The local server has ended: \(detail) It is started again; look before you repeat the call.")
            )
        case .notStarted(let detail):
            self.init(502, "upstream_error", .string("\(detail) Correct the command of the server, or install it."))
        case .timedOut(let seconds):
            self.init(
                504,
                "upstream_timeout",
                .string(
                    "Request timeout: nothing was heard for \(JSON.double(seconds).text) \(seconds == 1 ? "second" : "seconds"). Try again later."
                )
            )
        case .tooLarge: self = .tooLarge
        case .busy:
            self.init(
                503,
                "busy",
                "No connection to the server is free. Try again in a moment.",
                fields: ["Retry-After": "1"]
            )
        case .cancelled:
            self.init(
                502,
                "upstream_error",
                "The call was ended before its answer came, and its outcome is unknown. Look before you repeat it."
            )
        }
    }

    private static let exchange = "Failed to exchange token"

    /// The protocol's own error, from the server.
    private init(_ error: RPCError) {
        switch error.code {
        case -32602: self = .invalidParams(error.message)
        default:
            self.init(
                502,
                "upstream_error",
                .members(("message", .string(error.message)), ("code", .int(error.code)), ("data", error.data))
            )
        }
    }

    private static func status(
        _ status: HTTPStatus,
        _ retryAfter: String?,
        challenge: String?,
        _ detail: String?
    ) -> RESTError {
        let own = detail.map { " The server says: \($0)" } ?? ""
        switch status {
        case .unauthorized:
            return RESTError(
                status,
                "upstream_unauthorized",
                .string("401 Unauthorized: the remote server does not take this credential.\(own)"),
                fields: ["WWW-Authenticate": challenge ?? "Bearer"]
            )
        case .forbidden:
            return RESTError(
                status,
                "upstream_unauthorized",
                .string("403 Forbidden: the remote server does not allow this.\(own)")
            )
        case .tooManyRequests:
            return RESTError(
                status,
                "rate_limited",
                .string("The remote server takes no more for now. Wait before the next request.\(own)"),
                fields: retryAfter.map { ["Retry-After": $0] } ?? [:]
            )
        default:
            return RESTError(
                502,
                "upstream_error",
                .string(
                    "The remote server answered with status \(status).\(own) Try again later, or check the server's address."
                )
            )
        }
    }
}
