/// Which requests wait, are worked on or have run out of time, and what is to be done about it.
///
/// A value without lock, task or clock, so that a test can walk through any order of events; `Handle` is by what work
/// that has begun can be cancelled.
///
/// Each entry has a ticket of its own, because a client may use an id again as soon as it has the answer, or has
/// cancelled; what waits is known by its ticket alone, so that nothing is kept of what was cancelled.
struct RequestMachine<Handle: Sendable> {
    typealias Ticket = UInt64
    typealias Instant = ContinuousClock.Instant
    typealias Callback = @Sendable () -> Void

    struct Entry {
        let id: RequestID
        let since: Instant
        let work: Job
        /// The size of the request.
        let cost: Int
        let deliver: RequestTable.Delivery
        fileprivate(set) var state = State.waiting
    }

    enum State {
        /// For a slot.
        case waiting
        /// It has a slot, and is about to be known by a handle.
        case starting
        case running(Handle)
        /// Its time is over: the work is cancelled as soon as there is a handle, and the answer is still wanted.
        case overdue
    }

    private var entries: [Ticket: Entry] = [:]
    private var tickets: [RequestID: Ticket] = [:]
    /// Those that have not started; some may have been cancelled.
    private var queue: ArraySlice<Ticket> = []
    private var waitingCount = 0
    /// What waits for a slot, in bytes of requests.
    private(set) var waitingCost = 0
    private var lastTicket: Ticket = 0
    private var hasClock = false
    private var isHeld = false
    /// Answers that are on their way out: no longer to be cancelled, and still to be waited for.
    private var leaving = 0
    private var awaitingEmpty: [Callback] = []

    /// How many tickets are in the queue, those of cancelled requests included.
    var queuedCount: Int { queue.count }

    func holds(_ id: RequestID) -> Bool { !tickets.isEmpty && tickets[id] != nil }

    /// Whether it has not begun.
    func isWaiting(_ id: RequestID) -> Bool {
        if let ticket = tickets[id], case .waiting? = entries[ticket]?.state { true } else { false }
    }

    /// All requests in progress.
    var ids: [RequestID] { Array(tickets.keys) }

    /// Whether a slot has a use now.
    var wantsSlot: Bool { waitingCount > 0 && !isHeld }
}

// How requests come in and begin.
extension RequestMachine {
    struct Opening: Hashable {
        /// A slot is to be taken for the request.
        let wantsSlot: Bool
        /// No other is in progress.
        let isAlone: Bool
    }

    mutating func opened(_ entry: Entry) -> Opening {
        lastTicket += 1
        entries[lastTicket] = entry
        tickets[entry.id] = lastTicket
        queue.append(lastTicket)
        waitingCount += 1
        waitingCost += entry.cost
        return Opening(wantsSlot: wantsSlot, isAlone: entries.count == 1)
    }

    /// What is opened from now on does not begin.
    mutating func holdBegan() { isHeld = true }

    mutating func holdEnded() -> (wantsSlot: Bool, isAlone: Bool) {
        isHeld = false
        return (wantsSlot, entries.count == 1)
    }

    struct Start {
        let ticket: Ticket
        let work: Job
        let cost: Int
        /// Another slot has a use as well.
        let wantsSlot: Bool
    }

    /// The request that has waited longest, for which a slot was taken; nil when the slot has no use.
    mutating func slotTaken() -> Start? {
        guard wantsSlot else { return nil }
        while let ticket = queue.popFirst() {
            guard let place = entries.index(forKey: ticket) else { continue }
            let cost = entries.values[place].cost
            entries.values[place].state = .starting
            leaveQueue(cost)
            return Start(ticket: ticket, work: entries.values[place].work, cost: cost, wantsSlot: wantsSlot)
        }
        return nil
    }

    /// True when the work is to be cancelled at once.
    mutating func started(_ ticket: Ticket, as handle: Handle) -> Bool {
        guard let place = entries.index(forKey: ticket), case .starting = entries.values[place].state else {
            return true
        }
        entries.values[place].state = .running(handle)
        return false
    }
}

// How requests end.
extension RequestMachine {
    struct Cancellation {
        let entry: Entry
        /// The work that is to be cancelled.
        let handle: Handle?
        /// It was the last that waited for a slot.
        let endsWait: Bool
    }

    /// Nil when there is nothing to cancel; otherwise the request is not to be answered.
    mutating func cancelled(_ id: RequestID) -> Cancellation? {
        guard let ticket = tickets[id], let entry = removed(ticket) else { return nil }
        switch entry.state {
        case .waiting:
            leaveQueue(entry.cost)
            closeUp()
            return Cancellation(entry: entry, handle: nil, endsWait: waitingCount == 0)
        case .running(let handle): return Cancellation(entry: entry, handle: handle, endsWait: false)
        case .starting, .overdue: return Cancellation(entry: entry, handle: nil, endsWait: false)
        }
    }

    /// The entry to answer, whose id is free again before the answer leaves; nil when it was cancelled.
    mutating func finished(_ ticket: Ticket) -> Entry? {
        guard let entry = removed(ticket) else { return nil }
        leaving += 1
        return entry
    }

    /// The answer to an entry that finished or expired is on its way; returns whom to call because all is.
    mutating func delivered() -> [Callback] {
        leaving -= 1
        return dueCallbacks()
    }

    /// Returns whom to call now: `callback` too when nothing is being answered, or else later.
    mutating func whenEmpty(call callback: @escaping Callback) -> [Callback] {
        awaitingEmpty.append(callback)
        return dueCallbacks()
    }

    /// The callbacks of those who wait for the table to be empty, when it is.
    mutating func dueCallbacks() -> [Callback] {
        guard entries.isEmpty, leaving == 0 else { return [] }
        defer { awaitingEmpty = [] }
        return awaitingEmpty
    }

    private mutating func removed(_ ticket: Ticket) -> Entry? {
        guard let entry = entries.removeValue(forKey: ticket) else { return nil }
        tickets[entry.id] = nil
        return entry
    }

    private mutating func leaveQueue(_ cost: Int) {
        waitingCount -= 1
        waitingCost -= cost
    }

    /// Drops the tickets of what was cancelled, once they are more than half of the queue.
    private mutating func closeUp() {
        guard queue.count > 2 * waitingCount + 32 else { return }
        let wanted = entries
        queue.removeAll { wanted[$0] == nil }
    }
}

// What happens while requests wait for their answers.
extension RequestMachine {
    struct Due {
        /// The work that is to be cancelled.
        fileprivate(set) var handles: [Handle] = []
        /// What was never begun, and is to be answered; it has left the table.
        fileprivate(set) var expired: [Entry] = []
        fileprivate(set) var heartbeats: [Callback] = []
        /// Nothing waits for a slot any more.
        fileprivate(set) var endsWait = false
    }

    /// What is due once a second: an end for requests whose time is over, and signs of life for the others.
    mutating func ticked(at now: Instant) -> Due {
        var due = Due()
        for (ticket, entry) in entries {
            if entry.isOver(at: now) {
                expire(ticket, entry, &due)
            } else if let heartbeat = entry.work.heartbeat {
                due.heartbeats.append(heartbeat)
            }
        }
        due.endsWait = !due.expired.isEmpty && waitingCount == 0
        closeUp()
        return due
    }

    private mutating func expire(_ ticket: Ticket, _ entry: Entry, _ due: inout Due) {
        switch entry.state {
        case .waiting:
            guard let entry = finished(ticket) else { return }
            leaveQueue(entry.cost)
            due.expired.append(entry)
        case .running(let handle):
            due.handles.append(handle)
            entries[ticket]?.state = .overdue
        case .starting, .overdue: entries[ticket]?.state = .overdue
        }
    }

    /// True when a clock is to tick from now on, until ``endsClock()`` is true.
    mutating func needsClock() -> Bool {
        guard !hasClock, !entries.isEmpty else { return false }
        hasClock = true
        return true
    }

    /// True when nothing is left for which the clock must tick.
    mutating func endsClock() -> Bool {
        guard hasClock, entries.isEmpty else { return false }
        hasClock = false
        return true
    }
}

extension RequestMachine.Entry {
    /// Its time is over, and nothing has been done about it.
    fileprivate func isOver(at now: RequestMachine.Instant) -> Bool {
        if case .overdue = state { return false }
        return work.deadline?.isOver(since: since, at: now) ?? false
    }
}
