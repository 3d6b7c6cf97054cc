/// Connections from which bytes are waited for, and until when.
///
/// What is sent byte by byte moves no deadline; so no client holds a place by being slow.
struct Senders: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What is waited for.
    enum Wait: Sendable { case firstHead, head, body, nextRequest }

    /// A connection by the address at which the library keeps it.
    typealias ID = UInt

    private struct Sender {
        let descriptor: Int32
        /// Nil while it is answered, and once it is being closed.
        var wait: (for: Wait, since: Instant, until: Instant)?
    }

    private let limits: HTTPServerLimits
    private var all: [ID: Sender] = [:]

    init(_ limits: HTTPServerLimits) { self.limits = limits }

    var count: Int { all.count }

    /// Gives the descriptor of a connection to close in exchange, where there are too many.
    mutating func opened(_ id: ID, descriptor: Int32, at now: Instant) -> Int32? {
        let crowd = all.count >= limits.connections ? longestWaiting : nil
        all[id] = Sender(descriptor: descriptor)
        expects(.firstHead, from: id, at: now)
        return crowd.flatMap { leave($0) }
    }

    mutating func closed(_ id: ID) { all[id] = nil }

    mutating func expects(_ wait: Wait, from id: ID, at now: Instant) {
        let until = now + duration(of: wait)
        all[id]?.wait = (wait, now, until)
    }

    /// All of its request is here.
    mutating func isAnswered(_ id: ID) { all[id]?.wait = nil }

    /// The descriptors of connections whose time is over; none is given twice.
    mutating func overdue(at now: Instant) -> [Int32] {
        let overdue = all.filter { $0.value.wait.map { $0.until <= now } ?? false }
        return overdue.keys.compactMap { leave($0) }
    }

    /// When to look next; nil when nothing is waited for.
    var nextDeadline: Instant? { all.values.compactMap { $0.wait?.until }.min() }

    private mutating func leave(_ id: ID) -> Int32? {
        all[id]?.wait = nil
        return all[id]?.descriptor
    }

    /// Who sends a body has at least said what it is for.
    private var longestWaiting: ID? {
        let waiting = all.compactMap { id, sender in
            sender.wait.map { (id: id, isBody: $0.for == .body, since: $0.since) }
        }
        return waiting.min { ($0.isBody ? 1 : 0, $0.since) < ($1.isBody ? 1 : 0, $1.since) }?.id
    }

    private func duration(of wait: Wait) -> Duration {
        switch wait {
        case .firstHead, .head: limits.head
        case .body: limits.body
        case .nextRequest: limits.idle
        }
    }
}
