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

/// The requests that stay open: they hold no slot and have no deadline, and at the end nobody waits for them.
final class StandingRequests: Sendable {
    private let requests = Mutex<[RequestID: StandingRequest]>([:])

    func holds(_ id: RequestID) -> Bool { requests.withLock { !$0.isEmpty && $0[id] != nil } }

    func open(_ id: RequestID, _ request: StandingRequest) { requests.withLock { $0[id] = request } }

    /// True when there was something to cancel.
    func cancel(_ id: RequestID) -> Bool {
        guard let request = requests.withLock({ $0.removeValue(forKey: id) }) else { return false }
        request.ended()
        return true
    }

    /// Ends all of them and hands out their answers, in a steady order.
    func end(deliver: (RequestID, EncodedJSON) -> Void) {
        let ended = requests.withLock { requests in
            defer { requests = [:] }
            return requests
        }
        for (id, request) in ended.sorted(by: { $0.key.json.text < $1.key.json.text }) {
            request.ended()
            deliver(id, request.ending)
        }
    }
}
