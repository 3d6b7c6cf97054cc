import HTTP
import Synchronization

/// What came back for one HTTP request.
struct RemoteReply: Sendable {
    enum Form: Sendable {
        /// No header yet.
        case nothing
        case json
        case events
        /// Anything else, of which the beginning is kept.
        case other
    }

    var form = Form.nothing
    var head = HTTPResponse(.ok)
    var body: [UInt8] = []
    /// Whether a message came on the stream.
    var hasEvents = false
    var lastEventID: String?
    var retry: Int?
    var isTooLong = false
}

/// Takes a response while it arrives: JSON is gathered, events are handed on one by one.
final class RemoteReplyReader: HTTPResponseSink {
    fileprivate struct State {
        var reply = RemoteReply()
        var parser: SSEParser
        /// What has been seen, so that a stream that goes on after a break repeats nothing.
        var seen: Set<String>
    }

    private let state: Mutex<State>
    private let limit: Int
    private let began: @Sendable (HTTPResponse) -> Void
    private let event: @Sendable (SSEParser.Event) -> Void
    private static let excerpt = 1 << 16

    init(
        limit: Int,
        seen: Set<String> = [],
        began: @escaping @Sendable (HTTPResponse) -> Void = { _ in },
        event: @escaping @Sendable (SSEParser.Event) -> Void
    ) {
        self.limit = limit
        self.began = began
        self.event = event
        state = Mutex(State(parser: SSEParser(limit: limit), seen: seen))
    }

    var reply: RemoteReply {
        state.withLock { state in
            var reply = state.reply
            reply.lastEventID = state.parser.lastID
            reply.retry = state.parser.retry
            return reply
        }
    }

    var seen: Set<String> { state.withLock { $0.seen } }

    func began(_ response: HTTPResponse) {
        state.withLock { state in
            state.reply.head = response
            state.reply.form =
                switch response.mediaType {
                case "application/json"?: .json
                case "text/event-stream"? where response.status.isSuccess: .events
                default: .other
                }
        }
        began(response)
    }

    func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var events: [SSEParser.Event] = []
        let goesOn = state.withLock { state in
            switch state.reply.form {
            case .events:
                events = state.parser.append(bytes).filter { state.isNew($0) }
                state.reply.hasEvents = state.reply.hasEvents || !events.isEmpty
                state.reply.isTooLong = state.parser.isTooLong
                return !state.parser.isTooLong
            case .json:
                guard state.reply.body.count + bytes.count <= limit else {
                    state.reply.isTooLong = true
                    return false
                }
                state.reply.body.append(contentsOf: bytes)
                return true
            case .other, .nothing:
                state.reply.body.append(contentsOf: bytes.prefix(Self.excerpt - state.reply.body.count))
                return state.reply.body.count < Self.excerpt
            }
        }
        for event in events { self.event(event) }
        return goesOn
    }
}

extension RemoteReplyReader.State {
    fileprivate mutating func isNew(_ event: SSEParser.Event) -> Bool {
        // An event without an id of its own cannot be distinguished from another one.
        guard event.hasOwnID, let id = event.id else { return true }
        if seen.count >= 10_000 { seen = [] }
        return seen.insert(id).inserted
    }
}
