import Synchronization
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Notices clients that hang up while their answer is being made, and closes the connections of those that send too slowly.
///
/// The library does not look at a connection that rests, so a thread of ours does, ten times a second at most and only
/// while something rests. To the library any byte is a sign of life; the same thread knows better (``Senders``). It also
/// knows all resting exchanges, for a server that stops.
final class HangUpWatch: Sendable {
    private struct Entry {
        let exchange: HTTPExchange
        let descriptor: Int32
        var hasHungUp = false
    }

    private struct State {
        var resting: [ObjectIdentifier: Entry] = [:]
        var senders: Senders
        var isStopped = false
        /// The thread waits for the pipe alone, without an end.
        var isDozing = false
    }

    private let state: Mutex<State>
    private let pipe: WakePipe

    /// Nil when the system has no descriptors or threads left.
    init?(_ limits: HTTPServerLimits) {
        guard let pipe = WakePipe() else { return nil }
        state = Mutex(State(senders: Senders(limits)))
        self.pipe = pipe
        guard Threads.start({ [self] in run() }) else { return nil }
    }

    /// False when the server has stopped.
    func add(_ exchange: HTTPExchange, descriptor: Int32) -> Bool {
        let (isTaken, mustWake) = state.withLock { state in
            if state.isStopped { return (false, false) }
            state.resting[ObjectIdentifier(exchange)] = Entry(exchange: exchange, descriptor: descriptor)
            defer { state.isDozing = false }
            return (true, state.isDozing)
        }
        if mustWake { pipe.wake() }
        return isTaken
    }

    func remove(_ exchange: HTTPExchange) {
        _ = state.withLock { $0.resting.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    /// A connection has been taken; where there are too many, another has to leave.
    func opened(_ connection: MHDConnection) {
        // None is closed by the library before `closed`, so that a descriptor is still that of its connection.
        let mustWake = state.withLock { state in
            let leaving = state.senders.opened(connection.id, descriptor: connection.descriptor, at: .now)
            if let leaving { shutdown(leaving, Self.bothWays) }
            defer { state.isDozing = false }
            return state.isDozing
        }
        if mustWake { pipe.wake() }
    }

    func closed(_ connection: MHDConnection) { state.withLock { $0.senders.closed(connection.id) } }

    func expects(_ wait: Senders.Wait, from connection: MHDConnection) {
        state.withLock { $0.senders.expects(wait, from: connection.id, at: .now) }
    }

    func isAnswered(_ connection: MHDConnection) { state.withLock { $0.senders.isAnswered(connection.id) } }

    /// Answers whatever rests with 503, waits until nothing rests and takes no more; false when it was stopped before.
    ///
    /// The wait is for a task that is about to wake its connection up: a matter of microseconds.
    @discardableResult
    func stop() -> Bool {
        let resting: [Entry]? = state.withLock { state in
            if state.isStopped { return nil }
            state.isStopped = true
            return Array(state.resting.values)
        }
        guard let resting else { return false }
        for entry in resting {
            entry.exchange.cancel()
            entry.exchange.finish(.response(HTTPExchange.stopping))
        }
        while state.withLock({ !$0.resting.isEmpty }) { usleep(100) }
        pipe.wake()
        return true
    }

    private func run() {
        var quietRounds = 0
        while true {
            let round: (entries: [Entry], milliseconds: Int32)? = state.withLock { state in
                if state.isStopped { return nil }
                for descriptor in state.senders.overdue(at: .now) { shutdown(descriptor, Self.bothWays) }
                let entries = state.resting.values.filter { !$0.hasHungUp }
                quietRounds = entries.isEmpty ? quietRounds + 1 : 0
                let next = state.senders.nextDeadline
                state.isDozing = quietRounds > 1 && next == nil
                return (entries, quietRounds > 1 ? next.map(Self.milliseconds) ?? -1 : 100)
            }
            guard let round else { return }
            for index in pipe.hungUp(among: round.entries.map { $0.descriptor }, milliseconds: round.milliseconds) {
                noticed(round.entries[index].exchange)
            }
        }
    }

    /// How long to wait for a deadline: until it is over, and for what comes before it, no longer than a second.
    private static func milliseconds(until deadline: Senders.Instant) -> Int32 {
        let left = (deadline - .now) / .milliseconds(1)
        return Int32(min(max(left.rounded(.up), 1), 1000))
    }

    #if canImport(Glibc)
    private static let bothWays = Int32(SHUT_RDWR)
    #else
    private static let bothWays = SHUT_RDWR
    #endif

    private func noticed(_ exchange: HTTPExchange) {
        let isResting = state.withLock { state in
            state.resting[ObjectIdentifier(exchange)]?.hasHungUp = true
            return state.resting[ObjectIdentifier(exchange)] != nil
        }
        if isResting { exchange.cancel() }
    }
}
