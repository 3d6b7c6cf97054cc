import Synchronization
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Notices clients that hang up while their answer is being made.
///
/// The library does not look at a connection that rests, so a thread of ours does, ten times a second at most and only
/// while something rests. It also knows all resting exchanges, for a server that stops.
final class HangUpWatch: Sendable {
    private struct Entry {
        let exchange: HTTPExchange
        let descriptor: Int32
        var hasHungUp = false
    }

    private struct State {
        var resting: [ObjectIdentifier: Entry] = [:]
        var isStopped = false
        /// The thread waits for the pipe alone, without an end.
        var isDozing = false
    }

    private let state = Mutex(State())
    private let pipe: WakePipe

    /// Nil when the system has no descriptors or threads left.
    init?() {
        guard let pipe = WakePipe() else { return nil }
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
            let entries: [Entry]? = state.withLock { state in
                if state.isStopped { return nil }
                let entries = state.resting.values.filter { !$0.hasHungUp }
                quietRounds = entries.isEmpty ? quietRounds + 1 : 0
                state.isDozing = quietRounds > 1
                return entries
            }
            guard let entries else { return }
            for index in pipe.hungUp(among: entries.map { $0.descriptor }, milliseconds: quietRounds > 1 ? -1 : 100) {
                noticed(entries[index].exchange)
            }
        }
    }

    private func noticed(_ exchange: HTTPExchange) {
        let isResting = state.withLock { state in
            state.resting[ObjectIdentifier(exchange)]?.hasHungUp = true
            return state.resting[ObjectIdentifier(exchange)] != nil
        }
        if isResting { exchange.cancel() }
    }
}
