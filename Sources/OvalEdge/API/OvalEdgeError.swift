/// An answer that says no, or none at all: what happened, and what to do.
package struct OvalEdgeError: Error, Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case notSignedIn, notAllowed, notFound, notValid, conflict, tooMany, unreachable, unavailable, notUnderstood
    }

    package let kind: Kind
    /// One sentence: what happened.
    package let what: String
    /// One sentence: what to do.
    package let advice: String
    package let status: Int?
    /// The product's own code, such as `mcp.source.system.unsupported`.
    package let code: String?
    package let requestID: String?
    /// Seconds to wait before another try, where the server said so.
    package let retryAfter: Double?

    package init(
        _ kind: Kind,
        _ what: String,
        advice: String,
        status: Int? = nil,
        code: String? = nil,
        requestID: String? = nil,
        retryAfter: Double? = nil
    ) {
        self.kind = kind
        self.what = what
        self.advice = advice
        self.status = status
        self.code = code
        self.requestID = requestID
        self.retryAfter = retryAfter
    }
}

extension OvalEdgeError: CustomStringConvertible {
    /// Two sentences, safe for a model.
    package var description: String { "\(what) \(advice)" }
}
