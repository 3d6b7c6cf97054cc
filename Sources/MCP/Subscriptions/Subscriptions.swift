import JSON
import JSONRPC
import Synchronization

/// All that one connection is to be notified of: its session's own subscription, and one for each request that listens.
///
/// What they hold is bounded, those included that are over and whose last notice has not been read yet.
final class Subscriptions: Sendable {
    private struct State {
        /// In the order in which they were opened; the session's own has no id.
        var open: [Subscription] = []
        var cost = 0
        /// Most connections are never to be notified of anything.
        var hasJoined = false

        mutating func taken(_ id: RequestID?) -> Subscription? {
            open.firstIndex { $0.id == id }.map { open.remove(at: $0) }
        }
    }

    /// In bytes: 1,024 requests that listen to lists, or some 10,000 resources.
    static let limit = 1024 * SubscriptionFilter.bareCost

    private let subscribers: SubscriberList
    private let state = Mutex(State())

    init(in subscribers: SubscriberList) { self.subscribers = subscribers }

    deinit {
        if state.withLock({ $0.hasJoined }) { subscribers.leave(ObjectIdentifier(self)) }
    }

    /// Before anything is opened, so that nothing is lost that changes meanwhile.
    private func join() {
        let isFirst = state.withLock { state in
            defer { state.hasJoined = true }
            return !state.hasJoined
        }
        if isFirst { subscribers.join(self) }
    }

    func changed(_ change: ChangeEvent) {
        for subscription in state.withLock({ $0.open }) { subscription.changed(change) }
    }

    private var session: Subscription? { state.withLock { $0.open.first { $0.id == nil } } }
}

// Revisions with a handshake.
extension Subscriptions {
    /// A session has been agreed to, which ends the one before; it receives nothing yet.
    func openSession(_ lists: ChangeKinds, to exchange: Exchange) {
        join()
        let session = Subscription(nil, SubscriptionFilter(in: lists), to: exchange)
        let former = state.withLock { state in
            state.cost += session.cost
            defer { state.open.append(session) }
            return state.taken(nil)
        }
        if let former { end(former) }
    }

    /// `notifications/initialized` was received.
    func beginSession() { session?.begin() }

    func subscribe(to uri: String) throws(RPCError) {
        guard let session else { return }
        let cost = SubscriptionFilter.cost(of: uri)
        try reserve(cost)
        if !session.add(uri) { release(cost) }
    }

    func unsubscribe(from uri: String) {
        guard let session, session.remove(uri) else { return }
        release(SubscriptionFilter.cost(of: uri))
    }
}

// 2026-07-28.
extension Subscriptions {
    /// Acknowledges, and reports from then on what has changed.
    func listen(_ id: RequestID, _ interest: SubscriptionFilter, to exchange: Exchange) throws(RPCError) {
        let subscription = Subscription(id, interest, to: exchange)
        try reserve(subscription.cost)
        join()
        // Before the acknowledgement leaves, so that nothing is lost that changes meanwhile.
        state.withLock { $0.open.append(subscription) }
        let params: JSON = ["_meta": Subscription.meta(id), "notifications": interest.filter]
        subscription.begin(with: Notification("notifications/subscriptions/acknowledged", params: params))
    }

    func endListening(_ id: RequestID) {
        if let subscription = state.withLock({ $0.taken(id) }) { end(subscription) }
    }
}

extension Subscriptions {
    private func end(_ subscription: Subscription) {
        let cost = subscription.cost
        subscription.end { [weak self] in self?.release(cost) }
    }

    private func reserve(_ cost: Int) throws(RPCError) {
        let isGranted = state.withLock { state in
            guard state.cost + cost <= Self.limit else { return false }
            state.cost += cost
            return true
        }
        if !isGranted { throw .tooManySubscriptions }
    }

    private func release(_ cost: Int) { state.withLock { $0.cost -= cost } }
}

extension RPCError {
    static let tooManySubscriptions = RPCError(
        code: -32603,
        "This connection's limit of subscriptions is reached; end some that are no longer needed."
    )
}
