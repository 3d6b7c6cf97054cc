import Clock

/// Pauses that double up to a limit.
struct Backoff {
    private var next: Duration
    private let limit: Duration

    init(from first: Duration, to limit: Duration) {
        next = first
        self.limit = limit
    }

    mutating func pause() async throws {
        try await SystemClock.sleep(for: next)
        next = min(next * 2, limit)
    }
}
