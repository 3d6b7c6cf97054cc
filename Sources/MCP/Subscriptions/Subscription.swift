import JSON
import JSONRPC
import Synchronization

/// Notifies one client of changes, one lot after the other: the next when the one before has been written.
///
/// What changes meanwhile waits, each thing once, so that a client that does not read costs no more than its interest.
final class Subscription: Sendable {
    private struct State {
        var interest: SubscriptionFilter
        var waiting = OrderedSet<ChangeEvent>()
        var hasBegun = false
        var isOver = false
        /// A lot has been sent and is not written yet.
        var isUnderWay = false
        var whenReleased: (@Sendable () -> Void)?
    }

    /// The id of the request that listens; nil for the session's own subscription.
    let id: RequestID?
    /// It holds this subscription, and not the other way round.
    private weak let conversation: Conversation?
    private let sink: any MessageSink
    private let state: Mutex<State>

    init(_ id: RequestID?, _ interest: SubscriptionFilter, to exchange: Exchange) {
        self.id = id
        conversation = exchange.conversation
        sink = exchange.sink
        state = Mutex(State(interest: interest))
    }

    private var exchange: Exchange? { conversation.map { Exchange($0, sink) } }

    /// Of its interest and of an id longer than usual, which is in each of its notices.
    var cost: Int { state.withLock { $0.interest.cost } + 4 * max(0, (id?.size ?? 0) - 64) }

    /// What has changed since the subscription was made is reported from now on, after `first`.
    func begin(with first: Notification? = nil) {
        state.withLock { state in
            state.hasBegun = true
            if first != nil { state.isUnderWay = true }
        }
        guard let first else { return tell() }
        exchange?.send(first) { self.written() }
    }

    func changed(_ change: ChangeEvent) {
        state.withLock { state in
            guard !state.isOver, state.interest.includes(change) else { return }
            _ = state.waiting.insert(change)
        }
        tell()
    }

    /// False when it was there already.
    func add(_ uri: String) -> Bool { state.withLock { $0.interest.add(uri) } }

    /// False when it was not there.
    func remove(_ uri: String) -> Bool {
        state.withLock { state in
            _ = state.waiting.remove(.contents(uri: uri))
            return state.interest.remove(uri)
        }
    }

    /// Nothing more is reported; calls back when what is under way has left too, and nothing is held any more.
    func end(_ released: @escaping @Sendable () -> Void) {
        let isFree = state.withLock { state in
            state.isOver = true
            state.waiting = OrderedSet()
            if state.isUnderWay { state.whenReleased = released }
            return !state.isUnderWay
        }
        if isFree { released() }
    }

    private func tell() {
        let lot = state.withLock { state -> [ChangeEvent] in
            guard state.hasBegun, !state.isUnderWay, !state.waiting.elements.isEmpty else { return [] }
            state.isUnderWay = true
            defer { state.waiting = OrderedSet() }
            return state.waiting.elements
        }
        guard let last = lot.last else { return }
        for change in lot.dropLast() { exchange?.send(change.notification(for: id)) }
        exchange?.send(last.notification(for: id)) { self.written() }
    }

    private func written() {
        let released = state.withLock { state in
            state.isUnderWay = false
            defer { state.whenReleased = nil }
            return state.whenReleased
        }
        released?()
        tell()
    }

    /// Names the request that listens, in every message that belongs to it.
    static func meta(_ id: RequestID) -> JSON { ["io.modelcontextprotocol/subscriptionId": id.json] }
}
