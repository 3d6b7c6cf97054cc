import Threads

/// Wakes tasks that sleep, with one thread that sleeps as long as the first of them.
///
/// `Task.sleep` would set the default pool's timers going, and with them its threads.
final class Timers: Sendable {
    /// Stands still while the machine sleeps, as the clock does by which a ``Monitor`` waits.
    typealias Instant = SuspendingClock.Instant

    static let shared = Timers()

    private struct Timer {
        let id: Int
        let end: Instant
        /// Gets false where no thread is there to wake it.
        let continuation: CheckedContinuation<Bool, any Error>
    }

    private struct Schedule {
        var sleepers: [Timer] = []
        var nextID = 0
        var hasThread = false

        var firstEnd: Instant? { sleepers.map(\.end).min() }
    }

    private let dormitory = Monitor(Schedule())
    private let now: @Sendable () -> Instant
    private let start: Threads.Starter

    /// `start` begins a thread, as ``Threads/start(_:)`` does.
    init(
        now: @escaping @Sendable () -> Instant = { .now },
        start: @escaping Threads.Starter = { Threads.start($0) }
    ) {
        self.now = now
        self.start = start
    }

    var sleeperCount: Int { dormitory.withLock { $0.sleepers.count } }

    /// Throws a `CancellationError` at once when the task is cancelled.
    func sleep(for duration: Duration) async throws {
        let end = now() + min(duration, Self.longest)
        // Where no thread can be started, the task itself looks at the clock now and then.
        while try await !isWoken(at: end), now() < end {
            Threads.pause(seconds: 0.01)
            await Task.yield()
        }
    }

    /// A hundred years; the sum of an instant and more than that might not be one.
    private static let longest = Duration.seconds(3_155_760_000)

    /// False when nothing could wake the task.
    private func isWoken(at end: Instant) async throws -> Bool {
        let id = dormitory.withLock { dormitory in
            defer { dormitory.nextID += 1 }
            return dormitory.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { add(Timer(id: id, end: end, continuation: $0)) }
        } onCancel: {
            removed(id)?.resume(throwing: CancellationError())
        }
    }

    private func add(_ sleeper: Timer) {
        let (isCancelled, needsThread) = dormitory.withLock { dormitory in
            // A later cancellation finds the sleeper here.
            guard !Task.isCancelled else { return (true, false) }
            defer { dormitory.hasThread = true }
            dormitory.sleepers.append(sleeper)
            return (false, !dormitory.hasThread)
        }
        if isCancelled { return sleeper.continuation.resume(throwing: CancellationError()) }
        dormitory.notifyOne()
        if needsThread, !start({ self.run() }) { sendAway() }
    }

    /// No thread could be started: all who went to sleep meanwhile are notified.
    private func sendAway() {
        let sleepers = dormitory.withLock { dormitory in
            defer { dormitory.sleepers = [] }
            dormitory.hasThread = false
            return dormitory.sleepers
        }
        for sleeper in sleepers { sleeper.continuation.resume(returning: false) }
    }

    private func removed(_ id: Int) -> CheckedContinuation<Bool, any Error>? {
        dormitory.withLock { dormitory in
            dormitory.sleepers.firstIndex { $0.id == id }.map { dormitory.sleepers.remove(at: $0).continuation }
        }
    }

    private func run() {
        while true {
            let end = dormitory.wait { $0.firstEnd }
            let seconds = now().duration(to: end) / .seconds(1)
            _ = dormitory.wait(seconds: seconds) { dormitory in dormitory.firstEnd.flatMap { $0 < end ? true : nil } }
            for continuation in due() { continuation.resume(returning: true) }
        }
    }

    private func due() -> [CheckedContinuation<Bool, any Error>] {
        let now = now()
        return dormitory.withLock { dormitory in
            defer { dormitory.sleepers.removeAll { $0.end <= now } }
            return dormitory.sleepers.filter { $0.end <= now }.map(\.continuation)
        }
    }
}
