import Synchronization

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
    typealias Work = @Sendable () async -> Outcome
    /// Takes an answer, and calls back once it is written.
    typealias Send = @Sendable (Outcome, RequestID, _ written: @escaping @Sendable () -> Void) -> Void

    fileprivate struct Waiting {
        let id: RequestID
        let ticket: Ticket
        let work: Work
        let cost: Int
    }

    fileprivate struct Entry {
        let ticket: Ticket
        var task: Task<Void, Never>?
    }

    fileprivate struct State {
        var entries: [RequestID: Entry] = [:]
        var waiting = Queue<Waiting>()
        var waitingCost = 0
        var freeSlots: Int
        var lastTicket: Ticket = 0
        /// Answers that are on their way out: no longer to be cancelled, and still to be waited for.
        var leaving = 0
        var whenEmpty: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>
    private let send: Send

    init(slots: Int, send: @escaping Send) {
        state = Mutex(State(freeSlots: slots))
        self.send = send
    }

    /// What waits for a slot, in bytes of requests.
    var waitingCost: Int { state.withLock { $0.waitingCost } }

    func holds(_ id: RequestID) -> Bool { state.withLock { !$0.entries.isEmpty && $0.entries[id] != nil } }

    /// Answers `id` with what `work` gives, once there is a slot; `cost` is the size of the request.
    func open(_ id: RequestID, cost: Int, _ work: @escaping Work) {
        state.withLock { state in
            state.lastTicket += 1
            state.entries[id] = Entry(ticket: state.lastTicket)
            state.waiting.append(Waiting(id: id, ticket: state.lastTicket, work: work, cost: cost))
            state.waitingCost += cost
        }
        startWaiting()
    }

    /// True when there was something to cancel.
    func cancel(_ id: RequestID) -> Bool {
        let (entry, callbacks) = state.withLock { ($0.entries.removeValue(forKey: id), $0.dueCallbacks()) }
        entry?.task?.cancel()
        for callback in callbacks { callback() }
        return entry != nil
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

    private func startWaiting() {
        while let next = state.withLock({ $0.takeWaiting() }) {
            let task = Task {
                let outcome = await next.work()
                finish(next, outcome)
            }
            let isGone = state.withLock { $0.attach(task, to: next.id, next.ticket) }
            if isGone { task.cancel() }
        }
    }

    private func finish(_ request: Waiting, _ outcome: Outcome) {
        guard state.withLock({ $0.take(request.id, request.ticket) }) else { return releaseSlot() }
        send(outcome, request.id) { self.releaseSlot() }
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

extension RequestTable.State {
    /// The next request that has not been cancelled while it waited, if there is a slot for it.
    fileprivate mutating func takeWaiting() -> RequestTable.Waiting? {
        guard freeSlots > 0 else { return nil }
        while let next = waiting.popFirst() {
            waitingCost -= next.cost
            guard entries[next.id]?.ticket == next.ticket else { continue }
            freeSlots -= 1
            return next
        }
        return nil
    }

    /// Ties a task to its entry; true when the entry has gone, because the request was cancelled or is done.
    fileprivate mutating func attach(_ task: Task<Void, Never>, to id: RequestID, _ ticket: RequestTable.Ticket) -> Bool
    {
        guard entries[id]?.ticket == ticket else { return true }
        entries[id]?.task = task
        return false
    }

    /// True when the answer is still wanted; the id is free again before it leaves.
    fileprivate mutating func take(_ id: RequestID, _ ticket: RequestTable.Ticket) -> Bool {
        guard entries[id]?.ticket == ticket else { return false }
        entries[id] = nil
        leaving += 1
        return true
    }

    /// The callbacks of those who wait for the table to be empty, when it is.
    fileprivate mutating func dueCallbacks() -> [@Sendable () -> Void] {
        guard entries.isEmpty, leaving == 0 else { return [] }
        defer { whenEmpty = [] }
        return whenEmpty
    }
}
