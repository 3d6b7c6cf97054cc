import Clock
import Synchronization
import Threads

/// Waits for a task no longer than one can, and lets it go on.
enum Patience {
    /// Nil where it is not done by then.
    static func outcome<Value: Sendable>(of task: Task<Value, Never>, within limit: Duration) async -> Value? {
        await withCheckedContinuation { continuation in
            let once = Once(continuation)
            let timer = Task(executorPreference: WorkerPool.shared) {
                if (try? await SystemClock.sleep(for: limit)) != nil { once.resume(nil) }
            }
            Task(executorPreference: WorkerPool.shared) {
                once.resume(await task.value)
                timer.cancel()
            }
        }
    }

    private final class Once<Value: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

        init(_ continuation: CheckedContinuation<Value?, Never>) { self.continuation = Mutex(continuation) }

        func resume(_ value: Value?) { continuation.withLock { $0.take() }?.resume(returning: value) }
    }
}
