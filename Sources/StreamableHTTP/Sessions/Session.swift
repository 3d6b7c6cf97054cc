import JSONRPC
import MCP
import Synchronization
import Telemetry

/// One client's session in a revision with a handshake: its conversation, and the streams that its messages go to.
final class Session: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        var lastUsed: Instant
        var lastStream: Int
        /// Those of POSTs, which a client may go on with when its connection broke; oldest first.
        var streams: [ResumableStream] = []
        /// Open streams, and requests that are being answered.
        var uses = 0
        /// How many of the calls that are worked on need what.
        var needs: [AccessNeed: Int] = [:]
        var isOver = false
    }

    let principal: Principal
    let connection: any ServedConnection
    let conversation: Conversation
    /// Where what belongs to no request goes.
    let standalone: ResumableStream
    private let state: Mutex<State>
    private let metrics: Metrics?
    private let began: Instant

    /// So many streams of POSTs are kept.
    private static let mostStreams = 8

    init(
        _ principal: Principal,
        _ connection: any ServedConnection,
        _ conversation: Conversation,
        _ standalone: ResumableStream,
        metrics: Metrics? = nil,
        at now: Instant = .now
    ) {
        self.metrics = metrics
        began = now
        self.principal = principal
        self.connection = connection
        self.conversation = conversation
        self.standalone = standalone
        state = Mutex(State(lastUsed: now, lastStream: standalone.number))
    }

    /// What distinguishes it in the log, and opens nothing.
    var name: String { Self.name(standalone) }
    static func name(_ standalone: ResumableStream) -> String { String(standalone.number, radix: 16) }

    var revision: Revision? { connection.sessionState?.revision }

    /// Its client ended it, or another took its place.
    var isOver: Bool { state.withLock { $0.isOver } }

    /// When it was last of use; an open stream is, and a request that is being answered.
    func lastUsed(at now: Instant) -> Instant { state.withLock { $0.uses > 0 ? now : $0.lastUsed } }

    func use(at now: Instant = .now) { state.withLock { $0.lastUsed = now } }

    func useBegan() { state.withLock { $0.uses += 1 } }

    func useEnded(at now: Instant = .now) {
        state.withLock { state in
            state.uses -= 1
            state.lastUsed = now
        }
    }

    /// What is needed to answer a question now: of all calls that may have asked it.
    var needs: [AccessNeed] { state.withLock { $0.needs.keys.sorted { $0 == .reading && $1 == .changing } } }

    /// A call that needs this is worked on; returns what to call when it is answered.
    func began(_ needs: Set<AccessNeed>) -> @Sendable () -> Void {
        state.withLock { state in
            for need in needs { state.needs[need, default: 0] += 1 }
        }
        return { [weak self] in
            self?.state.withLock { state in
                for need in needs { state.needs[need] = state.needs[need].flatMap { $0 > 1 ? $0 - 1 : nil } }
            }
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
        let (streams, isFirst) = state.withLock { state in
            defer { state.isOver = true }
            return (state.streams, !state.isOver)
        }
        if isFirst { metrics?.sessionEnded(after: Int((Instant.now - began) / .nanoseconds(1))) }
        standalone.detach()
        for stream in streams { stream.complete() }
        conversation.endQuestions()
        conversation.cancelAll()
        if isFirst { connection.ended() }
    }
}
