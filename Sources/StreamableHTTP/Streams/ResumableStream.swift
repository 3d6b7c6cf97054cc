import JSONRPC
import Synchronization

/// The events of one stream of a session, kept so that a client whose connection broke can go on where it was.
///
/// Each event has an id that names the stream and its place in it (2025-03-26, basic/transports, "Resumability").
final class ResumableStream: MessageSink {
    fileprivate struct Event {
        let place: Int
        let message: [UInt8]
    }

    fileprivate struct State {
        var kept: [Event] = []
        var keptBytes = 0
        var last = 0
        /// Up to which place events went out.
        var sent = 0
        var events: EventStream?
        var isComplete = false
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

    func send(_ message: [UInt8], as kind: MessageKind, written: (@Sendable () -> Void)?) {
        let (events, place) = state.withLock { state in
            if state.events?.isOver == true { state.events = nil }
            state.keep(message)
            if state.events != nil { state.sent = state.last }
            return (state.events, state.last)
        }
        guard let events else {
            written?()
            return
        }
        events.send(message, id: id(place), written: written)
    }

    /// Goes on with another connection, after `place` or after what went out; the one before ends.
    func attach(_ events: EventStream, after place: Int? = nil) {
        let (former, missed, isComplete) = state.withLock { state in
            let former = state.events
            let missed = state.kept.filter { $0.place > place ?? state.sent }
            state.events = state.isComplete ? nil : events
            state.sent = state.last
            return (former, missed, state.isComplete)
        }
        former?.end()
        for event in missed { events.send(event.message, id: id(event.place)) }
        if isComplete { events.end() }
    }

    /// From where a client goes on that has received nothing yet.
    var start: String { id(state.withLock { $0.sent }) }

    /// Nothing more will come.
    func complete() {
        let events = state.withLock { state in
            state.isComplete = true
            defer { state.events = nil }
            return state.events
        }
        events?.end()
    }

    /// Ends the connection; what is sent from now on is kept.
    func detach() {
        let events = state.withLock { state in
            defer { state.events = nil }
            return state.events
        }
        events?.end()
    }

    private func id(_ place: Int) -> String { "\(number)-\(place)" }

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
    fileprivate mutating func keep(_ message: [UInt8]) {
        last += 1
        kept.append(ResumableStream.Event(place: last, message: message))
        keptBytes += message.count
        while kept.count > ResumableStream.mostEvents || keptBytes > ResumableStream.mostBytes && kept.count > 1 {
            keptBytes -= kept.removeFirst().message.count
        }
    }
}
