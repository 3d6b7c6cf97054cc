import Clock

/// A client around a client, which asks again as a ``RetryPolicy`` says.
///
/// Answers are repeated, failures are not: when no answer came, it is unknown what happened. When all attempts are used
/// up or the next one would come too late, the last answer is returned as it is.
package struct RetryingClient: HTTPClient {
    private let client: any HTTPClient
    private let policy: RetryPolicy
    private let deadline: Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let now: @Sendable () -> ContinuousClock.Instant
    private let random: @Sendable () -> Double

    /// All attempts and the waits between them end within `deadline`.
    package init(
        _ client: any HTTPClient,
        policy: RetryPolicy = RetryPolicy(),
        within deadline: Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = SystemClock.sleep,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.client = client
        self.policy = policy
        self.deadline = deadline
        self.sleep = sleep
        self.now = now
        self.random = random
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let end = now().advanced(by: deadline)
        var request = request
        var attempt = 1
        while true {
            let left = now().duration(to: end)
            request.timeLimit = request.timeLimit.map { min($0, left) } ?? left
            let response = try await client.send(request)
            if response.status.isSuccess { return response }
            guard let pause = pause(after: response, to: request, attempt: attempt, end: end) else { return response }
            try await wait(pause)
            attempt += 1
        }
    }

    private func pause(
        after response: HTTPResponse,
        to request: HTTPRequest,
        attempt: Int,
        end: ContinuousClock.Instant
    ) -> Duration? {
        let verdict = policy.verdict(
            afterAttempt: attempt,
            mayBeRepeated: request.mayBeRepeated,
            status: response.status,
            retryAfter: response.retryAfterSeconds,
            secondsLeft: now().duration(to: end) / .seconds(1),
            random: random()
        )
        return if case .wait(let seconds) = verdict { .seconds(seconds) } else { nil }
    }

    private func wait(_ pause: Duration) async throws(HTTPFailure) {
        do { try await sleep(pause) } catch { throw .cancelled }
        // A sleep of no length may end without a look at the task.
        if Task.isCancelled { throw .cancelled }
    }
}
