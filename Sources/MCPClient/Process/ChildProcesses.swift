import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The programs that this one has started and that have not ended, so that none of them outlives it.
package final class ChildProcesses: Sendable {
    /// Those of this process.
    package static let all = ChildProcesses()

    private struct State {
        var living: [ObjectIdentifier: ChildProcess] = [:]
        var isEnding = false
    }

    private let state = Monitor(State())

    package init() {}

    /// Ends every group, and returns when all are gone: those that a signal does not end within `seconds` are killed.
    ///
    /// Where there is time, their sessions are closed first, so that they end with their input. No other can be started.
    package func end(within seconds: Double) {
        let living = state.withLock { state in
            state.isEnding = true
            return Array(state.living.values)
        }
        guard !living.isEmpty else { return }
        for process in living { process.end(by: SIGTERM) }
        guard !areGone(within: seconds) else { return }
        for process in state.withLock({ Array($0.living.values) }) { process.end(by: SIGKILL) }
        // What the system itself holds cannot be waited for without an end.
        _ = areGone(within: 2)
    }

    private func areGone(within seconds: Double) -> Bool {
        state.wait(seconds: seconds) { $0.living.isEmpty ? true : nil } ?? false
    }

    /// False where this process is about to end, and the program has to as well.
    func add(_ process: ChildProcess) -> Bool {
        state.withLock { state in
            state.living[ObjectIdentifier(process)] = process
            return !state.isEnding
        }
    }

    func remove(_ process: ChildProcess) {
        state.withLock { $0.living[ObjectIdentifier(process)] = nil }
        state.notify()
    }
}
