import Dispatch
import Synchronization

/// Where the synchronous world of a command waits for the asynchronous one.
enum Waiter {
    /// Calls `start` with what it has to call when it is done; false when that did not happen in time.
    static func wait(seconds: Double, _ start: (@escaping @Sendable () -> Void) -> Void) -> Bool {
        let semaphore = DispatchSemaphore(value: 0)
        start { semaphore.signal() }
        return semaphore.wait(timeout: .now() + seconds) == .success
    }

    /// Runs `work` to its end while the calling thread sleeps.
    static func run<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) -> Result {
        let semaphore = DispatchSemaphore(value: 0)
        let box = Box<Result>()
        Task {
            let result = await work()
            box.value.withLock { $0 = result }
            semaphore.signal()
        }
        while true {
            semaphore.wait()
            if let result = box.value.withLock({ $0 }) { return result }
        }
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}
