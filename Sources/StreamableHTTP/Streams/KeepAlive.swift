import Clock
import Synchronization
import Threads

/// Sends a comment on every open stream now and then, so that no proxy or client takes silence for the end.
///
/// Browsers and Node give up after five minutes, many proxies after one.
package final class KeepAlive: Sendable {
    private struct State {
        var streams: [ObjectIdentifier: EventStream] = [:]
        var isTicking = false
    }

    private let state = Mutex(State())
    private let period: Duration

    package init(every period: Duration = .seconds(15)) { self.period = period }

    package var count: Int { state.withLock { $0.streams.count } }

    func opened(_ stream: EventStream) {
        let isFirst = state.withLock { state in
            state.streams[ObjectIdentifier(stream)] = stream
            defer { state.isTicking = true }
            return !state.isTicking
        }
        if isFirst { Task(executorPreference: WorkerPool.shared) { await self.tickWhileThereAreStreams() } }
    }

    func closed(_ stream: EventStream) {
        _ = state.withLock { $0.streams.removeValue(forKey: ObjectIdentifier(stream)) }
    }

    private func tickWhileThereAreStreams() async {
        repeat {
            try? await SystemClock.sleep(for: period)
            tick()
        } while state.withLock { state in
            state.isTicking = !state.streams.isEmpty
            return state.isTicking
        }
    }

    func tick() {
        for stream in state.withLock({ Array($0.streams.values) }) {
            if stream.isOver { closed(stream) } else { stream.sendComment() }
        }
    }
}
