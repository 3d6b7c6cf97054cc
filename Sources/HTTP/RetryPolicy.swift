/// Whether to ask again after an answer that says "not now", and how long to wait before.
///
/// A value without clock or chance: the caller hands in the time left and a random number, so that the whole policy is
/// a table. Reads may be repeated after 429, 502, 503 and 504; writes only after 429 and 503, where the server reports
/// that it did nothing, because 502 and 504 may come after the deed.
package struct RetryPolicy: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case wait(seconds: Double)
        case giveUp
    }

    /// The first try counts: 1 means that nothing is repeated.
    package var maxAttempts: Int
    /// Doubled with every attempt; what comes out is kept within ``backoffLimits``.
    package var backoffSeconds: Double

    package static let backoffLimits = 0.5...10.0

    package init(maxAttempts: Int = 3, backoffSeconds: Double = 0.5) {
        self.maxAttempts = maxAttempts
        self.backoffSeconds = backoffSeconds
    }

    /// What to do after the answer to attempt number `attempt`, counted from 1.
    ///
    /// `retryAfter` is obeyed to the second. Without it the wait is anything between nothing and the backoff ("full
    /// jitter", `random` in 0..<1), so that clients which failed together do not come back together. A wait that does
    /// not fit into `secondsLeft` is not begun: the caller gets the failure at once.
    package func verdict(
        afterAttempt attempt: Int,
        mayBeRepeated: Bool,
        status: HTTPStatus,
        retryAfter: Double?,
        secondsLeft: Double,
        random: Double
    ) -> Verdict {
        guard attempt < maxAttempts, Self.isTransient(status, mayBeRepeated: mayBeRepeated) else { return .giveUp }
        let seconds = retryAfter.map { max($0, 0) } ?? backoff(afterAttempt: attempt) * random
        return seconds < secondsLeft ? .wait(seconds: seconds) : .giveUp
    }

    /// The longest wait after attempt number `attempt`, before chance shortens it.
    package func backoff(afterAttempt attempt: Int) -> Double {
        // Past some doublings the limit has long been reached, and the shift would overflow.
        let doublings = min(max(attempt - 1, 0), 30)
        let seconds = backoffSeconds * Double(1 << doublings)
        return min(max(seconds, Self.backoffLimits.lowerBound), Self.backoffLimits.upperBound)
    }

    private static func isTransient(_ status: HTTPStatus, mayBeRepeated: Bool) -> Bool {
        switch status {
        case .tooManyRequests, .serviceUnavailable: true
        case .badGateway, .gatewayTimeout: mayBeRepeated
        default: false
        }
    }
}
