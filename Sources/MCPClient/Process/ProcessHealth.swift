import Synchronization

/// How the process of a session fares, for who shows it (`/ready`).
package final class ProcessHealth: Sendable {
    private let state = Mutex(RestartMachine())
    private let whenRestarted: @Sendable () -> Void

    /// `whenRestarted` is called whenever one is started in place of one that had ended unasked.
    package init(whenRestarted: @escaping @Sendable () -> Void = {}) { self.whenRestarted = whenRestarted }

    /// Whether a process is there that has answered.
    package var isUp: Bool { state.withLock { $0.isUp } }

    /// How often one was started in place of one that had ended unasked.
    package var restarts: Int { state.withLock { $0.restarts } }

    /// Whether it ended so often within a minute that it cannot be counted on (five times).
    package var isFailing: Bool { state.withLock { $0.isFailing(at: .now) } }

    /// Why the last one ended.
    package var lastEnd: String? { state.withLock { $0.lastEnd } }

    /// How long until a process may be started.
    var pause: Duration { state.withLock { $0.pause(at: .now) } }

    func started() {
        let isAgain = state.withLock { state in
            let before = state.restarts
            state.started(at: .now)
            return state.restarts > before
        }
        if isAgain { whenRestarted() }
    }

    func answered() { state.withLock { $0.isUp = true } }
    func ended(_ detail: String) { state.withLock { $0.ended(detail, at: .now) } }
    func stopped() { state.withLock { $0.isUp = false } }
}

/// When a process that ends is started again: after 1, 2, 4 … 60 seconds, from the beginning once one ran for two minutes.
struct RestartMachine: Sendable {
    typealias Instant = SuspendingClock.Instant

    var isUp = false
    private(set) var restarts = 0
    private(set) var lastEnd: String?
    private var failures = 0
    private var start: Instant?
    private var notBefore: Instant?
    private var ends: [Instant] = []

    mutating func started(at now: Instant) {
        if lastEnd != nil { restarts += 1 }
        start = now
    }

    mutating func ended(_ detail: String, at now: Instant) {
        isUp = false
        lastEnd = detail
        if let start, now - start >= .seconds(120) { failures = 0 }
        failures += 1
        ends = ends.suffix(4) + [now]
        notBefore = now + .seconds(min(1 << min(failures - 1, 6), 60))
    }

    func pause(at now: Instant) -> Duration { notBefore.map { max($0 - now, .zero) } ?? .zero }

    func isFailing(at now: Instant) -> Bool {
        !isUp && ends.count == 5 && ends.first.map { now - $0 <= .seconds(60) || !isUp } == true
    }
}
