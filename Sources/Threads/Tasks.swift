/// How tasks begin that others wait for.
package enum Tasks {
    /// Begins a task on the calling thread, until it first waits, where the system can do that; from then on it prefers
    /// `executor`.
    @discardableResult
    package static func begin<Success: Sendable>(
        on executor: any TaskExecutor,
        _ work: @escaping @Sendable () async -> Success
    ) -> Task<Success, Never> {
        guard #available(macOS 26, *) else { return Task(executorPreference: executor) { await work() } }
        return Task.immediate(executorPreference: executor) { await work() }
    }
}
