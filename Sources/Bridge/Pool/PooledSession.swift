package import JSON
import JSONRPC
package import MCPClient
import Synchronization

/// A session that requests of one caller share; it is closed when none has used it for a while.
package final class PooledSession: WrappingSession {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        var calls = 0
        /// Questions of the server that are not answered: until they are, no one else's call may get in between.
        var questions = 0
        var lastUsed: Instant
        /// Resources whose changes are wanted, each with by how many.
        var subscriptions: [String: Int] = [:]
    }

    package let base: any RemoteSession
    private let relay: SessionRelay
    private let state: Mutex<State>

    init(_ base: any RemoteSession, _ relay: SessionRelay, at now: Instant = .now) {
        self.base = base
        self.relay = relay
        state = Mutex(State(lastUsed: now))
    }

    var isExclusive: Bool { state.withLock { $0.questions > 0 } }

    /// Since when no one has used it; nil while someone does.
    var idleSince: Instant? { relay.isObserved ? nil : state.withLock { $0.calls > 0 ? nil : $0.lastUsed } }

    /// What belongs to no call is reported to `observer`, and the session kept, until `unobserve`.
    package func observe(_ observer: any RemoteSessionEvents) -> Int { relay.register(observer) }

    package func unobserve(_ number: Int) {
        relay.remove(number)
        state.withLock { $0.lastUsed = .now }
    }

    package func open() async throws(RemoteFailure) -> RemoteServer {
        useBegan()
        defer { useEnded() }
        return try await base.open()
    }

    package func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        useBegan()
        defer { useEnded() }
        guard let events = call.events else { return try await base.call(call) }
        var call = call
        call.events = Watched(events: events, session: self)
        return try await base.call(call)
    }

    private func useBegan() { state.withLock { $0.calls += 1 } }

    private func useEnded(at now: Instant = .now) {
        state.withLock { state in
            state.calls -= 1
            state.lastUsed = now
        }
    }

    /// Counts the questions of one call.
    private struct Watched: RemoteCallEvents {
        let events: any RemoteCallEvents
        let session: PooledSession

        func progressed(_ params: JSONObject) { events.progressed(params) }
        func notified(_ notification: Notification) { events.notified(notification) }

        func asked(_ method: String, _ params: JSON?) async -> Outcome {
            session.state.withLock { $0.questions += 1 }
            defer { session.state.withLock { $0.questions -= 1 } }
            return await events.asked(method, params)
        }
    }
}

// What is set for all who share the session.
extension PooledSession {
    /// Changes of the resource are reported to all who observe the session.
    func subscribe(to uri: String) async throws(RemoteFailure) {
        let isFirst = state.withLock { state in
            state.subscriptions[uri, default: 0] += 1
            return state.subscriptions[uri] == 1
        }
        if isFirst { try await change("resources/subscribe", uri) }
    }

    func unsubscribe(from uri: String) async {
        let isLast = state.withLock { state in
            guard let count = state.subscriptions[uri] else { return false }
            state.subscriptions[uri] = count > 1 ? count - 1 : nil
            return count == 1
        }
        if isLast { try? await change("resources/unsubscribe", uri) }
    }

    private func change(_ method: String, _ uri: String) async throws(RemoteFailure) {
        _ = try await base.call(RemoteCall(method, JSONObject([.init("uri", .string(uri))]), isRepeatable: true))
    }
}
