import Clock
import Synchronization
import Threads

/// The requests that are being answered: started a few at a time, found by id when they are cancelled.
///
/// A request holds one of the slots from its start until its answer is written, or until its task has noticed that it
/// was cancelled. So what is in flight is bounded whatever the client asks and however slowly it reads; further
/// requests wait in the order in which they came.
///
/// Each entry has a ticket of its own, because a client may use an id again as soon as it has the answer, or has
/// cancelled; what waits is known by its ticket alone, so that nothing is kept of what was cancelled.
final class RequestTable: Sendable {
    typealias Ticket = UInt64
    typealias Instant = ContinuousClock.Instant

    /// Up to so many bytes a request begins on the thread that reads; what takes longer to look at must not hold that up.
    fileprivate static let shortCost = 64 << 10

    private let state: Mutex<State>
    private let executor: any TaskExecutor

    /// The tasks prefer `executor`.
    init(slots: Int, executor: any TaskExecutor = WorkerPool.shared) {
        state = Mutex(State(freeSlots: slots))
        self.executor = executor
    }

    /// What waits for a slot, in bytes of requests.
    var waitingCost: Int { state.withLock { $0.waitingCost } }

    /// How many tickets stand in the queue, those of cancelled requests included.
    var queuedCount: Int { state.withLock { $0.waiting.count } }

    func holds(_ id: RequestID) -> Bool { state.withLock { !$0.tickets.isEmpty && $0.tickets[id] != nil } }

    /// Gets the outcome and what to call once that is written, or nil when the request was cancelled.
    ///
    /// Without anything to call the answer holds no slot while it waits to be written.
    typealias Delivery = @Sendable (Outcome?, _ written: (@Sendable () -> Void)?) -> Void

    /// Answers `id` with what `work` gives, once there is a slot; `cost` is the size of the request.
    func open(
        _ id: RequestID,
        cost: Int,
        _ work: Job,
        at now: Instant = .now,
        deliver: @escaping Delivery
    ) {
        let (startsTicking, isHeld, isAlone) = state.withLock { state in
            state.add(Entry(id: id, since: now, work: work, cost: cost, deliver: deliver))
            defer { state.isTicking = true }
            return (!state.isTicking, state.isHeld, state.entries.count == 1)
        }
        if startsTicking { Task(executorPreference: WorkerPool.shared) { await self.tickWhileBusy() } }
        if !isHeld { startWaiting(atOnce: isAlone) }
    }

    /// What `body` opens begins only afterwards, so that it takes no processor from what comes with it.
    func hold(_ body: () -> Void) {
        state.withLock { $0.isHeld = true }
        body()
        let isAlone = state.withLock { state in
            state.isHeld = false
            return state.entries.count == 1
        }
        startWaiting(atOnce: isAlone)
    }

    /// True when there was something to cancel.
    func cancel(_ id: RequestID) -> Bool {
        guard let entry = state.withLock({ $0.cancelled(id) }) else { return false }
        entry.work.cancelled?()
        entry.task?.cancel()
        entry.deliver(nil, nil)
        for callback in state.withLock({ $0.dueCallbacks() }) { callback() }
        return true
    }

    func cancelAll() {
        for id in state.withLock({ Array($0.tickets.keys) }) { _ = cancel(id) }
    }

    /// Calls back once nothing is being answered, perhaps at once.
    func whenEmpty(_ callback: @escaping @Sendable () -> Void) {
        let callbacks = state.withLock { state in
            state.whenEmpty.append(callback)
            return state.dueCallbacks()
        }
        for callback in callbacks { callback() }
    }

    private func startWaiting(atOnce: Bool = false) {
        while let next = state.withLock({ $0.takeWaiting() }) {
            start(next.ticket, next.work, atOnce: atOnce && next.isShort)
        }
    }

    /// `atOnce` begins on the calling thread, as far as the work goes without waiting: no other has to wake up for it.
    private func start(_ ticket: Ticket, _ work: Job, atOnce: Bool) {
        let task: Task<Void, Never>
        if #available(macOS 26, *), atOnce {
            task = Task.immediate(executorPreference: executor) { self.finish(ticket, await work.run()) }
        } else {
            task = Task(executorPreference: executor) { self.finish(ticket, await work.run()) }
        }
        let isUnwanted = state.withLock { $0.attach(task, to: ticket) }
        if isUnwanted { task.cancel() }
    }

    private func finish(_ ticket: Ticket, _ outcome: Outcome) {
        guard let entry = state.withLock({ $0.taken(ticket) }) else { return releaseSlot() }
        entry.deliver(outcome) { self.releaseSlot() }
        delivered()
    }

    private func delivered() {
        let callbacks = state.withLock { state in
            state.leaving -= 1
            return state.dueCallbacks()
        }
        for callback in callbacks { callback() }
    }

    private func releaseSlot() {
        state.withLock { $0.freeSlots += 1 }
        startWaiting()
    }
}

// What happens while a request waits for its answer.
extension RequestTable {
    private static let tick = Duration.seconds(1)

    private func tickWhileBusy() async {
        repeat {
            try? await SystemClock.sleep(for: Self.tick)
            tick(at: .now)
        } while state.withLock { $0.isStillBusy() }
    }

    /// Shows a sign of life for each request, and ends those whose time is over: what is at work is cancelled and says
    /// so itself, what still waits is answered without being begun.
    func tick(at now: Instant) {
        let due = state.withLock { $0.due(at: now) }
        for task in due.tasks { task.cancel() }
        for entry in due.expired {
            entry.deliver(entry.work.expired(), nil)
            delivered()
        }
        for heartbeat in due.beats { heartbeat() }
    }
}

extension RequestTable {
    fileprivate struct Entry {
        let id: RequestID
        let since: Instant
        let work: Job
        let cost: Int
        let deliver: Delivery
        var task: Task<Void, Never>?
        var hasStarted = false
        /// Its time is over: the task is to be cancelled, and the answer is wanted all the same.
        var isOverdue = false
    }

    fileprivate struct Due {
        var tasks: [Task<Void, Never>] = []
        /// What was never begun; it has left the table.
        var expired: [Entry] = []
        var beats: [@Sendable () -> Void] = []
    }

    fileprivate struct State {
        var entries: [Ticket: Entry] = [:]
        var tickets: [RequestID: Ticket] = [:]
        /// Those that have not started; some may have been cancelled.
        var waiting = Queue<Ticket>()
        var waitingCount = 0
        var waitingCost = 0
        var freeSlots: Int
        var lastTicket: Ticket = 0
        var isTicking = false
        var isHeld = false
        /// Answers that are on their way out: no longer to be cancelled, and still to be waited for.
        var leaving = 0
        var whenEmpty: [@Sendable () -> Void] = []
    }
}

extension RequestTable.State {
    fileprivate mutating func add(_ entry: RequestTable.Entry) {
        lastTicket += 1
        entries[lastTicket] = entry
        tickets[entry.id] = lastTicket
        waiting.append(lastTicket)
        waitingCount += 1
        waitingCost += entry.cost
    }

    /// The next request that is still wanted and not started, if there is a slot for it.
    fileprivate mutating func takeWaiting() -> (ticket: RequestTable.Ticket, work: Job, isShort: Bool)? {
        guard freeSlots > 0, !isHeld else { return nil }
        while let ticket = waiting.popFirst() {
            guard let entry = entries[ticket] else { continue }
            entries[ticket]?.hasStarted = true
            leaveQueue(entry)
            freeSlots -= 1
            return (ticket, entry.work, entry.cost <= RequestTable.shortCost)
        }
        return nil
    }

    private mutating func leaveQueue(_ entry: RequestTable.Entry) {
        waitingCount -= 1
        waitingCost -= entry.cost
    }

    /// Drops the tickets of what was cancelled, once they are more than half of the queue.
    private mutating func closeUp() {
        guard waiting.count > 2 * waitingCount + 32 else { return }
        let wanted = entries
        waiting.removeAll { wanted[$0] == nil }
    }

    /// Ties a task to its entry; true when the task is to be cancelled at once.
    fileprivate mutating func attach(_ task: Task<Void, Never>, to ticket: RequestTable.Ticket) -> Bool {
        guard let entry = entries[ticket] else { return true }
        entries[ticket]?.task = task
        return entry.isOverdue
    }

    fileprivate mutating func cancelled(_ id: RequestID) -> RequestTable.Entry? {
        guard let ticket = tickets[id], let entry = removed(ticket) else { return nil }
        if !entry.hasStarted {
            leaveQueue(entry)
            closeUp()
        }
        return entry
    }

    /// The entry whose answer is still wanted; its id is free again before the answer leaves.
    fileprivate mutating func taken(_ ticket: RequestTable.Ticket) -> RequestTable.Entry? {
        guard let entry = removed(ticket) else { return nil }
        leaving += 1
        return entry
    }

    private mutating func removed(_ ticket: RequestTable.Ticket) -> RequestTable.Entry? {
        guard let entry = entries.removeValue(forKey: ticket) else { return nil }
        tickets[entry.id] = nil
        return entry
    }

    /// The callbacks of those who wait for the table to be empty, when it is.
    fileprivate mutating func dueCallbacks() -> [@Sendable () -> Void] {
        guard entries.isEmpty, leaving == 0 else { return [] }
        defer { whenEmpty = [] }
        return whenEmpty
    }

    /// The tasks to cancel and the requests to answer because their time is over, and signs of life for the others.
    fileprivate mutating func due(at now: RequestTable.Instant) -> RequestTable.Due {
        var due = RequestTable.Due()
        for (ticket, entry) in entries {
            guard let deadline = entry.work.deadline, !entry.isOverdue, deadline.isOver(since: entry.since, at: now)
            else {
                if let heartbeat = entry.work.heartbeat { due.beats.append(heartbeat) }
                continue
            }
            if entry.hasStarted {
                entries[ticket]?.isOverdue = true
                if let task = entry.task { due.tasks.append(task) }
            } else if let entry = taken(ticket) {
                leaveQueue(entry)
                due.expired.append(entry)
            }
        }
        closeUp()
        return due
    }

    /// False, and remembered, when nothing is left to tick for.
    fileprivate mutating func isStillBusy() -> Bool {
        isTicking = !entries.isEmpty
        return isTicking
    }
}
