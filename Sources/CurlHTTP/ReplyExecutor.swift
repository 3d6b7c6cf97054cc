import Synchronization
import Threads

/// Lets a task go on where its reply has arrived: on the loop's thread, when nothing else needs that.
///
/// To wake another thread takes longer than to put a usual reply into words. Long replies, and those of several
/// requests at a time, go to the worker pool, so that no transfer waits for the words of another.
final class ReplyExecutor: TaskExecutor {
    private let thread = Atomic<UInt>(0)
    /// What is to go on here, while that is allowed; touched by the loop's thread only.
    private nonisolated(unsafe) var jobs: [UnownedJob]?

    /// Makes the calling thread the loop's.
    func adoptThread() { thread.store(Threads.current, ordering: .relaxed) }

    /// Whether the calling thread is the loop's.
    var isOnItsThread: Bool { thread.load(ordering: .relaxed) == Threads.current }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnItsThread, jobs != nil {
            jobs?.append(job)
        } else {
            WorkerPool.shared.enqueue(job, of: asUnownedTaskExecutor())
        }
    }

    /// Runs on the loop's thread what `body` lets go on, and what follows from that.
    func perform(_ body: () -> Void) {
        jobs = []
        body()
        while let next = jobs, !next.isEmpty {
            jobs = []
            for job in next { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
        jobs = nil
    }
}
