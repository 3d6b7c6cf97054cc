import Testing

@testable import Threads

@Suite struct `The worker pool` {
    @Test func `runs what many tasks wait for on no more threads than it may have`() async {
        let pool = WorkerPool(threads: 3)
        let seen = Monitor<Set<UInt>>([])
        let task = Task(executorPreference: pool) {
            await withTaskGroup(of: Int.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        _ = seen.withLock { $0.insert(Threads.current) }
                        await Task.yield()
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(await task.value == 499 * 250)
        #expect(seen.withLock { $0.count } <= 3)
    }

    @Test func `does with one thread what waits for each other`() async {
        let pool = WorkerPool(threads: 1)
        let steps = Monitor<[String]>([])
        let task = Task(executorPreference: pool) {
            async let other: Void = steps.withLock { $0.append("other") }
            await other
            steps.withLock { $0.append("first") }
        }
        await task.value
        #expect(steps.withLock { $0 } == ["other", "first"])
    }

    @Test func `wakes a second thread while the first is busy`() async {
        let pool = WorkerPool(threads: 2)
        let door = Monitor(false)
        let waits = Task(executorPreference: pool) { door.wait { $0 ? true : nil } }
        let opens = Task(executorPreference: pool) {
            door.withLock { $0 = true }
            door.notify()
        }
        await opens.value
        #expect(await waits.value)
    }

    @Test func `lends its threads to an executor that has none of its own`() async {
        let lender = WorkerPool(threads: 1)
        let borrower = Borrower(pool: lender)
        let task = Task(executorPreference: borrower) {
            await Task.yield()
            return Threads.current
        }
        let owner = Task(executorPreference: lender) { Threads.current }
        #expect(await task.value == owner.value)
    }
}

private final class Borrower: TaskExecutor {
    private let pool: WorkerPool

    init(pool: WorkerPool) { self.pool = pool }

    func enqueue(_ job: consuming ExecutorJob) { pool.enqueue(UnownedJob(job), of: asUnownedTaskExecutor()) }
}

@Suite struct `A monitor` {
    @Test func `gives up when nothing has come in time`() {
        let monitor = Monitor(0)
        #expect(monitor.wait(seconds: 0.01) { $0 > 0 ? $0 : nil } == nil)
        #expect(monitor.wait(seconds: -1) { $0 == 0 ? "now" : nil } == "now")
    }

    @Test func `lets one go on who waited for another`() {
        let monitor = Monitor(0)
        Threads.start {
            monitor.withLock { $0 = 7 }
            monitor.notifyOne()
        }
        #expect(monitor.wait(seconds: 60) { $0 > 0 ? $0 : nil } == 7)
    }
}
