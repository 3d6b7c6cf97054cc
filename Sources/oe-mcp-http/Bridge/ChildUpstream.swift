import Bridge
import MCPClient
import Synchronization

/// A server of this machine: a process for all requests without a session, and one for each session.
final class ChildUpstream: Upstream {
    let name: String
    private let server: ProcessRemoteServer
    private let whenRestarted: @Sendable () -> Void
    private let health = Mutex<[ProcessHealth]>([])

    init(_ name: String, _ server: ProcessRemoteServer, whenRestarted: @escaping @Sendable () -> Void) {
        self.name = name
        self.whenRestarted = whenRestarted
        self.server = server
    }

    /// It is the same server for every caller.
    func sharingKey(for _: BridgeCaller) -> String { name }

    func session(
        for client: RemoteClient,
        as _: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        let own = ProcessHealth(whenRestarted: whenRestarted)
        // The newest ones say how it fares.
        health.withLock { $0 = $0.suffix(15) + [own] }
        return server.session(for: client, events: events, health: own)
    }

    /// Why it cannot be counted on.
    var fault: String? {
        let failing = health.withLock { $0.first { $0.isFailing } }
        return failing.map { "The process ends again and again: \($0.lastEnd ?? "no one knows why")." }
    }
}
