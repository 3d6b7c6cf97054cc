import Clock
import JSONRPC
import MCPClient
import Synchronization
import Threads

/// How long one of several servers may keep the others waiting: once for a short while, and then not at all until it has
/// answered.
final class MemberPatience: Sendable {
    private struct State {
        var waiting: Task<Void, Never>?
        /// What came too late, for who asks again.
        var late: [CatalogList: WholeList] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let limit: Duration
    private let events: any RemoteSessionEvents

    /// How long after a failure it is asked again.
    private static let pause = Duration.seconds(30)

    /// `events` are notified that lists have changed when it has answered after all.
    init(_ limit: Duration, _ events: any RemoteSessionEvents) {
        self.limit = limit
        self.events = events
    }

    /// The entries, or those that came too late for the one who asked before.
    func entries(
        of list: CatalogList,
        _ work: @escaping @Sendable () async throws(RemoteFailure) -> WholeList
    ) async -> Result<WholeList, RemoteFailure> {
        if let late = state.withLock({ $0.late.removeValue(forKey: list) }) { return .success(late) }
        return await outcome(of: work) { items in self.state.withLock { $0.late[list] = items } }
    }

    /// What `work` comes to, within the limit; later `keep` gets it.
    func outcome<Value: Sendable>(
        of work: @escaping @Sendable () async throws(RemoteFailure) -> Value,
        keep: @escaping @Sendable (Value) -> Void = { _ in }
    ) async -> Result<Value, RemoteFailure> {
        let missing = RemoteFailure.timedOut(seconds: limit / .seconds(1))
        guard state.withLock({ $0.waiting == nil && !$0.isClosed }) else { return .failure(missing) }
        let task = Task(executorPreference: WorkerPool.shared) { await Self.result(of: work) }
        if let outcome = await Patience.outcome(of: task, within: limit) { return outcome }
        state.withLock { state in
            guard state.waiting == nil, !state.isClosed else { return task.cancel() }
            state.waiting = Task(executorPreference: WorkerPool.shared) { [weak self] in
                var outcome = await withTaskCancellationHandler {
                    await task.value
                } onCancel: {
                    task.cancel()
                }
                while case .failure = outcome {
                    do { try await SystemClock.sleep(for: Self.pause) } catch { return }
                    outcome = await Self.result(of: work)
                }
                if case .success(let value) = outcome, let self { self.isBack { keep(value) } }
            }
        }
        return .failure(missing)
    }

    private func isBack(_ keep: () -> Void) {
        keep()
        let isClosed = state.withLock { state in
            state.waiting = nil
            return state.isClosed
        }
        guard !isClosed else { return }
        for kind in ["tools", "prompts", "resources"] {
            events.notified(Notification("notifications/\(kind)/list_changed"))
        }
    }

    private static func result<Value: Sendable>(
        of work: @Sendable () async throws(RemoteFailure) -> Value
    ) async -> Result<Value, RemoteFailure> {
        do throws(RemoteFailure) { return .success(try await work()) } catch { return .failure(error) }
    }

    func close() {
        let task = state.withLock { state in
            state.isClosed = true
            return state.waiting.take()
        }
        task?.cancel()
    }
}
