import Clock
import JSON
import JSONRPC
import Synchronization
import Threads

/// How long a call waits.
struct CallLimits: Hashable, Sendable {
    /// Without a word about it.
    var silence: Duration
    /// In all.
    var longest: Duration
}

/// The requests that wait for their answer: each gets exactly one end.
final class OpenCalls: Sendable {
    typealias Instant = SuspendingClock.Instant

    private struct Entry {
        let continuation: CheckedContinuation<CallEnd, Never>
        let events: (any RemoteCallEvents)?
        /// Notifies the server that the call is no longer waited for.
        let abandon: @Sendable (Task<Void, Never>?) -> Void
        var transfer: Task<Void, Never>?
        var silence: Duration
        var silentEnd: Instant
        var hardEnd: Instant
        /// Questions of the server that the client thinks about, and since when: that time does not count.
        var questions = 0
        var askedAt: Instant?

        /// Nothing ends while a question is open.
        func end(at now: Instant) -> Instant { questions > 0 ? now + .seconds(3600) : min(silentEnd, hardEnd) }
    }

    private struct State {
        var lastID = 0
        var entries: [Int: Entry] = [:]
        /// Transfers whose answer is there, which usually end by themselves.
        var lingering: [Int: (end: Instant, transfer: Task<Void, Never>)] = [:]
        /// Requests whose transfer has not ended.
        var running: Set<Int> = []
        var ticker: Task<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let limits: CallLimits
    /// How long a stream may stay open behind its answer.
    private static let patience = Duration.seconds(2)

    private let executor: any TaskExecutor

    init(_ limits: CallLimits, executor: any TaskExecutor = WorkerPool.shared) {
        self.limits = limits
        self.executor = executor
    }

    /// Of every request of the session once; its progress token too.
    func nextID() -> Int {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    /// Waits for the end of the request `id`, which `transfer` sends.
    ///
    /// `abandon` is called, with the transfer, where the wait ends before the request.
    func ending(
        of id: Int,
        events: (any RemoteCallEvents)?,
        silence: Duration? = nil,
        transfer: @escaping @Sendable () async -> CallEnd?,
        abandon: @escaping @Sendable (Task<Void, Never>?) -> Void
    ) async -> CallEnd {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let silence = silence ?? limits.silence
                let now = Instant.now
                let entry = Entry(
                    continuation: continuation,
                    events: events,
                    abandon: abandon,
                    silence: silence,
                    silentEnd: now + silence,
                    hardEnd: now + max(limits.longest, silence)
                )
                guard enroll(entry, id) else { return continuation.resume(returning: .failed(.cancelled)) }
                let task = Tasks.begin(on: executor) { [weak self] in
                    if let end = await transfer() { self?.finish(id, end) }
                    self?.transferEnded(id)
                }
                let isOver = state.withLock { state in
                    state.entries[id]?.transfer = task
                    return state.entries[id] == nil
                }
                // Its answer is there, or the wait ended, while the transfer was begun.
                if isOver { linger(task, id) }
            }
        } onCancel: {
            giveUp(id, .failed(.cancelled))
        }
    }

    private func enroll(_ entry: Entry, _ id: Int) -> Bool {
        state.withLock { state in
            // A later cancellation finds the entry here.
            guard !state.isClosed, !Task.isCancelled else { return false }
            state.entries[id] = entry
            state.running.insert(id)
            if state.ticker == nil { state.ticker = newTicker() }
            return true
        }
    }

    func isOpen(_ id: Int) -> Bool { state.withLock { $0.entries[id] != nil } }

    /// The only one that is open, which whatever comes without a name must be about.
    var onlyOne: Int? { state.withLock { $0.entries.count == 1 ? $0.entries.first?.key : nil } }

    func events(of id: Int) -> (any RemoteCallEvents)? { state.withLock { $0.entries[id]?.events } }

    /// The server asks something about the call: as long as that is not answered, its time stands still.
    func questionBegan(_ id: Int) {
        state.withLock { state in
            if state.entries[id]?.questions == 0 { state.entries[id]?.askedAt = .now }
            state.entries[id]?.questions += 1
        }
    }

    func questionEnded(_ id: Int) {
        state.withLock { state in
            guard var entry = state.entries[id], entry.questions > 0 else { return }
            entry.questions -= 1
            if entry.questions == 0, let asked = entry.askedAt {
                entry.silentEnd = .now + entry.silence
                entry.hardEnd += .now - asked
            }
            state.entries[id] = entry
        }
    }

    /// Something was heard of it.
    func progressed(_ id: Int) -> (any RemoteCallEvents)? {
        state.withLock { state in
            guard let entry = state.entries[id] else { return nil }
            state.entries[id]?.silentEnd = .now + entry.silence
            return entry.events
        }
    }

    /// The first end counts; false where there was one before.
    @discardableResult
    func finish(_ id: Int, _ end: CallEnd) -> Bool {
        guard let entry = state.withLock({ $0.entries.removeValue(forKey: id) }) else { return false }
        if case .answered = end, let transfer = entry.transfer { linger(transfer, id) }
        entry.continuation.resume(returning: end)
        return true
    }

    /// Ends the wait, and notifies the server.
    func giveUp(_ id: Int, _ end: CallEnd) {
        guard let entry = state.withLock({ $0.entries.removeValue(forKey: id) }) else { return }
        entry.continuation.resume(returning: end)
        entry.abandon(entry.transfer)
    }

    /// Ends all that wait, without a word to the server: it has gone.
    func finishAll(_ end: CallEnd) {
        for id in state.withLock({ Array($0.entries.keys) }) { finish(id, end) }
    }

    /// Ends all that wait, and lets no more wait.
    func close() {
        let (ids, ticker) = state.withLock { state in
            state.isClosed = true
            for (_, transfer) in state.lingering.values { transfer.cancel() }
            state.lingering = [:]
            return (Array(state.entries.keys), state.ticker.take())
        }
        ticker?.cancel()
        for id in ids { giveUp(id, .failed(.cancelled)) }
    }

    private func linger(_ transfer: Task<Void, Never>, _ id: Int) {
        let isClosed = state.withLock { state in
            guard !state.isClosed else { return true }
            guard state.running.contains(id) else { return false }
            state.lingering[id] = (.now + Self.patience, transfer)
            if state.ticker == nil { state.ticker = newTicker() }
            return false
        }
        if isClosed { transfer.cancel() }
    }

    private func transferEnded(_ id: Int) {
        state.withLock { state in
            state.running.remove(id)
            state.lingering[id] = nil
        }
    }
}

// The clock, which goes only while something is waited for.
extension OpenCalls {
    /// A deadline that is nearer than those known before is seen after this at the latest.
    private static let longestSleep = Duration.milliseconds(250)

    private func newTicker() -> Task<Void, Never> {
        Task(executorPreference: WorkerPool.shared) { [weak self] in
            while let pause = self?.tick() {
                do { try await SystemClock.sleep(for: pause) } catch { return }
            }
        }
    }

    /// Those whose time is over.
    func due(at now: Instant) -> [Int] {
        state.withLock { $0.entries.filter { $0.value.end(at: now) <= now }.map { $0.key } }
    }

    /// Ends what is due; how long until the next look, nil where nothing is left to look at.
    private func tick() -> Duration? {
        let now = Instant.now
        let (due, stale, pause) = state.withLock { state in
            let due = state.entries.filter { $0.value.end(at: now) <= now }.map { ($0.key, $0.value.hardEnd <= now) }
            let stale = state.lingering.values.filter { $0.end <= now }
            state.lingering = state.lingering.filter { $0.value.end > now }
            let ends = state.entries.values.map { $0.end(at: now) } + state.lingering.values.map { $0.end }
            let next = ends.min().map { max(.milliseconds(1), min($0 - now, Self.longestSleep)) }
            if next == nil { state.ticker = nil }
            return (due, stale, next)
        }
        for (_, transfer) in stale { transfer.cancel() }
        for (id, isHard) in due {
            let seconds = (isHard ? limits.longest : limits.silence) / .seconds(1)
            giveUp(id, .failed(.timedOut(seconds: seconds)))
        }
        return pause
    }
}
