import JSON
import Synchronization

/// What the other side was asked and has not answered yet, by the id under which it was asked.
///
/// Questions wait until the other side is ready for them.
final class OutgoingRequests: Sendable {
    typealias Answer = Result<JSON, AskFailure>

    private enum Entry {
        /// Not waited for yet.
        case reserved
        /// Given up before it was waited for.
        case given(AskFailure)
        case waiting(CheckedContinuation<Answer, Never>, send: @Sendable () -> Void)
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

    /// An id under which the other side is going to be asked, and may be given up from now on.
    ///
    /// Ids are texts, so that they are told apart from the other side's at a glance.
    func reserve() -> RequestID {
        state.withLock { state in
            state.lastNumber += 1
            let id = RequestID(text: "ask-\(state.lastNumber)")
            state.entries[id] = .reserved
            return id
        }
    }

    /// Sends once that is possible, and waits for what `settle` or `giveUp` brings under this id.
    func answer(to id: RequestID, send: @escaping @Sendable () -> Void) async -> Answer {
        await withCheckedContinuation { waiter in
            let (stage, failure) = state.withLock { state -> (Stage, AskFailure?) in
                let early = state.entries.removeValue(forKey: id)
                if case .given(let failure) = early { return (state.stage, failure) }
                guard state.stage != .over else { return (.over, .gone) }
                state.entries[id] = .waiting(waiter, send: send)
                return (state.stage, nil)
            }
            if let failure { waiter.resume(returning: .failure(failure)) } else if stage == .open { send() }
        }
    }

    /// What the other side says; false when nobody waits for it, or no longer.
    func settle(_ id: RequestID, _ answer: Answer) -> Bool {
        let waiter = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard case .waiting(let waiter, _) = state.entries[id] else { return nil }
            state.entries[id] = nil
            return waiter
        }
        waiter?.resume(returning: answer)
        return waiter != nil
    }

    /// Ends the wait, even before it has begun.
    func giveUp(_ id: RequestID, _ failure: AskFailure) {
        let isEarly = state.withLock { state in
            guard case .reserved = state.entries[id] else { return false }
            state.entries[id] = .given(failure)
            return true
        }
        if !isEarly { _ = settle(id, .failure(failure)) }
    }

    /// The other side may be asked from now on.
    func open() {
        let held = state.withLock { state in
            guard state.stage == .closed else { return [Entry]() }
            state.stage = .open
            return Array(state.entries.values)
        }
        for case .waiting(_, let send) in held { send() }
    }

    /// Nobody is there to answer any more.
    func end() {
        let entries = state.withLock { state in
            defer { state.entries = [:] }
            state.stage = .over
            return state.entries.values
        }
        for case .waiting(let waiter, _) in entries { waiter.resume(returning: .failure(.gone)) }
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
