import Threads

/// Where the synchronous world of a command waits for the asynchronous one.
package enum Waiter {
    /// Runs `work` to its end while the calling thread sleeps.
    package static func run<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) -> Result {
        let result = Monitor<Result?>(nil)
        Task(executorPreference: WorkerPool.shared) {
            let value = await work()
            result.withLock { $0 = value }
            result.notify()
        }
        return result.wait { $0 }
    }
}
