import Clock
import HTTP
import JSON
import Synchronization

/// The reads of one account: those under way, of which identical ones are one request, and for a short while those that
/// came back.
///
/// Whoever asks first sends the request, in its own task; others wait for its reply, each until its own end. When the
/// first is cancelled, one of the others sends the request instead.
package final class Reads: Sendable {
    fileprivate typealias Waiting = CheckedContinuation<Place, Never>

    /// Where a caller stands.
    fileprivate enum Place {
        case first(ReadQuestion)
        case kept(KeptReplies.Reply)
        case reply(HTTPResponse)
        case failure(OvalEdgeError)
        /// Whoever had asked was cancelled.
        case abandoned
    }

    fileprivate struct State {
        var kept: KeptReplies
        var underWay: [ReadQuestion: [Int: Waiting]] = [:]
        var nextWaiter = 0
        /// How often what was read may have become untrue.
        var changes = 0
    }

    private let isOff: Bool
    private let now: @Sendable () -> Double
    private let state: Mutex<State>

    /// Replies are kept for `seconds`; with 0 every caller asks for itself.
    package init(
        keepingFor seconds: Double = 0,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970
    ) {
        isOff = seconds <= 0
        self.now = now
        state = Mutex(State(kept: KeptReplies(life: seconds)))
    }

    /// The reply that was kept, the one that somebody else is waiting for, or the one to `send`.
    func response(
        to request: HTTPRequest,
        for view: ReadView,
        _ send: () async throws(OvalEdgeError) -> HTTPResponse
    ) async throws(OvalEdgeError) -> HTTPResponse {
        guard !isOff else { return try await send() }
        guard !view.isFresh else { return try await newReply(to: state.withLock { $0.question(request) }, send) }
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            switch await place(of: request, for: view) {
            case .first(let question): return try await first(question, send)
            case .kept(let reply) where reply.response.holdsContent:
                view.ages?.note(reply.asked)
                return reply.response
            case .kept: state.withLock { $0.kept.drop($0.question(request)) }
            case .reply(let response): return response
            case .failure(let error): throw error
            case .abandoned: break
            }
        }
    }

    /// After a change nothing counts that was asked before it.
    package func forget() {
        guard !isOff else { return }
        state.withLock { state in
            state.kept.removeAll()
            state.changes += 1
        }
    }

    /// How many wait for a request that another one sends.
    package var waitingCount: Int { state.withLock { $0.underWay.values.reduce(0) { $0 + $1.count } } }

    /// Sends for all who wait, and tells them what became of it.
    private func first(
        _ question: ReadQuestion,
        _ send: () async throws(OvalEdgeError) -> HTTPResponse
    ) async throws(OvalEdgeError) -> HTTPResponse {
        do throws(OvalEdgeError) {
            let response = try await newReply(to: question, send)
            tell(.reply(response), to: question)
            return response
        } catch {
            tell(Task.isCancelled || error.isCancellation ? .abandoned : .failure(error), to: question)
            throw error
        }
    }

    /// A reply that was read before a change and came after it is not kept.
    private func newReply(
        to question: ReadQuestion,
        _ send: () async throws(OvalEdgeError) -> HTTPResponse
    ) async throws(OvalEdgeError) -> HTTPResponse {
        let asked = now()
        let response = try await send()
        let now = now()
        state.withLock { state in
            guard question.changes == state.changes else { return }
            state.kept.keep(response, of: question, asked: asked, at: now)
        }
        return response
    }

    private func tell(_ place: Place, to question: ReadQuestion) {
        let waiting = state.withLock { $0.underWay.removeValue(forKey: question) ?? [:] }
        for waiter in waiting.values { waiter.resume(returning: place) }
    }
}

// Who is first, and who waits.
extension Reads {
    private func place(of request: HTTPRequest, for view: ReadView) async -> Place {
        let now = now()
        let (place, waiter) = state.withLock { ($0.place(of: request, for: view, at: now), $0.newWaiter()) }
        if let place { return place }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait(request, view, $0, as: waiter) }
        } onCancel: {
            state.withLock { $0.leave(waiter) }?.resume(returning: .failure(.cancelled))
        }
    }

    private func wait(_ request: HTTPRequest, _ view: ReadView, _ waiting: Waiting, as waiter: Int) {
        let now = now()
        let place = state.withLock { state -> Place? in
            // Whoever is cancelled later finds the continuation here.
            guard !Task.isCancelled else { return .failure(.cancelled) }
            if let place = state.place(of: request, for: view, at: now) { return place }
            state.underWay[state.question(request)]?[waiter] = waiting
            return nil
        }
        if let place { waiting.resume(returning: place) }
    }
}

extension Reads.State {
    fileprivate func question(_ request: HTTPRequest) -> ReadQuestion {
        ReadQuestion(url: request.url, body: request.body, changes: changes)
    }

    /// Nil when another one is asking the same.
    fileprivate mutating func place(of request: HTTPRequest, for view: ReadView, at now: Double) -> Reads.Place? {
        let question = question(request)
        if view.ages != nil, let reply = kept.reply(to: question, at: now) { return .kept(reply) }
        guard underWay[question] == nil else { return nil }
        underWay[question] = [:]
        return .first(question)
    }

    fileprivate mutating func newWaiter() -> Int {
        defer { nextWaiter += 1 }
        return nextWaiter
    }

    fileprivate mutating func leave(_ waiter: Int) -> Reads.Waiting? {
        for question in underWay.keys {
            if let waiting = underWay[question]?.removeValue(forKey: waiter) { return waiting }
        }
        return nil
    }
}

extension HTTPResponse {
    /// Whether the body is the product's answer, and not its word that it will not; most replies are never looked at.
    fileprivate var holdsContent: Bool {
        guard let json = try? JSON(reply: body) else { return false }
        return Refusal(json) == nil && (!json.holdsNothing || json.saysSuccess)
    }
}
