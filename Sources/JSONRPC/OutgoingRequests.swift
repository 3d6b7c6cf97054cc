import JSON
import Synchronization

/// What the other side was asked and has not answered yet, by the id under which it was asked.
///
/// Questions wait until the other side is ready for them.
final class OutgoingRequests: Sendable {
    typealias Answer = Result<JSON, AskFailure>

    fileprivate enum Entry {
        /// Not waited for yet.
        case reserved
        /// Given up before it was sent.
        case given(AskFailure)
        /// To be sent once the other side is ready.
        case held(CheckedContinuation<Void, Never>)
        case sent(CheckedContinuation<Answer, Never>)
    }

    fileprivate enum Stage {
        case closed, open, over
    }

    fileprivate struct State {
        var stage = Stage.closed
        var entries: [RequestID: Entry] = [:]
    }

    private let newID: @Sendable () -> RequestID
    private let most: Int
    private let state = Mutex(State())

    /// `ids` gives another one each time.
    init(ids: @escaping @Sendable () -> RequestID = RequestID.unguessable, most: Int = OutgoingRequests.most) {
        newID = ids
        self.most = most
    }

    /// Whether the other side has not announced yet that it is ready.
    var isClosed: Bool { state.withLock { $0.stage == .closed } }

    /// So many are open at a time: each may hold up a request of the other side as long as a person thinks.
    static let most = 8

    /// An id under which the other side is going to be asked, and may be given up from now on.
    ///
    /// Ids are texts, so that they differ from the other side's at a glance.
    func reserve() throws(AskFailure) -> RequestID {
        let id = newID()
        let isOpen = state.withLock { state in
            guard state.entries.count < most else { return false }
            state.entries[id] = .reserved
            return true
        }
        guard isOpen else { throw .tooMany(open: most) }
        return id
    }

    /// Sends once that is possible, and waits for what `settle` or `giveUp` brings under this id.
    func answer(to id: RequestID, send: () -> Void) async -> (answer: Answer, wasSent: Bool) {
        await untilReady(id)
        var wasSent = true
        let answer = await withCheckedContinuation { waiter in
            if let failure = state.withLock({ $0.failure(sending: id, waiter) }) {
                wasSent = false
                waiter.resume(returning: .failure(failure))
            } else {
                send()
            }
        }
        return (answer, wasSent)
    }

    /// Waits until the other side is ready to be asked, or the question is given up.
    private func untilReady(_ id: RequestID) async {
        guard state.withLock({ $0.mustHold(id) }) else { return }
        await withCheckedContinuation { waiter in
            let isHeld = state.withLock { state in
                guard state.mustHold(id) else { return false }
                state.entries[id] = .held(waiter)
                return true
            }
            if !isHeld { waiter.resume() }
        }
    }

    /// What the other side answers; false when nothing waits for it, or no longer.
    func settle(_ id: RequestID, _ answer: Answer) -> Bool {
        let waiter = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard case .sent(let waiter) = state.entries[id] else { return nil }
            state.entries[id] = nil
            return waiter
        }
        waiter?.resume(returning: answer)
        return waiter != nil
    }

    /// Ends the wait, even before it has begun.
    func giveUp(_ id: RequestID, _ failure: AskFailure) {
        let (isUnsent, holder) = state.withLock { $0.giveUpUnsent(id, failure) }
        holder?.resume()
        if !isUnsent { _ = settle(id, .failure(failure)) }
    }

    /// The other side may be asked from now on.
    func open() {
        for waiter in state.withLock({ $0.stage == .closed ? $0.released(into: .open) : [] }) { waiter.resume() }
    }

    /// No one is there to answer any more.
    func end() {
        let (held, sent) = state.withLock { state in
            let held = state.released(into: .over)
            defer { state.entries = [:] }
            return (held, state.entries.values)
        }
        for waiter in held { waiter.resume() }
        for case .sent(let waiter) in sent { waiter.resume(returning: .failure(.gone)) }
    }
}

extension OutgoingRequests.State {
    /// Whether a question that was not given up waits until the other side is ready.
    fileprivate func mustHold(_ id: RequestID) -> Bool {
        if case .reserved = entries[id] { stage == .closed } else { false }
    }

    /// Whether it is given up before it was sent, and who holds it until the other side is ready.
    fileprivate mutating func giveUpUnsent(
        _ id: RequestID,
        _ failure: AskFailure
    ) -> (isUnsent: Bool, holder: CheckedContinuation<Void, Never>?) {
        switch entries[id] {
        case .reserved:
            entries[id] = .given(failure)
            return (true, nil)
        case .held(let waiter):
            entries[id] = .given(failure)
            return (true, waiter)
        default: return (false, nil)
        }
    }

    /// Why the question cannot be sent; nil where it is on its way from now on, and `waiter` waits for its answer.
    fileprivate mutating func failure(
        sending id: RequestID,
        _ waiter: CheckedContinuation<OutgoingRequests.Answer, Never>
    ) -> AskFailure? {
        let early = entries.removeValue(forKey: id)
        if case .given(let failure) = early { return failure }
        guard stage != .over else { return .gone }
        entries[id] = .sent(waiter)
        return nil
    }

    /// Those whose questions were held until the other side is ready, or has gone.
    fileprivate mutating func released(into stage: OutgoingRequests.Stage) -> [CheckedContinuation<Void, Never>] {
        self.stage = stage
        var waiters: [CheckedContinuation<Void, Never>] = []
        for (id, entry) in entries {
            guard case .held(let waiter) = entry else { continue }
            entries[id] = .reserved
            waiters.append(waiter)
        }
        return waiters
    }
}

/// Why a question to the other side brought no usable answer.
package enum AskFailure: Error, Hashable {
    case refused(RPCError)
    case timedOut
    case gone
    /// The other side never announced that it is ready to be asked, and was not.
    case notReady
    /// So many questions are open that no further one is asked.
    case tooMany(open: Int)
    /// The answer does not fit the question; `problem` is a sentence.
    case unfit(problem: String)
}
