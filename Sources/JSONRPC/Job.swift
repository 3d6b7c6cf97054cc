/// Work that takes a while: what to run, how long it may take, and how it shows that it lives.
package struct Job: Sendable {
    /// After this the work's task is cancelled, and what it gives then is the answer; nil means no end.
    package let deadline: Deadline?
    /// The answer where the time is over before the work has begun, which is not begun then.
    package let expired: @Sendable () -> Outcome
    /// Called about every second until the answer is there.
    package let heartbeat: (@Sendable () -> Void)?
    /// Called when the other side cancels the request; nothing may be sent for the request from then on.
    package let cancelled: (@Sendable () -> Void)?
    package let run: @Sendable () async -> Outcome

    package init(
        within deadline: Deadline? = nil,
        expired: @escaping @Sendable () -> Outcome = { .failure(.waitedTooLong) },
        heartbeat: (@Sendable () -> Void)? = nil,
        cancelled: (@Sendable () -> Void)? = nil,
        run: @escaping @Sendable () async -> Outcome
    ) {
        self.deadline = deadline
        self.expired = expired
        self.heartbeat = heartbeat
        self.cancelled = cancelled
        self.run = run
    }
}
