import JSON
import JSONRPC
import MCPClient
import Synchronization
import Threads

/// One `subscriptions/listen` of a client: changes that the server reports, each with the client's own id.
final class Listen: RemoteSessionEvents, RemoteCallEvents {
    private struct State {
        var filter: ListenFilter?
        var observation: Int?
        var task: Task<Void, Never>?
        /// Until the acknowledgement is on its way.
        var early: [Notification]? = []
        var isOver = false
    }

    private let id: RequestID
    private let session: PooledSession
    private let queue: ChangeQueue
    private let state = Mutex(State())

    init(_ id: RequestID, _ session: PooledSession, to exchange: Exchange) {
        self.id = id
        self.session = session
        queue = ChangeQueue(exchange)
    }

    /// Begins at once where nothing has to be asked for that, else in the background; `failed` is called where there is
    /// nothing to listen to.
    func begin(_ wanted: ListenFilter, failed: @escaping @Sendable (RemoteFailure) async -> Void) {
        if let filter = session.server.map({ wanted.honoured(by: $0) }), filter.isQuick {
            if observe(filter) { acknowledge(filter) }
            return
        }
        let task = Task(executorPreference: WorkerPool.shared) { [self] in
            do throws(RemoteFailure) {
                try await open(wanted)
            } catch {
                await failed(error)
            }
        }
        let isOver = state.withLock { state in
            state.task = task
            return state.isOver
        }
        if isOver { task.cancel() }
    }

    /// Nothing is sent any more.
    func stop() {
        let former = state.withLock { state in
            defer { state = State(early: nil, isOver: true) }
            return state
        }
        former.task?.cancel()
        guard !former.isOver, let observation = former.observation else { return }
        session.unobserve(observation)
        let resources = former.filter?.resources ?? []
        guard !resources.isEmpty else { return }
        Task(executorPreference: WorkerPool.shared) { [session] in
            for uri in resources { await session.unsubscribe(from: uri) }
        }
    }

    private func open(_ wanted: ListenFilter) async throws(RemoteFailure) {
        let filter = wanted.honoured(by: try await session.open())
        guard observe(filter) else { return }
        for uri in filter.resources { try await session.subscribe(to: uri) }
        acknowledge(filter)
        guard !filter.others.isEmpty else { return }
        let params = JSONObject([.init("notifications", .object(filter.others))])
        _ = try await session.call(RemoteCall("subscriptions/listen", params, events: self))
    }

    /// From here on nothing is missed; false where it has ended meanwhile.
    private func observe(_ filter: ListenFilter) -> Bool {
        let observation = session.observe(WeakEvents(self))
        let isOver = state.withLock { state in
            state.filter = filter
            state.observation = observation
            return state.isOver
        }
        if isOver { session.unobserve(observation) }
        return !isOver
    }

    private func acknowledge(_ filter: ListenFilter) {
        let ack = Notification("notifications/subscriptions/acknowledged", params: ["notifications": filter.json])
        queue.enqueue(tagged(ack))
        let early = state.withLock { state in
            defer { state.early = nil }
            return state.early ?? []
        }
        for notification in early { queue.enqueue(tagged(notification)) }
    }

    func notified(_ notification: Notification) {
        let isDue = state.withLock { state in
            guard !state.isOver, let filter = state.filter else { return false }
            guard filter.includes(notification) || !filter.others.isEmpty && Self.isOfExtension(notification) else {
                return false
            }
            guard state.early == nil else {
                if state.early?.contains(notification) == false { state.early?.append(notification) }
                return false
            }
            return true
        }
        if isDue { queue.enqueue(tagged(notification)) }
    }

    /// Log lines and progress never belong to a subscription.
    private static func isOfExtension(_ notification: Notification) -> Bool {
        switch notification.method {
        case "notifications/message", "notifications/progress", "notifications/resources/updated": false
        default: !notification.method.hasSuffix("/list_changed")
        }
    }

    func progressed(_: JSONObject) {}

    /// No server of a stateless revision asks, and no call of this client is open that another one could ask about.
    func asked(_ method: String, _: JSON?) async -> Outcome { .failure(.methodNotFound(method)) }

    func reconnected() {
        for kind in state.withLock({ $0.filter?.kinds ?? [] }) {
            notified(Notification("notifications/\(kind)/list_changed"))
        }
    }

    private func tagged(_ notification: Notification) -> Notification {
        var params = notification.params?.object ?? JSONObject()
        var meta = params["_meta"]?.object ?? JSONObject()
        meta[Self.key] = id.json
        params["_meta"] = .object(meta)
        return Notification(notification.method, params: .object(params))
    }

    private static let key = "io.modelcontextprotocol/subscriptionId"

    /// The answer with which this side ends it.
    static func ending(_ id: RequestID) -> JSON {
        ["resultType": "complete", "_meta": .object(JSONObject([.init(key, id.json)]))]
    }
}
