import HTTP
import HTTPServer
import JSONRPC
import Synchronization

/// Where the messages go that belong to one POST: into one JSON body, or into a stream of events that ends with its answer.
///
/// The stream begins as late as it can, because its beginning settles the status.
final class PostSink: MessageSink {
    /// What the POST's session does with its answers.
    struct Options: Sendable {
        /// Decides the status of an answer from its error.
        var status: @Sendable (RPCError?) -> HTTPStatus
        /// The answer is a stream, whatever else was said.
        var mustStream = false
        /// Makes what a client can go on with when its connection breaks.
        var resumable: (@Sendable () -> ResumableStream)?
        /// Its stream begins with an event that only says where to go on.
        var primes = false
        /// Where a question goes that finds no place in the answer.
        var elsewhere: (any MessageSink)?
        /// Fields of an answer that is no error.
        var fields: @Sendable () -> HTTPFields = { [:] }
        /// What is said in place of an answer that will not come.
        var unanswered: @Sendable (Transaction) -> Void = { $0.replyWithoutBody(202) }
    }

    private enum Phase {
        case waiting
        case streaming(EventStream, ResumableStream?)
        case answered
    }

    private struct State {
        var phase = Phase.waiting
        var whenAnswered: [@Sendable () -> Void] = []

        mutating func end() -> Phase {
            defer { phase = .answered }
            return phase
        }
    }

    private let transaction: Transaction
    private let options: Options
    private let keepAlive: KeepAlive
    private let state = Mutex(State())

    init(_ transaction: Transaction, _ options: Options, keepAlive: KeepAlive) {
        self.transaction = transaction
        self.options = options
        self.keepAlive = keepAlive
    }

    var isAnswered: Bool {
        state.withLock { if case .answered = $0.phase { true } else { false } }
    }

    var isCongested: Bool {
        switch state.withLock({ $0.phase }) {
        case .streaming(let events, _): events.isCongested
        case .waiting, .answered: false
        }
    }

    /// Calls back once the answer is on its way; not at all where it is already.
    func callWhenAnswered(_ callback: @escaping @Sendable () -> Void) {
        let isDue = state.withLock { state in
            if case .answered = state.phase { return true }
            state.whenAnswered.append(callback)
            return false
        }
        if isDue { callback() }
    }

    func send(_ message: [UInt8], as kind: MessageKind, written: (@Sendable () -> Void)?) {
        switch kind {
        case .response(let error): answer(message, error, written)
        case .notification, .request: announce(message, kind, written)
        }
    }

    func endUnanswered() {
        switch state.withLock({ $0.end() }) {
        case .waiting: options.unanswered(transaction)
        case .streaming(let events, nil): events.end()
        case .streaming(_, let stream?): stream.complete()
        case .answered: return
        }
        answered()
    }

    /// Answers in the transport's own words, where nothing was answered yet.
    func refuse(_ refusal: HTTPRefusal, _ request: RequestID) {
        switch state.withLock({ $0.end() }) {
        case .waiting: transaction.refuse(refusal, request)
        case .streaming(let events, _):
            events.send(transaction.message(of: refusal, request))
            events.end()
        case .answered: return
        }
        answered()
    }

    /// Lets go of the connection before the answer is there, where its client can come back for it with a GET
    /// (2025-11-25, basic/transports, "Sending Messages to the Server").
    func release() {
        guard options.primes, transaction.acceptance.takesStream, transaction.rules.configuration.sendsStreams else {
            return
        }
        begin()
        if case .streaming(_, let stream?) = state.withLock({ $0.phase }) { stream.detach() }
    }

    /// Begins the stream of an answer that has said nothing for long, where it may be one.
    func breakSilence() {
        let configuration = transaction.rules.configuration
        guard configuration.silence != nil, configuration.sendsStreams, transaction.acceptance.takesStream else {
            return
        }
        begin()
    }

    private func announce(_ message: [UInt8], _ kind: MessageKind, _ written: (@Sendable () -> Void)?) {
        if canStream(for: kind) { begin() }
        switch state.withLock({ $0.phase }) {
        case .streaming(let events, nil): events.send(message, written: written)
        case .streaming(_, let stream?): stream.send(message, as: kind, written: written)
        case .waiting, .answered:
            // In one JSON body there is no room for it.
            if kind == .request, let elsewhere = options.elsewhere {
                elsewhere.send(message, as: kind, written: written)
            } else {
                written?()
            }
        }
    }

    private func canStream(for kind: MessageKind) -> Bool {
        if options.mustStream { return true }
        guard transaction.acceptance.takesStream, transaction.rules.configuration.sendsStreams else { return false }
        let form = transaction.rules.configuration.responseForm
        if !transaction.acceptance.takesJSON || kind == .request { return true }
        return form == .auto || transaction.acceptance.prefersStream(over: form)
    }

    private func begin() {
        state.withLock { state in
            guard case .waiting = state.phase else { return }
            let fields = transaction.fields(EventStream.fields(options.fields()))
            let events = EventStream(transaction.exchange, fields, keepAlive: keepAlive)
            let stream = options.resumable?()
            if let stream {
                if options.primes { events.prime(id: stream.start) }
                stream.attach(events)
            }
            state.phase = .streaming(events, stream)
        }
    }

    private func answer(_ message: [UInt8], _ error: RPCError?, _ written: (@Sendable () -> Void)?) {
        switch state.withLock({ $0.end() }) {
        case .waiting: reply(message, error, written)
        case .streaming(let events, nil):
            events.send(message, written: written)
            events.end()
        case .streaming(_, let stream?):
            stream.send(message, as: .response(error), written: written)
            stream.complete()
        case .answered:
            written?()
            return
        }
        answered()
    }

    private func reply(_ message: [UInt8], _ error: RPCError?, _ written: (@Sendable () -> Void)?) {
        let status = options.status(error)
        if let error { transaction.note { $0.reason = "error \(error.code)" } }
        let own = error == nil ? options.fields() : [:]
        let acceptance = transaction.acceptance
        let prefersStream = acceptance.prefersStream(over: transaction.rules.configuration.responseForm)
        if status == .ok, acceptance.takesStream, prefersStream || !acceptance.takesJSON {
            transaction.exchange.reply(EventStream.response(transaction.fields(EventStream.fields(own)), with: message))
        } else {
            transaction.reply(status, message, own)
        }
        written?()
    }

    private func answered() {
        let callbacks = state.withLock { state in
            defer { state.whenAnswered = [] }
            return state.whenAnswered
        }
        for callback in callbacks { callback() }
    }
}
