import Clock
import Synchronization
import Threads

/// Ends streams that stay open by themselves, once who opened them would not be let in any more.
///
/// They are looked at four times a minute while there are some, and when something is known to have been revoked.
final class StandingStreams: Sendable {
    struct Stream: Sendable {
        /// Whether its request would still be accepted.
        let mayGoOn: @Sendable () async -> Bool
        let end: @Sendable () -> Void
    }

    private struct State {
        var streams: [Int: Stream] = [:]
        var last = 0
        var isTicking = false
        var isLooking = false
        var isDue = false
    }

    /// So many are looked at together: for some a provider or a store is asked.
    private static let mostAtOnce = 16

    private let period: Duration
    private let state = Mutex(State())

    init(every period: Duration = .seconds(15)) { self.period = period }

    /// Returns by what it is known.
    func opened(_ stream: Stream) -> Int {
        let (number, isFirst) = state.withLock { state in
            state.last += 1
            state.streams[state.last] = stream
            defer { state.isTicking = true }
            return (state.last, !state.isTicking)
        }
        if isFirst { Task(executorPreference: WorkerPool.shared) { await self.tickWhileThereAreStreams() } }
        return number
    }

    func closed(_ number: Int) { _ = state.withLock { $0.streams.removeValue(forKey: number) } }

    /// Looks at all of them soon; nothing waits for it.
    func look() {
        let begins = state.withLock { state in
            guard !state.streams.isEmpty else { return false }
            state.isDue = true
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard begins else { return }
        Task(executorPreference: WorkerPool.shared) {
            while let streams = self.due() { await self.look(at: streams) }
        }
    }

    private func tickWhileThereAreStreams() async {
        repeat {
            try? await SystemClock.sleep(for: period)
            look()
        } while state.withLock { state in
            state.isTicking = !state.streams.isEmpty
            return state.isTicking
        }
    }

    /// Nil where all were looked at since this was last asked for.
    private func due() -> [Stream]? {
        state.withLock { state in
            state.isLooking = state.isDue
            defer { state.isDue = false }
            return state.isDue ? Array(state.streams.values) : nil
        }
    }

    private func look(at streams: [Stream]) async {
        // The last may have ended since a look was due.
        let share = max(1, (streams.count + Self.mostAtOnce - 1) / Self.mostAtOnce)
        await withDiscardingTaskGroup { group in
            for start in stride(from: 0, to: streams.count, by: share) {
                group.addTask(executorPreference: WorkerPool.shared) {
                    for stream in streams[start..<min(start + share, streams.count)] where await !stream.mayGoOn() {
                        stream.end()
                    }
                }
            }
        }
    }
}
