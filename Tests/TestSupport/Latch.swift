import Synchronization

/// Something that happens once, and those who wait for it.
package final class Latch: Sendable {
    private struct State {
        var isPassed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func pass() {
        let waiting = state.withLock { state in
            state.isPassed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    package func passed() async {
        await withCheckedContinuation { continuation in
            let isPassed = state.withLock { state in
                if !state.isPassed { state.waiting.append(continuation) }
                return state.isPassed
            }
            if isPassed { continuation.resume() }
        }
    }
}
