import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs every task on the calling thread, in the order in which they become ready.
///
/// So the same bytes always take the same way, which is what libFuzzer learns from, and a crash is where it looks for
/// one. The runtime offers every job that is not bound to an actor with an executor of its own to the function that its
/// variable `swift_task_enqueueGlobal_hook` points to.
enum SingleThread {
    private typealias Hook = @convention(c) (UnsafeRawPointer, UnsafeRawPointer) -> Void

    private static let ready = Mutex<[UnownedJob]>([])

    static func install() {
        // nil stands for all that is loaded into this process.
        guard let variable = dlsym(dlopen(nil, RTLD_NOW), "swift_task_enqueueGlobal_hook") else {
            fatalError("This Swift runtime does not let a program run its tasks.")
        }
        let hook: Hook = { job, _ in
            let job = unsafeBitCast(job, to: UnownedJob.self)
            SingleThread.ready.withLock { $0.append(job) }
        }
        variable.assumingMemoryBound(to: Hook?.self).pointee = hook
    }

    /// Returns once `work` is done, and nothing is left that it started.
    static func run(_ work: @escaping @Sendable () async -> Void) {
        let isDone = Flag()
        Task.detached {
            await work()
            isDone.value.store(true, ordering: .releasing)
        }
        while true {
            if runReady() { continue }
            if isDone.value.load(ordering: .acquiring) { return }
            // Only the clock of the system can have something yet to come.
            usleep(100)
        }
    }

    /// False when there was nothing to run.
    private static func runReady() -> Bool {
        let jobs = ready.withLock { ready in
            defer { ready.removeAll() }
            return ready
        }
        for job in jobs { job.runSynchronously(on: anyThread) }
        return !jobs.isEmpty
    }

    /// The executor of what is bound to none.
    private static var anyThread: UnownedSerialExecutor { unsafeBitCast((0, 0), to: UnownedSerialExecutor.self) }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }
}
