import Clock
import JSONRPC
import Synchronization
import Threads

/// What is being worked on, so that a server that stops can wait for it, or end it.
///
/// One look now and then at all of it finds what takes long, and has its answer begin.
final class ActiveConversations: Sendable {
    private struct Work {
        let conversation: Conversation
        let sink: PostSink
        /// A look has found it already.
        var isOld = false
    }

    private struct State {
        var byPost: [ObjectIdentifier: Work] = [:]
        var awaitingEmpty: [@Sendable () -> Void] = []
        var isTicking = false

        mutating func dueCallbacks() -> [@Sendable () -> Void] {
            guard byPost.isEmpty else { return [] }
            defer { awaitingEmpty = [] }
            return awaitingEmpty
        }
    }

    private let state = Mutex(State())
    private let period: Duration?

    /// `silence` is how long an answer may say nothing at most; nil is for ever.
    init(silence: Duration?) { period = silence.map { $0 / 2 } }

    var count: Int { state.withLock { $0.byPost.count } }
    var all: [Conversation] { state.withLock { $0.byPost.values.map { $0.conversation } } }

    /// Until `sink` has its answer.
    func track(_ conversation: Conversation, until sink: PostSink) {
        let id = ObjectIdentifier(sink)
        let isFirst = state.withLock { state in
            state.byPost[id] = Work(conversation: conversation, sink: sink)
            defer { state.isTicking = true }
            return !state.isTicking
        }
        if isFirst, let period {
            Task(executorPreference: WorkerPool.shared) { await self.tickWhileThereIsWork(every: period) }
        }
        sink.callWhenAnswered { self.remove(id) }
    }

    private func tickWhileThereIsWork(every period: Duration) async {
        repeat {
            try? await SystemClock.sleep(for: period)
            for sink in takesLong() { sink.breakSilence() }
        } while state.withLock { state in
            state.isTicking = !state.byPost.isEmpty
            return state.isTicking
        }
    }

    /// What a look before this one has found already.
    private func takesLong() -> [PostSink] {
        state.withLock { state in
            var old: [PostSink] = []
            for (id, work) in state.byPost {
                if work.isOld { old.append(work.sink) } else { state.byPost[id]?.isOld = true }
            }
            return old
        }
    }

    func whenEmpty(_ callback: @escaping @Sendable () -> Void) {
        let due = state.withLock { state in
            state.awaitingEmpty.append(callback)
            return state.dueCallbacks()
        }
        for callback in due { callback() }
    }

    private func remove(_ id: ObjectIdentifier) {
        let due = state.withLock { state in
            state.byPost[id] = nil
            return state.dueCallbacks()
        }
        for callback in due { callback() }
    }
}
