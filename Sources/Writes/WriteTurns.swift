import Synchronization

/// Changes of one target one after the other: what a change was agreed to for is looked at and changed without another
/// in between.
final class WriteTurns: Sendable {
    /// Those that wait, by the target that is being changed.
    private let state = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

    func inTurn<Result>(on target: String, _ work: () async throws -> Result) async throws -> Result {
        await begin(target)
        defer { end(target) }
        return try await work()
    }

    private func begin(_ target: String) async {
        await withCheckedContinuation { waiter in
            let isFree = state.withLock { state in
                guard state[target] == nil else {
                    state[target]?.append(waiter)
                    return false
                }
                state[target] = []
                return true
            }
            if isFree { waiter.resume() }
        }
    }

    private func end(_ target: String) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiting = state[target], !waiting.isEmpty else {
                state[target] = nil
                return nil
            }
            return state[target]?.removeFirst()
        }
        next?.resume()
    }
}
