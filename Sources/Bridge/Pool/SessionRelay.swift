import JSON
import JSONRPC
import MCPClient
import Synchronization

/// Hands what a shared session reports to all who listen to it.
final class SessionRelay: RemoteSessionEvents {
    private struct State {
        var observers: [Int: any RemoteSessionEvents] = [:]
        var last = 0
    }

    private let state = Mutex(State())
    /// Called first, before anyone who could ask again.
    private let changed: @Sendable (Notification?) -> Void

    init(changed: @escaping @Sendable (Notification?) -> Void) { self.changed = changed }

    var isObserved: Bool { state.withLock { !$0.observers.isEmpty } }

    func register(_ observer: any RemoteSessionEvents) -> Int {
        state.withLock { state in
            state.last += 1
            state.observers[state.last] = observer
            return state.last
        }
    }

    func remove(_ number: Int) { state.withLock { _ = $0.observers.removeValue(forKey: number) } }

    private var all: [any RemoteSessionEvents] {
        state.withLock { state in state.observers.sorted { $0.key < $1.key }.map { $0.value } }
    }

    func notified(_ notification: Notification) {
        changed(notification)
        for observer in all { observer.notified(notification) }
    }

    func asked(_ method: String, _ params: JSON?) async -> Outcome {
        guard let first = all.first else { return .failure(.methodNotFound(method)) }
        return await first.asked(method, params)
    }

    func reconnected() {
        changed(nil)
        for observer in all { observer.reconnected() }
    }
}
