import JSONRPC
import Synchronization

/// What is being worked on, so that a server that stops can wait for it, or end it.
final class ActiveConversations: Sendable {
    private struct State {
        var byPost: [ObjectIdentifier: Conversation] = [:]
        var awaitingEmpty: [@Sendable () -> Void] = []

        mutating func dueCallbacks() -> [@Sendable () -> Void] {
            guard byPost.isEmpty else { return [] }
            defer { awaitingEmpty = [] }
            return awaitingEmpty
        }
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.byPost.count } }
    var all: [Conversation] { state.withLock { Array($0.byPost.values) } }

    /// Until `sink` has its answer.
    func track(_ conversation: Conversation, until sink: PostSink) {
        let id = ObjectIdentifier(sink)
        state.withLock { $0.byPost[id] = conversation }
        sink.callWhenAnswered { self.remove(id) }
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
