import Synchronization

/// Time that moves on demand; a sleeper wakes when it has come so far.
package final class TestClock: Sendable {
    private struct Timer {
        let wakesAt: Double
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now: Double
        var nextSleeper = 0
        var sleepers: [Int: Timer] = [:]
        var cancelled: Set<Int> = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>

    package init(_ now: Double = 1_800_000_000) { state = Mutex(State(now: now)) }

    package var now: Double { state.withLock { $0.now } }

    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Sleeps until the clock was moved far enough; throws when the task is cancelled.
    package func sleep(_ seconds: Double) async throws {
        let id = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        let isAwake = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome = enter(id, seconds, continuation)
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                if state.sleepers[id] == nil { state.cancelled.insert(id) }
                return state.sleepers.removeValue(forKey: id)
            }
            sleeper?.continuation.resume(returning: false)
        }
        guard isAwake else { throw CancellationError() }
    }

    /// Moves time on and wakes those whose time has come.
    package func advance(by seconds: Double) {
        let woken = state.withLock { state in
            state.now += seconds
            let due = state.sleepers.filter { $0.value.wakesAt <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { $0.value.wakesAt < $1.value.wakesAt }.map { $0.value.continuation }
        }
        for continuation in woken { continuation.resume(returning: true) }
    }

    /// Returns when at least `count` tasks sleep on this clock.
    package func waitForSleepers(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.count < count { state.watchers.append((count, continuation)) }
                return state.sleepers.count >= count
            }
            if isThere { continuation.resume() }
        }
    }

    /// Nil when the sleeper was entered, else what its sleep ends with at once.
    private func enter(_ id: Int, _ seconds: Double, _ continuation: CheckedContinuation<Bool, Never>) -> Bool? {
        let (outcome, watchers) = state.withLock { state -> (Bool?, [CheckedContinuation<Void, Never>]) in
            if state.cancelled.remove(id) != nil { return (false, []) }
            if seconds <= 0 { return (true, []) }
            state.sleepers[id] = Timer(wakesAt: state.now + seconds, continuation: continuation)
            let content = state.watchers.filter { $0.count <= state.sleepers.count }.map { $0.continuation }
            state.watchers.removeAll { $0.count <= state.sleepers.count }
            return (nil, content)
        }
        for watcher in watchers { watcher.resume() }
        return outcome
    }
}

/// A door that stays shut until a test opens it; who came before waits.
package final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// How many wait before it.
    package var waiting: Int { state.withLock { $0.waiting.count } }

    package func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    package func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
