import Synchronization
import Threads

/// One piece of work at a time for each key, whose result is for all who wait for it.
///
/// It belongs to none of them: who is cancelled does not end it.
final class SharedWork<Key: Hashable & Sendable, Outcome: Sendable>: Sendable {
    private let started = Mutex<[Key: Task<Outcome, Never>]>([:])

    /// `work` has to look first whether what it makes is there already: another may have ended a moment ago.
    func outcome(for key: Key, _ work: @escaping @Sendable () async -> Outcome) async -> Outcome {
        let task = started.withLock { started in
            if let task = started[key] { return task }
            let task = Task(executorPreference: WorkerPool.shared) {
                let outcome = await work()
                self.started.withLock { $0[key] = nil }
                return outcome
            }
            started[key] = task
            return task
        }
        return await task.value
    }
}

extension Result {
    /// What an asynchronous function returns or throws.
    static func of(_ body: () async throws(Failure) -> Success) async -> Self {
        do throws(Failure) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
