import Synchronization

/// Sends so many requests at a time, and no more; the others wait for their turn in the order in which they came.
package final class CappedClient: HTTPClient {
    fileprivate struct State {
        var free: Int
        var nextWaiter = 0
        /// In the order of their turns.
        var waiting: [(id: Int, turn: CheckedContinuation<Bool, Never>)] = []
    }

    private let client: any HTTPClient
    private let state: Mutex<State>

    package init(_ client: any HTTPClient, atOnce most: Int) {
        self.client = client
        state = Mutex(State(free: most))
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard await takesTurn() else { throw .cancelled }
        defer { passOn() }
        return try await client.send(request)
    }

    /// False for a task that was cancelled while it waited.
    private func takesTurn() async -> Bool {
        let waiter: Int? = state.withLock { state in
            guard state.free == 0 else {
                state.free -= 1
                return nil
            }
            state.nextWaiter += 1
            return state.nextWaiter
        }
        guard let waiter else { return true }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0, as: waiter) }
        } onCancel: {
            state.withLock { $0.leave(waiter) }?.resume(returning: false)
        }
    }

    private func wait(_ turn: CheckedContinuation<Bool, Never>, as waiter: Int) {
        let isDecided: Bool? = state.withLock { state in
            // A later cancellation finds the continuation here.
            if Task.isCancelled { return false }
            if state.free > 0 {
                state.free -= 1
                return true
            }
            state.waiting.append((waiter, turn))
            return nil
        }
        if let isDecided { turn.resume(returning: isDecided) }
    }

    private func passOn() {
        let next = state.withLock { state in
            if state.waiting.isEmpty { state.free += 1 }
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst().turn
        }
        next?.resume(returning: true)
    }
}

extension CappedClient.State {
    fileprivate mutating func leave(_ waiter: Int) -> CheckedContinuation<Bool, Never>? {
        waiting.firstIndex { $0.id == waiter }.map { waiting.remove(at: $0).turn }
    }
}
