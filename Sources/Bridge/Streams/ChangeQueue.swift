import JSON
import JSONRPC
import Synchronization

/// Notifies a client of changes, the next ones when those before are written: what repeats meanwhile is said once.
final class ChangeQueue: Sendable {
    private struct State {
        var waiting: [Notification] = []
        var isUnderWay = false
    }

    /// It holds this queue, and not the other way round.
    private weak let conversation: Conversation?
    private let sink: any MessageSink
    private let state = Mutex(State())

    /// Of other notices, which no one needs to wait for, no more are kept.
    private static let most = 1000

    init(_ exchange: Exchange) {
        conversation = exchange.conversation
        sink = exchange.sink
    }

    var exchange: Exchange? { conversation.map { Exchange($0, sink) } }

    func enqueue(_ notification: Notification) {
        let isNext = state.withLock { state in
            guard state.isUnderWay else {
                state.isUnderWay = true
                return true
            }
            if !state.waiting.contains(notification), state.waiting.count < Self.most {
                state.waiting.append(notification)
            }
            return false
        }
        if isNext { write([notification]) }
    }

    private func write(_ lot: [Notification]) {
        guard let exchange else { return }
        for notification in lot.dropLast() { exchange.send(notification) }
        if let last = lot.last { exchange.send(last) { self.written() } }
    }

    private func written() {
        let lot = state.withLock { state in
            if state.waiting.isEmpty { state.isUnderWay = false }
            defer { state.waiting = [] }
            return state.waiting
        }
        if !lot.isEmpty { write(lot) }
    }
}
