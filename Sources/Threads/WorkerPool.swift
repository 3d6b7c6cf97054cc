#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The threads on which tasks go on: one for each processor, started when first needed, asleep while nothing is to do.
///
/// Instead of the pool that tasks have by default: on Linux that one looks after its threads once a second from its
/// first task on, so that a process which is not in use would never sleep.
package final class WorkerPool: TaskExecutor {
    package static let shared = WorkerPool(threads: max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    private let limit: Int
    private let work = Monitor(Work())
    private let start: Threads.Starter

    /// `start` begins a thread, as ``Threads/start(_:)`` does.
    package init(threads limit: Int, start: @escaping Threads.Starter = { Threads.start($0) }) {
        self.limit = limit
        self.start = start
    }

    package func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job), of: asUnownedTaskExecutor()) }

    /// Runs `job` as `executor` would, which has no thread for it.
    package func enqueue(_ job: UnownedJob, of executor: UnownedTaskExecutor) {
        switch work.withLock({ $0.add(Item(job: job, executor: executor), limit: limit) }) {
        case .comes: break
        case .wakes: work.notifyOne()
        case .starts:
            if !start({ self.run() }), work.withLock({ $0.isLeftAlone() }) { runUntilEmpty() }
        }
    }

    /// The calling thread does the work of the one that could not be started, or the job would wait for ever.
    private func runUntilEmpty() {
        while let item = work.withLock({ $0.nextOrLeave() }) { item.job.runSynchronously(on: item.executor) }
    }

    private func run() {
        var isIdle = false
        while true {
            let item = work.wait { $0.next(&isIdle) }
            item.job.runSynchronously(on: item.executor)
        }
    }
}

extension WorkerPool {
    /// Who takes a job that was added: a thread that is about to look, one that sleeps, or a new one.
    fileprivate enum Dispatch { case comes, wakes, starts }

    fileprivate struct Item {
        let job: UnownedJob
        let executor: UnownedTaskExecutor
    }

    fileprivate struct Work {
        var ready = Queue<Item>()
        var threads = 0
        var idle = 0
        /// How many of the idle were woken and have not looked yet.
        var called = 0

        mutating func add(_ item: Item, limit: Int) -> Dispatch {
            ready.append(item)
            if idle > called {
                called += 1
                return .wakes
            }
            guard threads < limit else { return .comes }
            threads += 1
            return .starts
        }

        /// No thread was started after all; true when none is there, and the calling one counts in its place.
        mutating func isLeftAlone() -> Bool {
            guard threads > 1 else { return true }
            threads -= 1
            return false
        }

        /// What is left to do; with nothing left the calling thread does not count any more.
        mutating func nextOrLeave() -> Item? {
            let item = ready.popFirst()
            if item == nil { threads -= 1 }
            return item
        }

        /// What the calling thread is to do; nil when it is to sleep.
        mutating func next(_ isIdle: inout Bool) -> Item? {
            if isIdle {
                idle -= 1
                called = max(called - 1, 0)
            }
            let item = ready.popFirst()
            isIdle = item == nil
            if isIdle { idle += 1 }
            return item
        }
    }
}
