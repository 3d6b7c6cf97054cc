import Dispatch
import TestSupport
import Testing

/// Lets a test block: it runs on a thread of its own instead of one of the few that all tests share.
///
/// Only so many run at once, because what they measure is time.
struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    private static let turns = DispatchSemaphore(value: 6)

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(Threads()) {
            Self.wait()
            defer { Self.turns.signal() }
            try await function()
        }
    }

    private static func wait() { turns.wait() }

    /// A thread for each step of a task.
    private final class Threads: TaskExecutor {
        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            onThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}

extension Trait where Self == OwnThread {
    static var ownThread: OwnThread { OwnThread() }
}
