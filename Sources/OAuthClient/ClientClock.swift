import Clock

/// The time, which a test can move.
package struct ClientClock: Sendable {
    /// In seconds since 1970.
    package let now: @Sendable () -> Double
    /// Throws when the task is cancelled.
    package let sleep: @Sendable (Double) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Double) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    package static let system = ClientClock(
        now: SystemClock.secondsSince1970,
        sleep: { try await SystemClock.sleep(for: .seconds($0)) }
    )
}
