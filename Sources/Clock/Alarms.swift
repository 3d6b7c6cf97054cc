import Threads

/// Wakes tasks that sleep, with one thread that sleeps as long as the first of them.
///
/// `Task.sleep` would set the default pool's timers going, and with them its threads.
final class Alarms: Sendable {
    static let shared = Alarms()

    private struct Sleeper {
        let id: Int
        let end: ContinuousClock.Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Dormitory {
        var sleepers: [Sleeper] = []
        var nextID = 0
        var hasThread = false

        var firstEnd: ContinuousClock.Instant? { sleepers.map(\.end).min() }
    }

    private let dormitory = Monitor(Dormitory())

    /// Throws a `CancellationError` at once when the task is cancelled.
    func sleep(until end: ContinuousClock.Instant) async throws {
        let id = dormitory.withLock { dormitory in
            defer { dormitory.nextID += 1 }
            return dormitory.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { add(Sleeper(id: id, end: end, continuation: $0)) }
        } onCancel: {
            removed(id)?.resume(throwing: CancellationError())
        }
    }

    private func add(_ sleeper: Sleeper) {
        let (isCancelled, needsThread) = dormitory.withLock { dormitory in
            // Whoever is cancelled later finds the sleeper here.
            guard !Task.isCancelled else { return (true, false) }
            defer { dormitory.hasThread = true }
            dormitory.sleepers.append(sleeper)
            return (false, !dormitory.hasThread)
        }
        if isCancelled { return sleeper.continuation.resume(throwing: CancellationError()) }
        dormitory.notifyOne()
        if needsThread, !Threads.start({ self.run() }) { dormitory.withLock { $0.hasThread = false } }
    }

    private func removed(_ id: Int) -> CheckedContinuation<Void, any Error>? {
        dormitory.withLock { dormitory in
            dormitory.sleepers.firstIndex { $0.id == id }.map { dormitory.sleepers.remove(at: $0).continuation }
        }
    }

    private func run() {
        while true {
            let end = dormitory.wait { $0.firstEnd }
            let seconds = ContinuousClock.now.duration(to: end) / .seconds(1)
            _ = dormitory.wait(seconds: seconds) { dormitory in dormitory.firstEnd.flatMap { $0 < end ? true : nil } }
            for continuation in due() { continuation.resume() }
        }
    }

    private func due() -> [CheckedContinuation<Void, any Error>] {
        let now = ContinuousClock.now
        return dormitory.withLock { dormitory in
            defer { dormitory.sleepers.removeAll { $0.end <= now } }
            return dormitory.sleepers.filter { $0.end <= now }.map(\.continuation)
        }
    }
}
