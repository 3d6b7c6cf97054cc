import Clock
import JSON
package import JSONRPC
package import MCPClient
import Synchronization
import Threads

/// Sessions with one server for requests that have none of their own: those of 2026-07-28, and REST.
///
/// They are shared by those who carry the same credentials and forwarded fields, and declare the same capabilities. While
/// a question of the server is open, its session is no one else's.
package final class SessionPool: Sendable {
    private struct Key: Hashable {
        let sharing: String
        let client: RemoteClient
    }

    private struct State {
        var sessions: [Key: [PooledSession]] = [:]
        var observers: [@Sendable (String, Notification?) -> Void] = []
        var isSwept = false
    }

    package let upstream: any Upstream
    private let client: RemoteClient
    private let idle: Duration
    private let state = Mutex(State())

    /// `client` is what the bridge calls itself, where a caller says nothing of itself.
    package init(_ upstream: any Upstream, client: RemoteClient, idle: Duration = .seconds(300)) {
        self.upstream = upstream
        self.client = client
        self.idle = idle
    }

    /// One that can be used now; it connects with its first use.
    package func session(for caller: BridgeCaller, client: RemoteClient? = nil) -> PooledSession {
        let client = client ?? self.client
        let key = Key(sharing: upstream.sharingKey(for: caller), client: client)
        if let shared = shared(key) { return shared }
        let relay = SessionRelay { [weak self] in self?.changed(key.sharing, $0) }
        let made = PooledSession(upstream.session(for: client, as: caller, events: relay), relay)
        let (session, begins) = state.withLock { state -> (PooledSession, Bool) in
            // Another may have made one meanwhile; what was made here has not connected.
            if let shared = state.sessions[key]?.first(where: { !$0.isExclusive }) { return (shared, false) }
            state.sessions[key, default: []].append(made)
            defer { state.isSwept = true }
            return (made, !state.isSwept)
        }
        if begins { sweep() }
        if session === made { closeOldest() }
        return session
    }

    /// More are kept only while they are used.
    private static let most = 1000

    /// Of too many, the one goes that no one has used for longest.
    private func closeOldest() {
        let oldest = state.withLock { state -> PooledSession? in
            guard state.sessions.values.reduce(0, { $0 + $1.count }) > Self.most else { return nil }
            let idle = state.sessions.values.joined().compactMap { session in session.idleSince.map { (session, $0) } }
            guard let oldest = idle.min(by: { $0.1 < $1.1 })?.0 else { return nil }
            for (key, sessions) in state.sessions where sessions.contains(where: { $0 === oldest }) {
                let left = sessions.filter { $0 !== oldest }
                state.sessions[key] = left.isEmpty ? nil : left
            }
            return oldest
        }
        guard let oldest else { return }
        Task(executorPreference: WorkerPool.shared) { await oldest.close() }
    }

    private func shared(_ key: Key) -> PooledSession? {
        state.withLock { $0.sessions[key]?.first { !$0.isExclusive } }
    }

    /// `observer` gets the key of those whose session reports it, and the notification; nil when it was lost and found again.
    package func observe(_ observer: @escaping @Sendable (String, Notification?) -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    /// How many are open.
    package var count: Int { state.withLock { $0.sessions.values.reduce(0) { $0 + $1.count } } }

    /// Closes all of them at once.
    package func close() async {
        let all = state.withLock { state in
            defer { state.sessions = [:] }
            return state.sessions.values.flatMap { $0 }
        }
        await withDiscardingTaskGroup { group in
            for session in all { group.addTask(executorPreference: WorkerPool.shared) { await session.close() } }
        }
    }

    private func changed(_ sharing: String, _ notification: Notification?) {
        for observer in state.withLock({ $0.observers }) { observer(sharing, notification) }
    }

    /// Goes on as long as there are sessions.
    private func sweep() {
        Task(executorPreference: WorkerPool.shared) { [weak self, idle] in
            while true {
                try? await SystemClock.sleep(for: min(idle, .seconds(30)))
                guard let self, await self.closeIdle(at: .now) else { return }
            }
        }
    }

    /// False when none is left.
    func closeIdle(at now: ContinuousClock.Instant) async -> Bool {
        let due = state.withLock { state -> [PooledSession] in
            var due: [PooledSession] = []
            for (key, sessions) in state.sessions {
                let old = sessions.filter { session in session.idleSince.map { now - $0 >= idle } ?? false }
                guard !old.isEmpty else { continue }
                let left = sessions.filter { session in !old.contains { $0 === session } }
                state.sessions[key] = left.isEmpty ? nil : left
                due += old
            }
            if state.sessions.isEmpty { state.isSwept = false }
            return due
        }
        for session in due { await session.close() }
        return state.withLock { $0.isSwept }
    }
}
