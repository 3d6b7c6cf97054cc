import JSONRPC
import MCP
import Synchronization

/// One client's session in a revision with a handshake: its conversation, and the streams that its messages go to.
final class Session: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        var lastUsed: Instant
        var lastStream = 0
        /// Those of POSTs, which a client may go on with when its connection broke; oldest first.
        var streams: [ResumableStream] = []
        /// Open GET streams.
        var listeners = 0
    }

    let principal: Principal
    let connection: ServerConnection
    let conversation: Conversation
    /// Where what belongs to no request goes.
    let standalone: ResumableStream
    private let state: Mutex<State>

    /// So many streams of POSTs are kept.
    private static let mostStreams = 8

    init(
        _ principal: Principal,
        _ connection: ServerConnection,
        _ conversation: Conversation,
        _ standalone: ResumableStream,
        at now: Instant = .now
    ) {
        self.principal = principal
        self.connection = connection
        self.conversation = conversation
        self.standalone = standalone
        state = Mutex(State(lastUsed: now))
    }

    var revision: Revision? { connection.sessionState?.revision }

    /// When it was last of use; an open stream is.
    func lastUsed(at now: Instant) -> Instant { state.withLock { $0.listeners > 0 ? now : $0.lastUsed } }

    func use(at now: Instant = .now) { state.withLock { $0.lastUsed = now } }

    func listenerCame() { state.withLock { $0.listeners += 1 } }

    func listenerWent(at now: Instant = .now) {
        state.withLock { state in
            state.listeners -= 1
            state.lastUsed = now
        }
    }

    /// For one POST; nothing is kept of those that were delivered whole.
    func openStream() -> ResumableStream {
        state.withLock { state in
            state.lastStream += 1
            let stream = ResumableStream(state.lastStream)
            state.streams.removeAll { $0.isDelivered }
            if state.streams.count >= Self.mostStreams { state.streams.removeFirst() }
            state.streams.append(stream)
            return stream
        }
    }

    func stream(_ number: Int) -> ResumableStream? {
        number == standalone.number ? standalone : state.withLock { $0.streams.first { $0.number == number } }
    }

    /// Ends what is open, and what is being worked on.
    func end() {
        standalone.detach()
        for stream in state.withLock({ $0.streams }) { stream.complete() }
        conversation.endQuestions()
        conversation.cancelAll()
    }
}
