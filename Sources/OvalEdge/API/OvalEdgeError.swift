/// A refusal, or no answer at all: what happened, and what to do.
package struct OvalEdgeError: RemediableError, Hashable, Sendable {
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

    /// What is done otherwise about some errors of a kind than about the rest.
    package enum Cause: Hashable, Sendable {
        /// The task that asked was cancelled.
        case cancelled
        /// What was asked has no place in the variant that this back end has; nothing was sent.
        case notExpressible
        /// OvalEdge reads no rights from this kind of source system.
        case sourceNotSupported
        /// A page was asked for that is farther into a search than OvalEdge goes.
        case beyondWindow
    }

    package let kind: Kind
    /// One sentence: what happened.
    package let what: String
    package let remedy: Remedy
    package let cause: Cause?
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
        remedy: Remedy,
        cause: Cause? = nil,
        status: Int? = nil,
        code: String? = nil,
        requestID: String? = nil,
        retryAfter: Double? = nil,
        isTransient: Bool? = nil,
        delivery: Delivery = .answered
    ) {
        self.kind = kind
        self.what = what
        self.remedy = remedy
        self.cause = cause
        self.status = status
        self.code = code
        self.requestID = requestID
        self.retryAfter = retryAfter
        self.isTransient = isTransient ?? (kind == .tooMany || kind == .unavailable)
        self.delivery = delivery
    }

    /// The same with a better remedy than its kind alone allows.
    package func withRemedy(_ remedy: Remedy) -> OvalEdgeError { rephrased(kind, what, remedy) }

    /// The same answer of OvalEdge in other words.
    func rephrased(_ kind: Kind, _ what: String, _ remedy: Remedy) -> OvalEdgeError {
        OvalEdgeError(
            kind,
            what,
            remedy: remedy,
            cause: cause,
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
    /// What happened; what to do is said by ``RemedyTexts``.
    package var description: String { what }
}
