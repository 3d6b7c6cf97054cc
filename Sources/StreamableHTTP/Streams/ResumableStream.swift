import JSONRPC
import Synchronization
import Threads

/// The events of one stream of a session, kept so that a client whose connection broke can go on where it was.
///
/// Each event has an id that names the stream and its place in it (2025-03-26, basic/transports, "Resumability").
final class ResumableStream: MessageSink {
    fileprivate struct Event {
        let place: Int
        let message: [UInt8]
    }

    fileprivate enum Delivery {
        case event(Event, written: (@Sendable () -> Void)?, to: EventStream)
        case end(EventStream)
    }

    fileprivate struct State {
        var kept: [Event] = []
        var keptBytes = 0
        var last = 0
        /// Up to which place events went out.
        var sent = 0
        var events: EventStream?
        var isComplete = false
        /// What leaves next, in this order, by the one thread that is at it.
        var deliveries = Queue<Delivery>()
        var isDelivering = false
    }

    let number: Int
    private let state = Mutex(State())

    /// What is kept: so many events, and so many bytes.
    fileprivate static let mostEvents = 256
    fileprivate static let mostBytes = 256 << 10

    init(_ number: Int) { self.number = number }

    var isCongested: Bool { state.withLock { $0.events }?.isCongested ?? false }
    /// All of it has been sent, and someone was there to read it.
    var isDelivered: Bool { state.withLock { $0.isComplete && $0.sent == $0.last } }
    /// Someone reads it.
    var isAttached: Bool { state.withLock { $0.events }?.isOver == false }

    func send(_ message: [UInt8], as kind: MessageKind, written: (@Sendable () -> Void)?) {
        let isDue = state.withLock { state in
            if state.events?.isOver == true { state.events = nil }
            let event = state.keep(message)
            guard let events = state.events else { return false }
            state.sent = state.last
            state.deliveries.append(.event(event, written: written, to: events))
            return true
        }
        if isDue { deliver() } else { written?() }
    }

    /// Goes on with another connection, after `place` or after what went out; the one before ends.
    func attach(_ events: EventStream, after place: Int? = nil) {
        state.withLock { state in
            if let former = state.events { state.deliveries.append(.end(former)) }
            for event in state.kept where event.place > place ?? state.sent {
                state.deliveries.append(.event(event, written: nil, to: events))
            }
            if state.isComplete { state.deliveries.append(.end(events)) }
            state.events = state.isComplete ? nil : events
            state.sent = state.last
        }
        deliver()
    }

    /// From where a client goes on that has received nothing yet.
    var start: String { id(state.withLock { $0.sent }) }

    /// Nothing more will come.
    func complete() {
        state.withLock { $0.isComplete = true }
        detach()
    }

    /// Ends the connection; what is sent from now on is kept.
    func detach() {
        state.withLock { state in
            if let events = state.events { state.deliveries.append(.end(events)) }
            state.events = nil
        }
        deliver()
    }

    /// Without the lock, because a connection that is gone calls back at once.
    private func deliver() {
        let isFirst = state.withLock { state in
            defer { state.isDelivering = true }
            return !state.isDelivering
        }
        guard isFirst else { return }
        while let next = state.withLock({ $0.nextDelivery() }) {
            switch next {
            case .event(let event, let written, let events):
                events.send(event.message, id: id(event.place), written: written)
            case .end(let events): events.end()
            }
        }
    }

    private func id(_ place: Int) -> String { "\(number)-\(place)" }

    /// From where a session counts its streams: elsewhere than before it was restored, so that no two events have one id.
    static func firstNumber() -> Int { Int(UInt32.random(in: 0...UInt32.max)) << 20 }

    /// The stream and the place that an id names.
    static func place(in id: String) -> (stream: Int, place: Int)? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let stream = Int(parts[0]), let place = Int(parts[1]), stream >= 0, place >= 0 else {
            return nil
        }
        return (stream, place)
    }
}

extension ResumableStream.State {
    fileprivate mutating func nextDelivery() -> ResumableStream.Delivery? {
        let next = deliveries.popFirst()
        isDelivering = next != nil
        return next
    }

    fileprivate mutating func keep(_ message: [UInt8]) -> ResumableStream.Event {
        last += 1
        let event = ResumableStream.Event(place: last, message: message)
        kept.append(event)
        keptBytes += message.count
        while kept.count > ResumableStream.mostEvents || keptBytes > ResumableStream.mostBytes && kept.count > 1 {
            keptBytes -= kept.removeFirst().message.count
        }
        return event
    }
}
