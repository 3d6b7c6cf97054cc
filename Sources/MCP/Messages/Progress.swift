import JSON
import JSONRPC
import Synchronization

/// How far a long call has come, reported to the client that asked for it.
package struct Progress: Sendable {
    private let send: (@Sendable (_ done: Double?, _ total: Double?, _ message: String) -> Void)?

    /// The client did not ask.
    package static let unheard = Progress(send: nil)

    private init(send: (@Sendable (_ done: Double?, _ total: Double?, _ message: String) -> Void)?) { self.send = send }

    package func report(_ done: Double, of total: Double? = nil, _ message: String) { send?(done, total, message) }

    /// Shows that the call is still at work, although nothing is known to be done; nil when the client did not ask.
    var heartbeat: (@Sendable () -> Void)? {
        guard let send else { return nil }
        return { send(nil, nil, "Still running.") }
    }
}

extension Progress {
    /// Reports under the token of the request's `_meta`; only growing values are sent, and none once it is cancelled.
    static func reporting(_ meta: JSON?, _ revision: Revision, to exchange: Exchange) -> Progress {
        guard let token = meta?["progressToken"], RequestID(token) != nil else { return .unheard }
        let course = Course()
        return Progress(send: { done, total, message in
            guard !Task.isCancelled, !exchange.isCongested, let (done, total) = course.next(done, of: total) else {
                return
            }
            let params = JSON.members(
                ("progressToken", token),
                ("progress", .double(done)),
                ("total", total.map { .double($0) }),
                ("message", revision >= .march2025 ? .string(message) : nil)
            )
            exchange.send(Notification("notifications/progress", params: params))
        })
    }

    /// What was reported so far; what is reported next is always more, and not too soon.
    private final class Course: Sendable {
        private struct State {
            var last: (done: Double, total: Double?)?
            var rate = RateLimit(burst: 50, perSecond: 10)
        }

        private let state = Mutex(State())

        /// Without a `done`, a step: towards the total a tenth of what is missing, else one.
        func next(_ done: Double?, of total: Double?) -> (Double, Double?)? {
            state.withLock { state in
                let last = state.last
                let total = total ?? last?.total
                let before = last?.done ?? 0
                let step = total.map { max($0 - before, 0) / 10 } ?? 1
                let done = done ?? before + step
                if let last, done <= last.done { return nil }
                // What is left out is made good by what comes later.
                guard state.rate.admits() else { return nil }
                state.last = (done, total)
                return (done, total)
            }
        }
    }
}
