import Synchronization

/// How long some work may take; time in which it waits for a person does not count.
package final class Deadline: Sendable {
    package typealias Instant = ContinuousClock.Instant

    private struct Pauses {
        var past = Duration.zero
        var running = 0
        var since: Instant?
    }

    package let limit: Duration
    private let pauses = Mutex(Pauses())

    package init(_ limit: Duration) { self.limit = limit }

    /// Runs `wait` without its time counting; several may run at once.
    package func paused<Value>(_ wait: () async throws -> Value) async rethrows -> Value {
        begin(at: .now)
        defer { end(at: .now) }
        return try await wait()
    }

    func begin(at now: Instant) {
        pauses.withLock { pauses in
            if pauses.running == 0 { pauses.since = now }
            pauses.running += 1
        }
    }

    func end(at now: Instant) {
        pauses.withLock { pauses in
            pauses.running -= 1
            guard pauses.running == 0, let since = pauses.since else { return }
            pauses.past += now - since
            pauses.since = nil
        }
    }

    /// Whether work that began at `start` has used up its time.
    func isOver(since start: Instant, at now: Instant) -> Bool {
        pauses.withLock { $0.running == 0 && now >= start + limit + $0.past }
    }
}
