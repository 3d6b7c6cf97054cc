/// A refusal, or no answer at all: what happened, and what to do.
package struct OvalEdgeError: Error, Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case notSignedIn, notAllowed, notFound, notValid, conflict, tooMany, unreachable, unavailable, notUnderstood
    }

    /// Whether the same call, made again, may end otherwise.
    package enum Retry: Hashable, Sendable {
        /// Not before something is changed: the arguments, the settings, the rights or the catalog.
        case afterChange
        /// Later; after so many seconds, where that is known.
        case later(seconds: Double?)
    }

    /// How far the request came; says whether a change may have been made.
    package enum Delivery: Hashable, Sendable {
        /// It never left, or no one was there to take it.
        case notSent
        /// It may have arrived; no answer came.
        case sent
        case answered
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
    /// Seconds to wait before another try, where the server set them.
    package let retryAfter: Double?
    /// Whether what stood in the way goes away by itself, as a broken connection does and a wrong address does not.
    package let isTransient: Bool
    package private(set) var delivery: Delivery

    package init(
        _ kind: Kind,
        _ what: String,
        advice: String,
        status: Int? = nil,
        code: String? = nil,
        requestID: String? = nil,
        retryAfter: Double? = nil,
        isTransient: Bool? = nil,
        delivery: Delivery = .answered
    ) {
        self.kind = kind
        self.what = what
        self.advice = advice
        self.status = status
        self.code = code
        self.requestID = requestID
        self.retryAfter = retryAfter
        self.isTransient = isTransient ?? (kind == .tooMany || kind == .unavailable)
        self.delivery = delivery
    }

    /// The same with better advice than its kind alone allows.
    package func advising(_ advice: String) -> OvalEdgeError { saying(kind, what, advice) }

    /// The same answer of OvalEdge in other words.
    func saying(_ kind: Kind, _ what: String, _ advice: String) -> OvalEdgeError {
        OvalEdgeError(
            kind,
            what,
            advice: advice,
            status: status,
            code: code,
            requestID: requestID,
            retryAfter: retryAfter,
            isTransient: isTransient,
            delivery: delivery
        )
    }

    /// The same, of a request that never left.
    package var notSent: OvalEdgeError {
        var error = self
        error.delivery = .notSent
        return error
    }

    package var retry: Retry { isTransient ? .later(seconds: retryAfter) : .afterChange }
}

extension OvalEdgeError: CustomStringConvertible {
    /// Two sentences, safe for a model.
    package var description: String { "\(what) \(advice)" }
}
