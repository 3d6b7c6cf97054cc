package import JSON
package import MCPClient
import Synchronization

/// Several servers as one: what each offers has its name before it, and one that is down takes only its own away.
///
/// Which servers these are may change while sessions go on: they are notified that lists have changed.
package final class MergedUpstream: Upstream {
    package typealias Part = (alias: ServerAlias, upstream: any Upstream)

    private struct State {
        var parts: [Part]
        var changes = 0
        var sessions: [WeakSession] = []
    }

    private struct WeakSession {
        weak var session: MergedSession?
    }

    package let name = "all"
    private let info: JSON
    private let patience: Duration
    private let state: Mutex<State>

    /// `info` is what the whole calls itself; `patience` is how long one server may keep the others waiting.
    package init(_ parts: [Part], info: JSON, patience: Duration = .seconds(2)) {
        self.info = info
        self.patience = patience
        state = Mutex(State(parts: parts))
    }

    package func sharingKey(for caller: BridgeCaller) -> String {
        state.withLock { $0.parts }.map { $0.upstream.sharingKey(for: caller) }.joined(separator: " ")
    }

    package func session(
        for client: RemoteClient,
        as caller: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        let (parts, changes) = state.withLock { ($0.parts, $0.changes) }
        let session = MergedSession(
            parts,
            ofChange: changes,
            info: info,
            patience: patience,
            for: client,
            as: caller,
            events: events
        )
        let (newer, number) = state.withLock { state in
            state.sessions.removeAll { $0.session == nil }
            state.sessions.append(WeakSession(session: session))
            return (state.parts, state.changes)
        }
        session.change(to: newer, keeping: [], number: number)
        return session
    }

    /// Stands before these servers from now on; sessions go on as they are with those that are the same as before.
    package func change(to parts: [Part], keeping same: Set<ServerAlias>) {
        let (sessions, number) = state.withLock { state in
            state.parts = parts
            state.changes += 1
            return (state.sessions.compactMap { $0.session }, state.changes)
        }
        for session in sessions { session.change(to: parts, keeping: same, number: number) }
    }
}
