import Logging
import Text
import Threads

/// Where the synchronous world of a command waits for the asynchronous one.
package enum Waiter {
    /// Runs `work` to its end while the calling thread sleeps.
    package static func run<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) -> Result {
        begin(work).wait { $0 }
    }

    /// The same, and from the second second on the terminal says what is waited for, and for how long.
    ///
    /// The thread that waits wakes up for it, so that nothing is left over in the end.
    package static func run<Result: Sendable>(
        showing what: String,
        _ work: @escaping @Sendable () async -> Result
    ) -> Result {
        guard let columns = Terminal.columnsOfStatus else { return run(work) }
        let result = begin(work)
        for seconds in 1... {
            if let result = result.wait(seconds: 1, for: { $0 }) {
                StatusLine.clear()
                return result
            }
            StatusLine.show(DisplayWidth.fitting("\(VisibleText.line(what)) … \(seconds) s", columns - 1))
        }
        return result.wait { $0 }
    }

    private static func begin<Result: Sendable>(
        _ work: @escaping @Sendable () async -> Result
    ) -> Monitor<Result?> {
        let result = Monitor<Result?>(nil)
        Task(executorPreference: WorkerPool.shared) {
            let value = await work()
            result.withLock { $0 = value }
            result.notify()
        }
        return result
    }
}
