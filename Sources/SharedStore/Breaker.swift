/// Leaves a store alone that fails, so that no one waits for it in turn: after three failures for five seconds.
///
/// Then one try is let through, and its outcome decides. A value without clock and lock, so that a test can walk through
/// any order of events.
struct Breaker: Hashable, Sendable {
    typealias Instant = ContinuousClock.Instant

    private enum State: Hashable {
        case closed(failures: Int)
        case open(until: Instant)
        /// One is trying.
        case trying(until: Instant)
    }

    static let limit = 3
    static let pause = Duration.seconds(5)

    private var state = State.closed(failures: 0)

    /// Whether a command may be sent now; the first after a pause is the one that tries.
    mutating func permits(at now: Instant) -> Bool {
        switch state {
        case .closed: return true
        case .open(let end), .trying(let end):
            guard now >= end else { return false }
            // Should its outcome never be known, another may try after the next pause.
            state = .trying(until: now + Self.pause)
            return true
        }
    }

    mutating func succeeded() { state = .closed(failures: 0) }

    /// True when from now on nothing is sent.
    mutating func failed(at now: Instant) -> Bool {
        switch state {
        case .closed(let failures) where failures + 1 < Self.limit:
            state = .closed(failures: failures + 1)
            return false
        case .closed, .trying:
            state = .open(until: now + Self.pause)
            return true
        case .open: return false
        }
    }
}
