import JSON
import Synchronization

/// A request that stays open with nothing at work on it, until one side ends it.
package struct StandingRequest: Sendable {
    /// The answer if this side ends it.
    package let ending: EncodedJSON
    /// Called once, when either side has ended it; nothing may be sent for it from then on but the answer.
    package let ended: @Sendable () -> Void

    package init(ending: EncodedJSON, ended: @escaping @Sendable () -> Void) {
        self.ending = ending
        self.ended = ended
    }
}

/// The requests that stay open: they hold no slot and have no deadline, and at the end nothing waits for them.
final class StandingRequests: Sendable {
    private struct Entry {
        let request: StandingRequest
        let sink: any MessageSink
    }

    private let entries = Mutex<[RequestID: Entry]>([:])

    func holds(_ id: RequestID) -> Bool { entries.withLock { !$0.isEmpty && $0[id] != nil } }

    func open(_ id: RequestID, _ request: StandingRequest, to sink: any MessageSink) {
        entries.withLock { $0[id] = Entry(request: request, sink: sink) }
    }

    /// True when there was something to cancel.
    func cancel(_ id: RequestID) -> Bool {
        guard let entry = entries.withLock({ $0.removeValue(forKey: id) }) else { return false }
        entry.request.ended()
        return true
    }

    /// Ends one, and says where its answer goes; nil where it does not stand.
    func remove(_ id: RequestID) -> (any MessageSink)? {
        let entry = entries.withLock { $0.removeValue(forKey: id) }
        entry?.request.ended()
        return entry?.sink
    }

    /// Ends all of them and hands out their answers, in a steady order.
    func end(deliver: (RequestID, EncodedJSON, any MessageSink) -> Void) {
        let ended = entries.withLock { entries in
            defer { entries = [:] }
            return entries
        }
        for (id, entry) in ended.sorted(by: { $0.key.json.text < $1.key.json.text }) {
            entry.request.ended()
            deliver(id, entry.request.ending, entry.sink)
        }
    }
}
