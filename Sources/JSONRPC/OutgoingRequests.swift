import JSON
import Synchronization

/// What the other side was asked and has not answered yet, by the id under which it was asked.
///
/// Questions wait until the other side is ready for them.
final class OutgoingRequests: Sendable {
    private struct Entry {
        let waiter: CheckedContinuation<Result<JSON, AskFailure>, Never>
        let send: @Sendable () -> Void
    }

    private enum Stage {
        case closed, open, over
    }

    private struct State {
        var stage = Stage.closed
        var lastNumber = 0
        var entries: [RequestID: Entry] = [:]
    }

    private let state = Mutex(State())

    /// Whether the other side has not said yet that it is ready.
    var isClosed: Bool { state.withLock { $0.stage == .closed } }

    /// Ids are texts, so that they are told apart from the other side's at a glance.
    func nextID() -> RequestID {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return RequestID(text: "ask-\(number)")
    }

    /// Sends once that is possible, and waits for what `settle` brings under this id.
    func answer(to id: RequestID, send: @escaping @Sendable () -> Void) async -> Result<JSON, AskFailure> {
        await withCheckedContinuation { waiter in
            let stage = state.withLock { state in
                if state.stage != .over { state.entries[id] = Entry(waiter: waiter, send: send) }
                return state.stage
            }
            switch stage {
            case .over: waiter.resume(returning: .failure(.gone))
            case .open: send()
            case .closed: break
            }
            // A task that was cancelled before it waited is told so nowhere else.
            if Task.isCancelled { settle(id, .failure(.timedOut)) }
        }
    }

    /// False when nobody waits for this answer, or no longer.
    @discardableResult
    func settle(_ id: RequestID, _ outcome: Result<JSON, AskFailure>) -> Bool {
        guard let entry = state.withLock({ $0.entries.removeValue(forKey: id) }) else { return false }
        entry.waiter.resume(returning: outcome)
        return true
    }

    /// The other side may be asked from now on.
    func open() {
        let held = state.withLock { state in
            guard state.stage == .closed else { return [Entry]() }
            state.stage = .open
            return Array(state.entries.values)
        }
        for entry in held { entry.send() }
    }

    /// Nobody is there to answer any more.
    func end() {
        let entries = state.withLock { state in
            defer { state.entries = [:] }
            state.stage = .over
            return state.entries.values
        }
        for entry in entries { entry.waiter.resume(returning: .failure(.gone)) }
    }
}

/// Why a question to the other side brought no usable answer.
package enum AskFailure: Error, Hashable, CustomStringConvertible {
    case refused(RPCError)
    case timedOut
    case gone
    /// The other side never said that it is ready to be asked, and was not.
    case notReady
    /// The answer does not fit the question; `problem` is a sentence.
    case unfit(problem: String)

    package var description: String {
        switch self {
        case .refused(let error):
            "The client refused what it was asked: \(error.message.prefix(300)) Call again, or without what needs it."
        case .timedOut: "Nobody answered what the client was asked. Call again when somebody is there to answer."
        case .notReady:
            "The client cannot be asked before it sends `notifications/initialized`. Call again once it has."
        case .gone: "The client left before it answered. Connect and call again."
        case .unfit(let problem): "\(problem) Call again and answer as the form asks."
        }
    }
}
