import Clock
import Synchronization
import Threads

/// One listener next to the calls, which takes the place of the one before once it has begun.
final class ListenLoop: Sendable {
    fileprivate struct State {
        var task: Task<Void, Never>?
        var isDue = false
        var isPlaced = false
        /// Whether something may have been missed since it was last heard.
        var isBroken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let place: @Sendable (Task<Void, Never>) -> Void
    private let reconnected: @Sendable () -> Void

    /// `place` is called once, `reconnected` each time that it is heard again.
    init(
        place: @escaping @Sendable (Task<Void, Never>) -> Void,
        reconnected: @escaping @Sendable () -> Void
    ) {
        self.place = place
        self.reconnected = reconnected
    }

    func runs(as task: Task<Void, Never>) {
        let placed = state.withLock { state in
            state.task = task
            return state.takePlaced()
        }
        if let placed { place(placed) }
    }

    func wasHeard() {
        let (placed, wasBroken) = state.withLock { state in
            defer { state.isBroken = false }
            state.isDue = true
            return (state.takePlaced(), state.isBroken)
        }
        if let placed { place(placed) }
        if wasBroken { reconnected() }
        release()
    }

    /// Waits until it has begun, or has failed to, and no longer than that.
    func untilBegun(atMost limit: Duration) async {
        let timer = Task(executorPreference: WorkerPool.shared) {
            if (try? await SystemClock.sleep(for: limit)) != nil { self.release() }
        }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isDue { state.waiting.append(continuation) }
                return state.isDue
            }
            if isOver { continuation.resume() }
        }
        timer.cancel()
    }

    private func release() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// It has ended; `isGap` where what happens until it is heard again is missed.
    func ended(isGap: Bool) {
        state.withLock { $0.isBroken = $0.isBroken || isGap }
        release()
    }
}

extension ListenLoop.State {
    fileprivate mutating func takePlaced() -> Task<Void, Never>? {
        guard isDue, !isPlaced, let task else { return nil }
        isPlaced = true
        return task
    }
}

/// How long to wait between two tries: a value.
struct ListenPauses {
    private var inVain = 0
    private static let longest = 60

    /// Doubles with each try that came to nothing; nil where a further one makes no sense.
    mutating func next(after end: StreamEnd, lasted: Duration) -> Duration? {
        switch end {
        case .none, .sessionLost: return nil
        case .ended(let retry):
            inVain = lasted < .seconds(2) ? min(inVain + 1, 7) : 0
            let asked = Duration.milliseconds(min(max(retry ?? 500, 50), Self.longest * 1000))
            return inVain > 3 ? max(asked, .seconds(min(1 << (inVain - 4), Self.longest))) : asked
        case .failed:
            inVain = min(inVain + 1, 7)
            return .seconds(min(1 << (inVain - 1), Self.longest))
        }
    }
}
