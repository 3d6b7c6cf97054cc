import Clock
import Files
package import Logging
import Synchronization
import Threads

/// Keeps what this process has counted in a file: a second after it was first used, then every ten seconds while it is,
/// and at the end.
///
/// A process that is not used has no file and never wakes up. One that is killed loses ten seconds at most.
package final class CounterKeeper: Sendable {
    private struct State {
        var folder: CounterFolder?
        /// Held as long as the process lives.
        var claim: FileLock?
        var isUsed = false
        /// In nanoseconds.
        var lastWrite: Int?
        var hasEnded = false
        /// There is no place for the file.
        var isUnusable = false
    }

    private static let firstPause = 1.0
    private static let period = 10.0

    private let name = "p\(UInt64.random(in: .min ... .max).digits)"
    private let path: String
    private let metrics: Metrics
    private let log: Log
    private let since = SystemClock.secondsSince1970()
    private let isDue = Atomic(false)
    private let pause: @Sendable (Double) async -> Void
    private let state = Mutex(State())

    /// `path` is a folder of this user alone; it is made when there is something to keep.
    package init(
        _ path: String,
        _ metrics: Metrics,
        log: Log,
        pause: @escaping @Sendable (Double) async -> Void = { try? await SystemClock.sleep(for: .seconds($0)) }
    ) {
        self.path = path
        self.metrics = metrics
        self.log = log
        self.pause = pause
    }

    /// Something was counted that is to be kept.
    package func used() {
        guard !isDue.exchange(true, ordering: .relaxed) else { return }
        let seconds = state.withLock { state in
            state.isUsed = true
            let past = state.lastWrite.map { Double(SystemClock.nanoseconds() - $0) / 1e9 } ?? Self.period
            return max(Self.period - past, Self.firstPause)
        }
        Task(executorPreference: WorkerPool.shared) {
            await self.pause(seconds)
            // What is counted from here on is the next one's.
            self.isDue.store(false, ordering: .sequentiallyConsistent)
            self.keep()
        }
    }

    /// Writes the last numbers, and adds them to the sum.
    package func close() {
        let isKept = state.withLock { state in
            guard state.isUsed, !state.hasEnded else { return false }
            keep(&state)
            state.hasEnded = true
            state.claim = nil
            return true
        }
        if isKept { fold() }
    }

    private func keep() {
        let isFirst = state.withLock { state in
            guard !state.hasEnded else { return false }
            defer { keep(&state) }
            return state.folder == nil && !state.isUnusable
        }
        if isFirst { fold() }
    }

    private func keep(_ state: inout State) {
        guard !state.isUnusable else { return }
        do throws(FileError) {
            if state.folder == nil { state.folder = try CounterFolder(path) }
            guard let folder = state.folder else { return }
            // Where another has just swept it away as a lock that no one holds, the next time is soon enough.
            if state.claim == nil { state.claim = try folder.claim(name) }
            guard state.claim != nil else { return }
            state.lastWrite = SystemClock.nanoseconds()
            let counters = Counters(of: metrics, since: since, until: SystemClock.secondsSince1970())
            try folder.write(counters, as: name)
        } catch {
            state.isUnusable = true
            log.debug("calls are not counted in a file", ("reason", error.description))
        }
    }

    private func fold() {
        let folder = state.withLock { $0.folder }
        do throws(FileError) {
            _ = try folder?.folded()
        } catch {
            log.debug("what ended processes counted is not summed", ("reason", error.description))
        }
    }
}
