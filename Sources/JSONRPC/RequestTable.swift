import Clock
import Synchronization
import Threads

/// The requests that are being answered: started a few at a time, found by id when they are cancelled.
///
/// A request holds a slot from its start until its answer is written, or until its task has noticed that it was
/// cancelled. So what is in flight is bounded whatever the client asks and however slowly it reads; further requests
/// wait in the order in which they came. What happens to which, a ``RequestMachine`` decides.
final class RequestTable: Sendable {
    typealias Instant = ContinuousClock.Instant
    private typealias Machine = RequestMachine<Task<Void, Never>>

    /// Up to so many bytes a request begins on the thread that reads; what takes longer to look at must not hold that up.
    private static let shortCost = 64 << 10

    private let machine = Mutex(Machine())
    private let slots: Admission.Share
    private let executor: any TaskExecutor
    private let clock: RequestClock

    /// The tasks prefer `executor`.
    init(
        slots: Admission.Share,
        executor: any TaskExecutor = WorkerPool.shared,
        clock: RequestClock = RequestClock()
    ) {
        self.slots = slots
        self.executor = executor
        self.clock = clock
    }

    /// What waits for a slot, in bytes of requests.
    var waitingCost: Int { machine.withLock { $0.waitingCost } }

    /// How many tickets are in the queue, those of cancelled requests included.
    var queuedCount: Int { machine.withLock { $0.queuedCount } }

    func holds(_ id: RequestID) -> Bool { machine.withLock { $0.holds(id) } }

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
        let entry = Machine.Entry(id: id, since: now, work: work, cost: cost, deliver: deliver)
        let opening = machine.withLock { $0.opened(entry) }
        if opening.wantsSlot { startWaiting(atOnce: opening.isAlone) }
        // What has ended by now needs none.
        if machine.withLock({ $0.needsClock() }) { clock.start(self) }
    }

    /// What `body` opens begins only afterwards, so that it takes no processor from what comes with it.
    func hold(_ body: () -> Void) {
        machine.withLock { $0.holdBegan() }
        body()
        let (wantsSlot, isAlone) = machine.withLock { $0.holdEnded() }
        if wantsSlot { startWaiting(atOnce: isAlone) }
    }

    /// True when there was something to cancel.
    func cancel(_ id: RequestID) -> Bool {
        guard let cancellation = machine.withLock({ $0.cancelled(id) }) else { return false }
        end(cancellation) { $0.deliver(nil, nil) }
        return true
    }

    /// True when it had not begun, and never will; what is said in place of its answer is up to the caller.
    func withdraw(_ id: RequestID) -> Bool {
        guard let cancellation = machine.withLock({ $0.isWaiting(id) ? $0.cancelled(id) : nil }) else { return false }
        end(cancellation) { _ in }
        return true
    }

    private func end(_ cancellation: Machine.Cancellation, tell: (Machine.Entry) -> Void) {
        cancellation.entry.work.cancelled?()
        cancellation.handle?.cancel()
        tell(cancellation.entry)
        if cancellation.endsWait { withdrawFromSlots() }
        stopClockIfIdle()
        for callback in machine.withLock({ $0.dueCallbacks() }) { callback() }
    }

    func cancelAll() {
        for id in machine.withLock({ $0.ids }) { _ = cancel(id) }
    }

    /// Calls back once nothing is being answered, perhaps at once.
    func whenEmpty(_ callback: @escaping @Sendable () -> Void) {
        for callback in machine.withLock({ $0.whenEmpty(call: callback) }) { callback() }
    }
}

// How requests get slots, and give them back.
extension RequestTable {
    /// Called for each request that begins to wait, so that a slot is asked for as long as any does.
    private func startWaiting(atOnce: Bool = false) {
        while slots.take(orWake: { self.slotCame() }), startNext(atOnce: atOnce) {}
    }

    private func slotCame() {
        if startNext() { startWaiting() }
    }

    /// Gives a slot back while requests wait, which may have it where no share is due to.
    private func passSlotOn() {
        if slots.release() { startWaiting() }
    }

    /// No request waits, as far as is known; what has come in meanwhile asks again.
    private func withdrawFromSlots() {
        slots.withdraw()
        if machine.withLock({ $0.wantsSlot }) { startWaiting() }
    }

    /// Uses the slot that was taken, or gives it back; true when another has a use as well.
    private func startNext(atOnce: Bool = false) -> Bool {
        guard let next = machine.withLock({ $0.slotTaken() }) else {
            slots.release()
            return false
        }
        start(next.ticket, next.work, atOnce: atOnce && next.cost <= Self.shortCost)
        return next.wantsSlot
    }

    /// `atOnce` begins on the calling thread, as far as the work goes without waiting: no other has to wake up for it.
    private func start(_ ticket: Machine.Ticket, _ work: Job, atOnce: Bool) {
        let task: Task<Void, Never>
        if #available(macOS 26, *), atOnce {
            task = Task.immediate(executorPreference: executor) { self.finish(ticket, await work.run()) }
        } else {
            task = Task(executorPreference: executor) { self.finish(ticket, await work.run()) }
        }
        let isUnwanted = machine.withLock { $0.started(ticket, as: task) }
        if isUnwanted { task.cancel() }
    }

    private func finish(_ ticket: Machine.Ticket, _ outcome: Outcome) {
        var wantsSlot = false
        let finished = machine.withLock { machine in
            wantsSlot = machine.wantsSlot
            return machine.finished(ticket)
        }
        guard let entry = finished else {
            slots.release()
            return
        }
        // What begins to wait after this asks for a slot itself.
        if wantsSlot {
            entry.deliver(outcome) { self.passSlotOn() }
        } else {
            entry.deliver(outcome) { self.slots.release() }
        }
        delivered()
    }

    private func delivered() {
        stopClockIfIdle()
        for callback in machine.withLock({ $0.delivered() }) { callback() }
    }
}

// What happens while a request waits for its answer.
extension RequestTable {
    func stopClockIfIdle() {
        if machine.withLock({ $0.endsClock() }) { clock.stop(self) }
    }

    /// Shows a sign of life for each request, and ends those whose time is over: what is at work is cancelled and says
    /// so itself, what still waits is answered without being begun.
    func tick(at now: Instant) {
        let due = machine.withLock { $0.ticked(at: now) }
        for task in due.handles { task.cancel() }
        for entry in due.expired {
            entry.deliver(entry.work.expired(), nil)
            delivered()
        }
        if due.endsWait { withdrawFromSlots() }
        for heartbeat in due.heartbeats { heartbeat() }
    }
}
