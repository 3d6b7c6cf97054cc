import Clock
import MCP
import Synchronization

/// The sessions that are in memory, by their ids; what is not can be made again from an id that was sealed here.
final class SessionTable: Sendable {
    typealias Instant = ContinuousClock.Instant
    typealias Making = @Sendable (Principal, SessionState) -> Session

    fileprivate struct State {
        var sessions: [String: Session] = [:]
        /// Ids that are good no more, until when they would have been; in seconds since 1970.
        var ended: [String: Double] = [:]
    }

    private let state = Mutex(State())
    private let seal: Seal
    private let now: @Sendable () -> Double

    /// Past it, ids are forgotten whose time is over.
    fileprivate static let mostEnded = 10_000

    init(_ seal: Seal, now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970) {
        self.seal = seal
        self.now = now
    }

    var count: Int { state.withLock { $0.sessions.count } }
    var all: [Session] { state.withLock { Array($0.sessions.values) } }

    /// Keeps a session that was agreed to, and gives its id; nil where there is nothing to seal it with.
    func open(_ session: Session, within limits: StreamableHTTPLimits) -> String? {
        guard let agreed = session.connection.sessionState else { return nil }
        let end = now() + limits.sessionLife / .seconds(1)
        guard let id = SessionID(principal: session.principal.id, state: agreed, end: end).text(seal) else {
            return nil
        }
        keep(session, as: id, until: end, within: limits)
        return id
    }

    /// The session of an id that `principal` was given; `make` makes it again where it is no longer in memory.
    func session(
        _ id: String,
        of principal: Principal,
        within limits: StreamableHTTPLimits,
        _ make: Making
    ) -> Session? {
        let (session, isEnded) = state.withLock { ($0.sessions[id], $0.ended[id] != nil) }
        guard !isEnded else { return nil }
        // The end is in the id alone: whoever asks often enough would otherwise never be asked for another.
        if let session { return session.principal.id == principal.id ? session : nil }
        guard let known = SessionID(id, seal), known.principal == principal.id, now() < known.end else { return nil }
        let restored = make(principal, known.state)
        return keep(restored, as: id, until: known.end, within: limits)
    }

    /// True when it was there, or could have been.
    func end(_ id: String, of principal: Principal) -> Bool {
        guard let known = SessionID(id, seal), known.principal == principal.id else { return false }
        let (session, isFirst) = state.withLock { state in
            (state.sessions.removeValue(forKey: id), state.end(id, until: known.end, at: now()))
        }
        session?.end()
        return isFirst
    }

    /// The one that is there first, of those that are made at once.
    @discardableResult
    private func keep(
        _ session: Session,
        as id: String,
        until end: Double,
        within limits: StreamableHTTPLimits
    ) -> Session {
        let (kept, leaving) = state.withLock { state in
            if let first = state.sessions[id] { return (first, [Session]()) }
            var leaving = state.removeIdle(limits.sessionIdle)
            leaving += state.makeRoom(for: session.principal.id, within: limits, at: now())
            state.sessions[id] = session
            return (session, leaving)
        }
        for session in leaving { session.end() }
        return kept
    }
}

extension SessionTable.State {
    /// False when it had ended before.
    fileprivate mutating func end(_ id: String, until end: Double, at now: Double) -> Bool {
        if ended.count >= SessionTable.mostEnded { ended = ended.filter { $0.value > now } }
        defer { ended[id] = end }
        return ended[id] == nil
    }

    /// They can be made again when their client comes back.
    fileprivate mutating func removeIdle(_ limit: Duration) -> [Session] {
        guard limit > .zero else { return [] }
        let now = SessionTable.Instant.now
        let idle = sessions.filter { now - $0.value.lastUsed(at: now) > limit }
        for id in idle.keys { sessions[id] = nil }
        return Array(idle.values)
    }

    /// Ends those that were not used for longest: first of the same principal, then of all.
    fileprivate mutating func makeRoom(
        for principal: Principal.ID,
        within limits: StreamableHTTPLimits,
        at now: Double
    ) -> [Session] {
        var leaving: [Session] = []
        let own = sessions.filter { $0.value.principal.id == principal }
        if limits.sessionsPerPrincipal > 0, own.count >= limits.sessionsPerPrincipal {
            leaving += endOldest(of: own, until: now + limits.sessionLife / .seconds(1), at: now)
        }
        if limits.sessions > 0, sessions.count >= limits.sessions {
            leaving += endOldest(of: sessions, until: now + limits.sessionLife / .seconds(1), at: now)
        }
        return leaving
    }

    private mutating func endOldest(of some: [String: Session], until end: Double, at now: Double) -> [Session] {
        let instant = SessionTable.Instant.now
        guard let oldest = some.min(by: { $0.value.lastUsed(at: instant) < $1.value.lastUsed(at: instant) }) else {
            return []
        }
        sessions[oldest.key] = nil
        _ = self.end(oldest.key, until: end, at: now)
        return [oldest.value]
    }
}
