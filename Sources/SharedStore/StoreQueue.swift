import Logging
import Threads

/// The commands that wait, and the threads that send them.
///
/// A thread keeps the queue, not the client: once the client is gone, it leaves.
final class StoreQueue: Sendable {
    typealias Outcome = Result<StoreReply, StoreFailure>

    fileprivate struct Job {
        let command: StoreCommand
        /// Nil where no one waits.
        let continuation: CheckedContinuation<Outcome, Never>?
    }

    fileprivate struct State {
        var waiting = Queue<Job>()
        var threads = 0
        var idle = 0
        var breaker = Breaker()
        var health = StoreHealth()
        /// When it was last answered or asked to no end.
        var lastOutcome: ContinuousClock.Instant?
        var isClosed = false
    }

    /// So many commands go out together.
    private static let together = 64

    private let work = Monitor(State())
    private let configuration: StoreConfiguration
    private let connect: StoreConnecting
    private let log: Log
    private let remedy: @Sendable (StoreFailure) -> String
    private let whenFailed: @Sendable () -> Void

    init(
        _ configuration: StoreConfiguration,
        log: Log,
        remedy: @escaping @Sendable (StoreFailure) -> String,
        whenFailed: @escaping @Sendable () -> Void,
        connect: @escaping StoreConnecting
    ) {
        self.configuration = configuration
        self.log = log
        self.remedy = remedy
        self.whenFailed = whenFailed
        self.connect = connect
    }

    var health: StoreHealth { work.withLock { $0.health } }

    /// Whether nothing is known of the last second.
    var isDue: Bool { work.withLock { $0.lastOutcome.map { .now - $0 > .seconds(1) } ?? true } }

    func enqueue(_ command: StoreCommand, _ continuation: CheckedContinuation<Outcome, Never>?) {
        let job = Job(command: command, continuation: continuation)
        switch work.withLock({ $0.enqueue(job, limit: configuration.connections) }) {
        case .refused: fail([job], .resting)
        case .waits: break
        case .wakes: work.notifyOne()
        case .starts:
            let isStarted = Threads.start { self.serve() }
            if !isStarted { fail(work.withLock { $0.abandoned() }, .resting) }
        }
    }

    func close() {
        let rest = work.withLock { state in
            state.isClosed = true
            return state.takeAll()
        }
        work.notify()
        fail(rest, .resting)
    }

    private func serve() {
        let session = StoreSession(configuration, connect)
        var isIdle = false
        while let jobs = work.wait(for: { $0.next(Self.together, &isIdle) }) { carryOut(jobs, session) }
    }

    private func carryOut(_ jobs: [Job], _ session: StoreSession) {
        var answered = 0
        do throws(StoreFailure) {
            try session.exchange(jobs.map { $0.command }) { index, reply in
                answered = index + 1
                finish(jobs[index], reply)
            }
        } catch {
            failed(Array(jobs[answered...]), error)
        }
    }

    private func finish(_ job: Job, _ reply: StoreReply) {
        if case .error(let text) = reply {
            let failure = StoreFailure(error: text)
            guard !failure.isOfConnection else { return failed([job], failure) }
            note(work.withLock { $0.refused(failure, job.command.name, at: .now) }, failure)
            job.continuation?.resume(returning: .failure(failure))
        } else {
            if work.withLock({ $0.answered(job.command.name, at: .now) }) { log.info("the shared store is back") }
            job.continuation?.resume(returning: .success(reply))
        }
    }

    /// Where the store is to be left alone from now on, no one else waits for it, either.
    private func failed(_ jobs: [Job], _ failure: StoreFailure) {
        let (isNews, others) = work.withLock { $0.failed(jobs.map { $0.command.name }, failure, at: .now) }
        note(isNews, failure)
        fail(jobs, failure)
        fail(others, .resting)
    }

    private func note(_ isNews: Bool, _ failure: StoreFailure) {
        guard isNews else { return }
        log.warning("the shared store cannot be used", ("reason", failure.description), ("remedy", remedy(failure)))
    }

    private func fail(_ jobs: [Job], _ failure: StoreFailure) {
        for job in jobs {
            whenFailed()
            job.continuation?.resume(returning: .failure(failure))
        }
    }
}

extension StoreQueue.State {
    fileprivate enum Dispatch { case refused, waits, wakes, starts }

    fileprivate mutating func enqueue(_ job: StoreQueue.Job, limit: Int) -> Dispatch {
        guard !isClosed, breaker.permits(at: .now) else {
            _ = health.failed(.resting, job.command.name)
            return .refused
        }
        waiting.append(job)
        // What one thread takes together needs no second one.
        if idle > 0 { return .wakes }
        guard threads < limit else { return .waits }
        threads += 1
        return .starts
    }

    /// What is to be sent together; nil inside when the thread is to leave, nil outside when it is to sleep.
    fileprivate mutating func next(_ limit: Int, _ isIdle: inout Bool) -> [StoreQueue.Job]?? {
        if isIdle { idle -= 1 }
        isIdle = false
        if isClosed { return .some(nil) }
        var jobs: [StoreQueue.Job] = []
        while jobs.count < limit, let job = waiting.popFirst() { jobs.append(job) }
        if !jobs.isEmpty { return jobs }
        isIdle = true
        idle += 1
        return .none
    }

    fileprivate mutating func takeAll() -> [StoreQueue.Job] {
        var jobs: [StoreQueue.Job] = []
        while let job = waiting.popFirst() { jobs.append(job) }
        return jobs
    }

    /// A thread could not be started; those that wait are given up where no other is there for them.
    fileprivate mutating func abandoned() -> [StoreQueue.Job] {
        threads -= 1
        return threads == 0 ? takeAll() : []
    }

    /// True when the store can be used again.
    fileprivate mutating func answered(_ command: [UInt8], at now: ContinuousClock.Instant) -> Bool {
        breaker.succeeded()
        lastOutcome = now
        return health.answered(command)
    }

    /// True when that is news.
    fileprivate mutating func refused(
        _ failure: StoreFailure,
        _ command: [UInt8],
        at now: ContinuousClock.Instant
    ) -> Bool {
        breaker.succeeded()
        lastOutcome = now
        return health.failed(failure, command)
    }

    /// Whether that is news, and who else is not to wait any longer.
    fileprivate mutating func failed(
        _ commands: [[UInt8]],
        _ failure: StoreFailure,
        at now: ContinuousClock.Instant
    ) -> (isNews: Bool, others: [StoreQueue.Job]) {
        lastOutcome = now
        var isNews = false
        for command in commands where health.failed(failure, command) { isNews = true }
        return (isNews, breaker.failed(at: now) ? takeAll() : [])
    }
}
