package import Bridge
import Clock
import Crypto
package import MCPClient
import Synchronization
import Text

/// Sessions of the REST interface: an id for a conversation with the server that is shared with no one.
///
/// An id says nothing of its owner; what is kept of them is a digest.
package final class RESTSessions: Sendable {
    package struct Open: Sendable {
        package let id: String
        package let session: any RemoteSession
        let identity: String
        let group: String?
        let created: Double
        var lastUsed: Double
    }

    private let sessions = Mutex<[String: Open]>([:])
    private let idleSeconds: Double
    private let mostPerIdentity: Int
    private let most: Int
    private let now: @Sendable () -> Double
    private let changed: @Sendable (Int) -> Void

    /// `changed` is called with how many sessions more there are, or with how many have ended, below zero.
    package init(
        idleSeconds: Double = 1800,
        mostPerIdentity: Int = 10,
        most: Int = 1000,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        changed: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.changed = changed
        self.idleSeconds = idleSeconds
        self.mostPerIdentity = mostPerIdentity
        self.most = most
        self.now = now
    }

    package var count: Int { sessions.withLock { $0.count } }

    /// Keeps a new one, and returns what it had to make room for; nil where there is no room, or no random number.
    package func open(
        _ session: any RemoteSession,
        for caller: BridgeCaller,
        group: String?
    ) -> (opened: Open, ended: [Open])? {
        guard let id = try? Crypto.randomBytes(16).hexadecimal else { return nil }
        let time = now()
        let open = Open(
            id: id,
            session: session,
            identity: caller.key,
            group: group,
            created: time,
            lastUsed: time
        )
        let idle = takeIdle()
        let opened = sessions.withLock { sessions -> (opened: Open, ended: [Open])? in
            var ended = idle
            let own = sessions.values.filter { $0.identity == caller.key }
            if own.count >= mostPerIdentity, let oldest = own.min(by: { $0.lastUsed < $1.lastUsed }) {
                sessions[oldest.id] = nil
                ended.append(oldest)
            }
            guard sessions.count < most else { return nil }
            sessions[id] = open
            return (open, ended)
        }
        if let opened {
            changed(1)
            if opened.ended.count > idle.count { changed(idle.count - opened.ended.count) }
        }
        return opened
    }

    /// Nil for one that is not known, is over, or is another's.
    package func find(_ id: String, of caller: BridgeCaller) -> Open? {
        let time = now()
        return sessions.withLock { sessions in
            guard let open = sessions[id], open.identity == caller.key, time - open.lastUsed < idleSeconds else {
                return nil
            }
            sessions[id]?.lastUsed = time
            return open
        }
    }

    package func remove(_ id: String, of caller: BridgeCaller) -> Open? {
        let removed = sessions.withLock { sessions in
            sessions[id]?.identity == caller.key ? sessions.removeValue(forKey: id) : nil
        }
        if removed != nil { changed(-1) }
        return removed
    }

    /// Takes out those that no one has used for too long.
    package func takeIdle() -> [Open] {
        let time = now()
        let idle = sessions.withLock { sessions in
            let idle = sessions.values.filter { time - $0.lastUsed >= idleSeconds }
            for open in idle { sessions[open.id] = nil }
            return idle
        }
        if !idle.isEmpty { changed(-idle.count) }
        return idle
    }

    package func takeAll() -> [Open] {
        let all = sessions.withLock { sessions in
            defer { sessions = [:] }
            return Array(sessions.values)
        }
        if !all.isEmpty { changed(-all.count) }
        return all
    }
}
