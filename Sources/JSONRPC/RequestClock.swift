import Clock
import Synchronization
import Threads

/// Ticks once a second for all in which something is being answered; one for all conversations of a process.
package final class RequestClock: Sendable {
    private struct State {
        var tables: [ObjectIdentifier: RequestTable] = [:]
        var isTicking = false
    }

    private let state = Mutex(State())
    private static let period = Duration.seconds(1)

    package init() {}

    func start(_ table: RequestTable) {
        let isFirst = state.withLock { state in
            state.tables[ObjectIdentifier(table)] = table
            defer { state.isTicking = true }
            return !state.isTicking
        }
        if isFirst { Task(executorPreference: WorkerPool.shared) { await self.tickWhileBusy() } }
    }

    func stop(_ table: RequestTable) {
        _ = state.withLock { $0.tables.removeValue(forKey: ObjectIdentifier(table)) }
    }

    private func tickWhileBusy() async {
        repeat {
            try? await SystemClock.sleep(for: Self.period)
            for table in state.withLock({ Array($0.tables.values) }) {
                table.tick(at: .now)
                table.stopClockIfIdle()
            }
        } while state.withLock { state in
            state.isTicking = !state.tables.isEmpty
            return state.isTicking
        }
    }
}
