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
/// cancelled.
final class RequestTable: Sendable {
    typealias Ticket = UInt64
    typealias Instant = ContinuousClock.Instant

    private let state: Mutex<State>
    private let executor: any TaskExecutor

    /// The tasks prefer `executor`.
    init(slots: Int, executor: any TaskExecutor = WorkerPool.shared) {
        state = Mutex(State(freeSlots: slots))
        self.executor = executor
    }

    /// What waits for a slot, in bytes of requests.
    var waitingCost: Int { state.withLock { $0.waitingCost } }

    func holds(_ id: RequestID) -> Bool { state.withLock { !$0.entries.isEmpty && $0.entries[id] != nil } }

    /// Answers `id` with what `work` gives, once there is a slot; `cost` is the size of the request.
    ///
    /// `deliver` gets the outcome and what to call once that is written, or nil when the request was cancelled.
    func open(
        _ id: RequestID,
        cost: Int,
        _ work: LongWork,
        at now: Instant = .now,
        deliver: @escaping @Sendable (Outcome?, _ written: @escaping @Sendable () -> Void) -> Void
    ) {
        let (startsTicking, isHeld, isAlone) = state.withLock { state in
            state.lastTicket += 1
            state.entries[id] = Entry(ticket: state.lastTicket, since: now, work: work, cost: cost, deliver: deliver)
            state.waiting.append(Place(id: id, ticket: state.lastTicket))
            state.waitingCost += cost
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
        entry.deliver(nil) {}
        for callback in state.withLock({ $0.dueCallbacks() }) { callback() }
        return true
    }

    func cancelAll() {
        for id in state.withLock({ Array($0.entries.keys) }) { _ = cancel(id) }
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
        while let next = state.withLock({ $0.takeWaiting() }) { start(next.place, next.work, atOnce: atOnce) }
    }

    /// `atOnce` begins on the calling thread, as far as the work goes without waiting: no other has to wake up for it.
    private func start(_ place: Place, _ work: LongWork, atOnce: Bool = false) {
        let task: Task<Void, Never>
        if #available(macOS 26, *), atOnce {
            task = Task.immediate(executorPreference: executor) { self.finish(place, await work.run()) }
        } else {
            task = Task(executorPreference: executor) { self.finish(place, await work.run()) }
        }
        let isUnwanted = state.withLock { $0.attach(task, to: place) }
        if isUnwanted { task.cancel() }
    }

    private func finish(_ place: Place, _ outcome: Outcome) {
        guard let entry = state.withLock({ $0.taken(place) }) else { return releaseSlot() }
        entry.deliver(outcome) { self.releaseSlot() }
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

    /// Shows a sign of life for each request, and cancels those whose time is over; their work says so.
    func tick(at now: Instant) {
        let (tasks, unstarted, beats) = state.withLock { $0.due(at: now) }
        for task in tasks { task.cancel() }
        for next in unstarted { start(next.place, next.work) }
        for beat in beats { beat() }
    }
}

extension RequestTable {
    fileprivate struct Place {
        let id: RequestID
        let ticket: Ticket
    }

    fileprivate struct Entry {
        let ticket: Ticket
        let since: Instant
        let work: LongWork
        let cost: Int
        let deliver: @Sendable (Outcome?, _ written: @escaping @Sendable () -> Void) -> Void
        var task: Task<Void, Never>?
        var hasStarted = false
        /// Its time is over: the task is to be cancelled, and the answer is wanted all the same.
        var isOverdue = false
    }

    fileprivate struct State {
        var entries: [RequestID: Entry] = [:]
        var waiting = Queue<Place>()
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
    /// The next request that is still wanted and not started, if there is a slot for it.
    fileprivate mutating func takeWaiting() -> (place: RequestTable.Place, work: LongWork)? {
        guard freeSlots > 0, !isHeld else { return nil }
        while let place = waiting.popFirst() {
            if let work = started(place) { return (place, work) }
        }
        return nil
    }

    private mutating func started(_ place: RequestTable.Place) -> LongWork? {
        guard let entry = entries[place.id], entry.ticket == place.ticket, !entry.hasStarted else { return nil }
        entries[place.id]?.hasStarted = true
        waitingCost -= entry.cost
        freeSlots -= 1
        return entry.work
    }

    /// Ties a task to its entry; true when the task is to be cancelled at once.
    fileprivate mutating func attach(_ task: Task<Void, Never>, to place: RequestTable.Place) -> Bool {
        guard let entry = entries[place.id], entry.ticket == place.ticket else { return true }
        entries[place.id]?.task = task
        return entry.isOverdue
    }

    fileprivate mutating func cancelled(_ id: RequestID) -> RequestTable.Entry? {
        guard let entry = entries.removeValue(forKey: id) else { return nil }
        if !entry.hasStarted { waitingCost -= entry.cost }
        return entry
    }

    /// The entry whose answer is still wanted; its id is free again before the answer leaves.
    fileprivate mutating func taken(_ place: RequestTable.Place) -> RequestTable.Entry? {
        guard let entry = entries[place.id], entry.ticket == place.ticket else { return nil }
        entries[place.id] = nil
        leaving += 1
        return entry
    }

    /// The callbacks of those who wait for the table to be empty, when it is.
    fileprivate mutating func dueCallbacks() -> [@Sendable () -> Void] {
        guard entries.isEmpty, leaving == 0 else { return [] }
        defer { whenEmpty = [] }
        return whenEmpty
    }

    /// The tasks to cancel, what to start although there is no slot because its time is over, and signs of life.
    fileprivate mutating func due(
        at now: RequestTable.Instant
    ) -> ([Task<Void, Never>], [(place: RequestTable.Place, work: LongWork)], [@Sendable () -> Void]) {
        var tasks: [Task<Void, Never>] = []
        var unstarted: [(place: RequestTable.Place, work: LongWork)] = []
        var beats: [@Sendable () -> Void] = []
        for (id, entry) in entries {
            guard let deadline = entry.work.deadline, !entry.isOverdue, deadline.isOver(since: entry.since, at: now)
            else {
                if let beat = entry.work.beat { beats.append(beat) }
                continue
            }
            entries[id]?.isOverdue = true
            let place = RequestTable.Place(id: id, ticket: entry.ticket)
            if let task = entry.task { tasks.append(task) }
            if let work = started(place) { unstarted.append((place, work)) }
        }
        return (tasks, unstarted, beats)
    }

    /// False, and remembered, when nothing is left to tick for.
    fileprivate mutating func isStillBusy() -> Bool {
        isTicking = !entries.isEmpty
        return isTicking
    }
}
