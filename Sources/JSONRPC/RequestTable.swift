import Synchronization

/// The requests that are being answered: id → task, so that a cancellation finds its own.
///
/// Each entry has a ticket of its own, because a client may use an id again as soon as it has cancelled the first.
final class RequestTable: Sendable {
    typealias Ticket = UInt64

    private struct Entry {
        let ticket: Ticket
        var task: Task<Void, Never>?
    }

    private struct State {
        var entries: [RequestID: Entry] = [:]
        var lastTicket: Ticket = 0
        /// Answers that are on their way out: no longer to be cancelled, and still to be waited for.
        var leaving = 0
        var whenEmpty: [@Sendable () -> Void] = []

        var isEmpty: Bool { entries.isEmpty && leaving == 0 }

        /// The callbacks that are due now.
        mutating func taken() -> [@Sendable () -> Void] {
            guard isEmpty else { return [] }
            defer { whenEmpty = [] }
            return whenEmpty
        }
    }

    private let state = Mutex(State())

    func holds(_ id: RequestID) -> Bool { state.withLock { !$0.entries.isEmpty && $0.entries[id] != nil } }

    func open(_ id: RequestID) -> Ticket {
        state.withLock { state in
            state.lastTicket += 1
            state.entries[id] = Entry(ticket: state.lastTicket)
            return state.lastTicket
        }
    }

    /// Ties the task to its entry; one that was cancelled before it could be tied is cancelled here.
    func attach(_ task: Task<Void, Never>, to id: RequestID, _ ticket: Ticket) {
        let isGone = state.withLock { state in
            guard state.entries[id]?.ticket == ticket else { return true }
            state.entries[id]?.task = task
            return false
        }
        if isGone { task.cancel() }
    }

    /// Runs `send` if the answer is still wanted, that is, if the request was not cancelled.
    ///
    /// The id is free again before the answer leaves, since the client may use it as soon as it has it.
    func close(_ id: RequestID, _ ticket: Ticket, send: () -> Void) {
        let isWanted = state.withLock { state in
            guard state.entries[id]?.ticket == ticket else { return false }
            state.entries[id] = nil
            state.leaving += 1
            return true
        }
        guard isWanted else { return }
        send()
        let callbacks = state.withLock { state in
            state.leaving -= 1
            return state.taken()
        }
        for callback in callbacks { callback() }
    }

    /// True when there was something to cancel.
    func cancel(_ id: RequestID) -> Bool {
        let (entry, callbacks) = state.withLock { state in (state.entries.removeValue(forKey: id), state.taken()) }
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
            return state.taken()
        }
        for callback in callbacks { callback() }
    }
}
