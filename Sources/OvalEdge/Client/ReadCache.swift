import Clock
import HTTP
import JSON
import Synchronization

/// The reads of one account: those under way, of which identical ones are one request, and for a short while those that
/// came back.
///
/// The first to ask sends the request, in its own task; others wait for its reply, each until its own end. When the
/// first is cancelled, one of the others sends the request instead.
package final class ReadCache: Sendable {
    fileprivate typealias Waiting = CheckedContinuation<Place, Never>

    /// Where a caller stands.
    fileprivate enum Place {
        case first(CacheKey)
        case cached(ResponseCache.Reply)
        case reply(HTTPResponse)
        case failure(OvalEdgeError)
        /// The caller that had asked was cancelled.
        case abandoned
    }

    fileprivate struct State {
        var responses: ResponseCache
        var inFlight: [CacheKey: [Int: Waiting]] = [:]
        var nextWaiter = 0
        /// How often what was read may have become untrue.
        var changes = 0
    }

    private let isOff: Bool
    private let now: @Sendable () -> Double
    private let state: Mutex<State>

    /// Replies are kept for `seconds`; with 0 every caller asks for itself.
    package init(
        ttl seconds: Double = 0,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970
    ) {
        isOff = seconds <= 0
        self.now = now
        state = Mutex(State(responses: ResponseCache(ttl: seconds)))
    }

    /// The reply that was kept, the one that another caller is waiting for, or the one to `send`.
    func response(
        to request: HTTPRequest,
        for policy: CachePolicy,
        _ send: () async throws(OvalEdgeError) -> HTTPResponse
    ) async throws(OvalEdgeError) -> HTTPResponse {
        guard !isOff else { return try await send() }
        guard !policy.isFresh else { return try await newReply(for: state.withLock { $0.key(request) }, send) }
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            switch await place(of: request, for: policy) {
            case .first(let key): return try await first(key, send)
            case .cached(let reply) where reply.response.holdsContent:
                policy.age?.note(reply.asked)
                return reply.response
            case .cached: state.withLock { $0.responses.remove($0.key(request)) }
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
            state.responses.removeAll()
            state.changes += 1
        }
    }

    /// What was read is still true, but need not be kept.
    package func dropReplies() { state.withLock { $0.responses.removeAll() } }

    /// How many wait for a request that another one sends.
    package var waitingCount: Int { state.withLock { $0.inFlight.values.reduce(0) { $0 + $1.count } } }

    /// Sends for all who wait, and hands them its result.
    private func first(
        _ key: CacheKey,
        _ send: () async throws(OvalEdgeError) -> HTTPResponse
    ) async throws(OvalEdgeError) -> HTTPResponse {
        do throws(OvalEdgeError) {
            let response = try await newReply(for: key, send)
            tell(.reply(response), for: key)
            return response
        } catch {
            tell(Task.isCancelled || error.isCancellation ? .abandoned : .failure(error), for: key)
            throw error
        }
    }

    /// A reply that was read before a change and came after it is not kept.
    private func newReply(
        for key: CacheKey,
        _ send: () async throws(OvalEdgeError) -> HTTPResponse
    ) async throws(OvalEdgeError) -> HTTPResponse {
        let asked = now()
        let response = try await send()
        let now = now()
        state.withLock { state in
            guard key.changes == state.changes else { return }
            state.responses.store(response, for: key, asked: asked, at: now)
        }
        return response
    }

    private func tell(_ place: Place, for key: CacheKey) {
        let waiting = state.withLock { $0.inFlight.removeValue(forKey: key) ?? [:] }
        for waiter in waiting.values { waiter.resume(returning: place) }
    }
}

// Who is first, and who waits.
extension ReadCache {
    private func place(of request: HTTPRequest, for policy: CachePolicy) async -> Place {
        let now = now()
        let (place, waiter) = state.withLock { ($0.place(of: request, for: policy, at: now), $0.newWaiter()) }
        if let place { return place }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait(request, policy, $0, as: waiter) }
        } onCancel: {
            state.withLock { $0.leave(waiter) }?.resume(returning: .failure(.cancelled))
        }
    }

    private func wait(_ request: HTTPRequest, _ policy: CachePolicy, _ waiting: Waiting, as waiter: Int) {
        let now = now()
        let place = state.withLock { state -> Place? in
            // A later cancellation finds the continuation here.
            guard !Task.isCancelled else { return .failure(.cancelled) }
            if let place = state.place(of: request, for: policy, at: now) { return place }
            state.inFlight[state.key(request)]?[waiter] = waiting
            return nil
        }
        if let place { waiting.resume(returning: place) }
    }
}

extension ReadCache.State {
    fileprivate func key(_ request: HTTPRequest) -> CacheKey {
        CacheKey(url: request.url, body: request.body, changes: changes)
    }

    /// Nil when another one is asking the same.
    fileprivate mutating func place(of request: HTTPRequest, for policy: CachePolicy, at now: Double) -> ReadCache
        .Place?
    {
        let key = key(request)
        if policy.age != nil, let reply = responses.reply(for: key, at: now) { return .cached(reply) }
        guard inFlight[key] == nil else { return nil }
        inFlight[key] = [:]
        return .first(key)
    }

    fileprivate mutating func newWaiter() -> Int {
        defer { nextWaiter += 1 }
        return nextWaiter
    }

    fileprivate mutating func leave(_ waiter: Int) -> ReadCache.Waiting? {
        for key in inFlight.keys {
            if let waiting = inFlight[key]?.removeValue(forKey: waiter) { return waiting }
        }
        return nil
    }
}

extension HTTPResponse {
    /// Whether the body is the product's answer, and not its word that it will not; most replies are never looked at.
    fileprivate var holdsContent: Bool {
        guard let json = try? JSON(reply: body) else { return false }
        return Refusal(json) == nil && (!json.holdsNothing || json.saysEmpty)
    }
}
