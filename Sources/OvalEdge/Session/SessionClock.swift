import Clock

/// What the session needs of time, so that a test can pass an hour in a microsecond.
package struct SessionClock: Sendable {
    /// Seconds since 1970.
    package let now: @Sendable () -> Double
    /// Throws when the task is cancelled.
    package let sleep: @Sendable (_ seconds: Double) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (_ seconds: Double) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    package static let system = SessionClock(now: SystemClock.secondsSince1970) { seconds in
        try await SystemClock.sleep(for: .seconds(min(max(seconds, 0), 1e8)))
    }
}
