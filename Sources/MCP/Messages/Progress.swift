import JSON
import JSONRPC
import Synchronization

/// How far a long call has come, told to the client that asked to know.
package struct Progress: Sendable {
    private let send: @Sendable (_ done: Double, _ total: Double?, _ message: String) -> Void

    package init(_ send: @escaping @Sendable (_ done: Double, _ total: Double?, _ message: String) -> Void) {
        self.send = send
    }

    /// Nobody asked.
    package static let unheard = Progress { _, _, _ in }

    package func report(_ done: Double, of total: Double? = nil, _ message: String) { send(done, total, message) }
}

extension Progress {
    /// Reports under the token of the request's `_meta`; only growing values are sent, and none once it is cancelled.
    static func reporting(_ meta: JSON?, _ revision: Revision, to peer: Peer) -> Progress {
        guard let token = meta?["progressToken"], RequestID(token) != nil else { return .unheard }
        let furthest = LastValue()
        return Progress { done, total, message in
            guard !Task.isCancelled, furthest.grows(to: done) else { return }
            let params = JSON.members(
                ("progressToken", token),
                ("progress", .double(done)),
                ("total", total.map { .double($0) }),
                ("message", revision >= .march2025 ? .string(message) : nil)
            )
            peer.send(Notification("notifications/progress", params: params))
        }
    }

    private final class LastValue: Sendable {
        private let value = Mutex(-Double.infinity)

        func grows(to next: Double) -> Bool {
            value.withLock { value in
                guard next > value else { return false }
                value = next
                return true
            }
        }
    }
}
