package import HTTP
import JSON

/// A request that is not served: what happened and what to do, as JSON.
package struct HTTPRefusal: Error, Hashable, Sendable {
    package let status: HTTPStatus
    /// For programs, such as `rate_limited`.
    package let code: String
    /// For people: two sentences.
    package let text: String
    package let fields: HTTPFields
    /// The limit that was exceeded, if one was.
    private(set) var limit: String?
    /// What only the log says of it.
    package let cause: String?

    package init(
        _ status: HTTPStatus,
        _ code: String,
        _ text: String,
        fields: HTTPFields = [:],
        cause: String? = nil
    ) {
        self.status = status
        self.code = code
        self.text = text
        self.fields = fields
        self.cause = cause
    }

    func body(requestID: String) -> JSON {
        ["error": .string(code), "error_description": .string(text), "request_id": .string(requestID)]
    }
}

extension HTTPRefusal {
    static let draining = HTTPRefusal(
        503,
        "draining",
        "This server is stopping. Try again in a moment.",
        fields: ["Retry-After": "1", "Connection": "close"]
    )
    static let busy = HTTPRefusal(
        503,
        "busy",
        "Too many requests are being worked on. Try again in a moment.",
        fields: ["Retry-After": "1"]
    )
    static let endNotShared = HTTPRefusal(
        503,
        "busy",
        "The session goes on: other servers cannot be informed of its end at the moment. Try again in a few seconds.",
        fields: ["Retry-After": "5"]
    )
    static let overdue = HTTPRefusal(
        504,
        "timed_out",
        "The answer was not there in time. Ask for less, or try again later."
    )
    static let forbiddenHost = HTTPRefusal(
        403,
        "forbidden_host",
        "This server does not answer under that name. Use its own address, or have the name added to its allowed hosts."
    )
    static let forbiddenOrigin = HTTPRefusal(
        403,
        "forbidden_origin",
        "Pages of that origin may not use this server. Have the origin added to its allowed origins."
    )
    static let forbiddenAddress = HTTPRefusal(
        403,
        "forbidden_address",
        "Clients at that address may not use this server. Have the address added to its allowed networks."
    )
    static let notFound = HTTPRefusal(404, "not_found", "There is nothing at this path. The MCP endpoint is /mcp.")
    static let secretInQuery = HTTPRefusal(
        400,
        "secret_in_query",
        "The address carries a credential. Send it in a header field, and replace it: addresses are logged on their way."
    )
    static let tlsRequired = HTTPRefusal(
        400,
        "tls_required",
        "Credentials are taken over HTTPS only. Use the https address, or have the proxy send X-Forwarded-Proto: https."
    )
    static let unsupportedMediaType = HTTPRefusal(
        415,
        "unsupported_media_type",
        "The body must be JSON. Send it with Content-Type: application/json, and without Content-Encoding."
    )
    static let notAcceptable = HTTPRefusal(
        406,
        "not_acceptable",
        "None of the accepted media types can be sent. Accept application/json, text/event-stream or both."
    )
    static let noStreams = HTTPRefusal(
        406,
        "not_acceptable",
        "This needs a stream, and here answers are sent whole. Ask without it, or have streaming switched on."
    )
    static let unknownSession = HTTPRefusal(
        404,
        "not_found",
        "The session is not known or has ended. Send initialize without a session id to open another."
    )

    static let notKept = HTTPRefusal(
        400,
        "bad_request",
        "What follows that event is no longer kept. Send the request again, or leave out Last-Event-ID."
    )

    /// `why` is a sentence.
    static func notReady(_ why: String) -> HTTPRefusal {
        HTTPRefusal(503, "not_ready", "\(why) Try again in a few seconds.", fields: ["Retry-After": "5"])
    }

    static func methodNotAllowed(_ allowed: String) -> HTTPRefusal {
        HTTPRefusal(
            405,
            "method_not_allowed",
            "This method is not served here. Use \(allowed).",
            fields: ["Allow": allowed]
        )
    }

    static func rateLimited(_ limit: RateLimiter.Refusal) -> HTTPRefusal {
        var refusal = HTTPRefusal(
            429,
            "rate_limited",
            "There were more than \(limit.perMinute) \(limit.of) within a minute. Wait \(limit.seconds) seconds.",
            fields: [
                "Retry-After": String(limit.seconds),
                "RateLimit-Policy": "\"\(limit.name)\";q=\(limit.perMinute);w=60",
                "RateLimit": "\"\(limit.name)\";r=0;t=\(limit.seconds)",
            ]
        )
        refusal.limit = limit.name
        return refusal
    }
}
