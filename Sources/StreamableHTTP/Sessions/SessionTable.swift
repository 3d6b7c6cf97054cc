import Clock
import MCP
import Synchronization

/// The sessions that are in memory, by their ids; what is not can be made again from an id that was sealed here.
final class SessionTable: Sendable {
    typealias Instant = ContinuousClock.Instant
    typealias Making = @Sendable (Principal, SessionState) -> Session

    fileprivate struct Entry {
        let session: Session
        /// In seconds since 1970.
        let end: Double
        /// When others were last asked whether they have ended it.
        var looked = Instant.now
    }

    fileprivate struct State {
        var sessions: [String: Entry] = [:]
        /// Hashes of ids that are good no more, until when they would have been; in seconds since 1970.
        ///
        /// Ids are long, and no one can foresee the hash of one.
        var ended: [Int: Double] = [:]
        /// So many are kept before those are forgotten whose time is over.
        var mostEnded = 10_000
    }

    private let state = Mutex(State())
    private let seal: Seal
    private let now: @Sendable () -> Double

    init(_ seal: Seal, now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970) {
        self.seal = seal
        self.now = now
    }

    var count: Int { state.withLock { $0.sessions.count } }
    var all: [Session] { state.withLock { $0.sessions.values.map { $0.session } } }

    /// Forgets them all, for a table that is used no more.
    func takeAll() -> [Session] {
        state.withLock { state in
            defer { state.sessions = [:] }
            return state.sessions.values.map { $0.session }
        }
    }

    /// Keeps a session that was agreed to, and gives its id; nil where there is nothing to seal it with.
    func open(_ session: Session, within limits: StreamableHTTPLimits) -> String? {
        guard let agreed = session.connection.sessionState else { return nil }
        let end = now() + limits.sessionLife / .seconds(1)
        guard let id = SessionID(principal: session.principal.id, state: agreed, end: end).sealed(by: seal) else {
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
        let (entry, isEnded) = state.withLock { ($0.sessions[id], $0.ended[id.hashValue] != nil) }
        guard !isEnded else { return nil }
        if let entry {
            guard entry.session.principal.id == principal.id else { return nil }
            if now() < entry.end { return entry.session }
            _ = end(id, of: principal)
            return nil
        }
        guard let known = SessionID(id, seal), known.principal == principal.id, now() < known.end else { return nil }
        let restored = make(principal, known.state)
        return keep(restored, as: id, until: known.end, within: limits)
    }

    /// What an id says that `principal` was given; nil for any other, and for one that is over.
    func known(_ id: String, of principal: Principal) -> SessionID? {
        guard let known = SessionID(id, seal), known.principal == principal.id, now() < known.end,
            state.withLock({ $0.ended[id.hashValue] == nil })
        else { return nil }
        return known
    }

    /// Whether others have to be asked whether they have ended it: before it is made again, and a second after they were.
    func isDue(_ id: String, of principal: Principal, at instant: Instant = .now) -> Bool {
        let isFresh = state.withLock { state in
            guard var entry = state.sessions[id] else { return false }
            guard instant - entry.looked > .seconds(1) else { return true }
            entry.looked = instant
            state.sessions[id] = entry
            return false
        }
        return !isFresh && known(id, of: principal) != nil
    }

    /// True when it was there, or could have been.
    func end(_ id: String, of principal: Principal) -> Bool {
        guard let known = SessionID(id, seal), known.principal == principal.id else { return false }
        let (entry, isFirst) = state.withLock { state in
            (state.sessions.removeValue(forKey: id), state.end(id, until: known.end, at: now()))
        }
        entry?.session.end()
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
            if let first = state.sessions[id] { return (first.session, [Session]()) }
            var leaving = state.removeIdle(limits.sessionIdle, at: now())
            leaving += state.makeRoom(for: session.principal.id, within: limits, at: now())
            state.sessions[id] = Entry(session: session, end: end)
            return (session, leaving)
        }
        for session in leaving { session.end() }
        return kept
    }
}

extension SessionTable.State {
    /// False when it had ended before.
    fileprivate mutating func end(_ id: String, until end: Double, at now: Double) -> Bool {
        if ended.count >= mostEnded {
            ended = ended.filter { $0.value > now }
            mostEnded = max(mostEnded, 2 * ended.count)
        }
        return ended.updateValue(end, forKey: id.hashValue) == nil
    }

    /// Those whose time is over, and those not used for `limit`, which can be made again when their client comes back.
    fileprivate mutating func removeIdle(_ limit: Duration, at now: Double) -> [Session] {
        let instant = SessionTable.Instant.now
        let idle = sessions.filter { entry in
            entry.value.end <= now || limit > .zero && instant - entry.value.session.lastUsed(at: instant) > limit
        }
        for id in idle.keys { sessions[id] = nil }
        return idle.values.map { $0.session }
    }

    /// Ends those that were not used for longest: first of the same principal, then of all.
    fileprivate mutating func makeRoom(
        for principal: Principal.ID,
        within limits: StreamableHTTPLimits,
        at now: Double
    ) -> [Session] {
        var leaving: [Session] = []
        let own = sessions.filter { $0.value.session.principal.id == principal }
        if limits.sessionsPerPrincipal > 0, own.count >= limits.sessionsPerPrincipal {
            leaving += endOldest(of: own, at: now)
        }
        if limits.sessions > 0, sessions.count >= limits.sessions { leaving += endOldest(of: sessions, at: now) }
        return leaving
    }

    private mutating func endOldest(of some: [String: SessionTable.Entry], at now: Double) -> [Session] {
        let instant = SessionTable.Instant.now
        let oldest = some.min { $0.value.session.lastUsed(at: instant) < $1.value.session.lastUsed(at: instant) }
        guard let (id, entry) = oldest else { return [] }
        sessions[id] = nil
        _ = self.end(id, until: entry.end, at: now)
        return [entry.session]
    }
}
