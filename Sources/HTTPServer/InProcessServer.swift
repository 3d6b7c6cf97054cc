import CMicroHTTPD
import Clock
package import HTTP
package import Logging
import Synchronization
import Threads

/// Requests in, responses out, without a port: for callers that have whole requests, and carry the responses away.
///
/// The ``HTTPService`` meets the same exchanges as behind a port.
package final class InProcessServer: Sendable {
    /// Takes what a request is answered with, and returns whether all of it was delivered.
    ///
    /// With a source, the body of the response is what that gives.
    package typealias Delivery = (HTTPResponse, (any HTTPBodySource)?) async -> Bool

    /// Between the word that time is about to be over and the last moment for an answer.
    private static let lastMoment = Duration.milliseconds(250)

    private let core: ServerCore

    package init(service: any HTTPService, limits: HTTPServerLimits = HTTPServerLimits(), log: Log = .none) {
        core = ServerCore(service: service, limits: limits, log: log)
    }

    /// Has a request answered and the answer delivered.
    ///
    /// What has no answer after `patience` is warned of that (``HTTPExchange/whenOverdue(_:)``), and refused a moment later (``HTTPProblem/overdue``).
    package func serve(
        _ head: HTTPRequestHead,
        _ body: [UInt8],
        within patience: Duration? = nil,
        deliver: Delivery
    ) async {
        let carrier = InProcessCarrier(core)
        let exchange = HTTPExchange(Numbers.next(), over: carrier, head, RequestFraming(of: head))
        let timer = patience.map { patience in
            Task(executorPreference: WorkerPool.shared) {
                try await SystemClock.sleep(for: patience)
                exchange.isAboutToBeOverdue()
                try await SystemClock.sleep(for: Self.lastMoment)
                exchange.giveUp(.overdue)
            }
        }
        let isDelivered =
            switch await carrier.carry(exchange, body) {
            case .reply(let reply)?: await deliver(reply.response, nil)
            case .stream(let response, _)?: await deliver(response, carrier)
            case nil: false
            }
        timer?.cancel()
        exchange.ended(isComplete: isDelivered)
    }

    /// What the server refuses with, for who finds out too late that an answer cannot be carried.
    package func refusal(_ problem: HTTPProblem, of head: HTTPRequestHead) -> HTTPResponse {
        core.refusal(problem, of: head)
    }
}

/// What carries one exchange that came by no connection.
private final class InProcessCarrier: HTTPCarrier {
    enum Sent {
        case reply(HTTPServerReply)
        case stream(HTTPResponse, HTTPBodyStream)
    }

    private struct State {
        var rests = false
        /// There was a rest since it was moved on.
        var hasRested = false
        var sent: Sent?
        /// Who moves it on waits for the end of a rest; so does who takes the stream.
        var waiting: CheckedContinuation<Void, Never>?
        var ready: (@Sendable () -> Void)?
    }

    let core: ServerCore
    private let state = Mutex(State())

    init(_ core: ServerCore) { self.core = core }

    /// Moves an exchange on as far as to its answer; nil where it ends without one.
    func carry(_ exchange: HTTPExchange, _ body: [UInt8]) async -> Sent? {
        var body = body
        var goesOn = exchange.begins()
        while goesOn {
            let (sent, hasRested) = await restIsOver()
            if let sent { return sent }
            // Who reads gets the body as one piece; after a rest, and at the end of the body, the piece is empty.
            let piece = hasRested ? [] : body
            if !hasRested { body = [] }
            goesOn = piece.withUnsafeBytes { exchange.advanced($0) }
        }
        return nil
    }

    /// What was sent, and whether there was a rest before.
    private func restIsOver() async -> (sent: Sent?, hasRested: Bool) {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.rests { state.waiting = continuation }
                return !state.rests
            }
            if isOver { continuation.resume() }
        }
        return state.withLock { state in
            defer { state.hasRested = false }
            return (state.sent, state.hasRested)
        }
    }

    func suspend() { state.withLock { ($0.rests, $0.hasRested) = (true, true) } }

    func resume() {
        let (waiting, ready) = state.withLock { state in
            state.rests = false
            defer { (state.waiting, state.ready) = (nil, nil) }
            return (state.waiting, state.ready)
        }
        waiting?.resume()
        ready?()
    }

    func deliver(_ reply: HTTPServerReply) -> Bool { keep(.reply(reply)) }
    func deliver(_ response: HTTPResponse, _ stream: HTTPBodyStream) -> Bool { keep(.stream(response, stream)) }

    private func keep(_ sent: Sent) -> Bool {
        state.withLock { $0.sent = sent }
        return true
    }

    let localPort = 0
    let hasHungUp = false
    let isOverdue = false
    func endsWithBody() {}
    func headIsComplete(_ exchange: HTTPExchange) {}
    func expectsBody(of exchange: HTTPExchange) {}
    func bodyIsComplete(_ exchange: HTTPExchange) -> Bool { true }

    /// The stream, which knows this, is let go.
    func isOver(_ exchange: HTTPExchange) { state.withLock { $0 = State() } }
}

extension InProcessCarrier: HTTPBodySource {
    func read(into buffer: UnsafeMutableRawBufferPointer, ready: @escaping @Sendable () -> Void) -> Int? {
        let sent = state.withLock { state in
            state.ready = ready
            return state.sent
        }
        guard case .stream(_, let stream)? = sent else { return nil }
        let count = stream.read(at: 0, into: buffer)
        return count == oe_mhd_end() ? nil : count
    }
}

extension RequestFraming {
    /// Of a head that came whole.
    fileprivate init(of head: HTTPRequestHead) {
        self.init()
        for field in head.fields.all {
            var (name, value) = (field.name, field.value)
            name.withUTF8 { name in
                value.withUTF8 { look(at: UnsafeRawBufferPointer(name), UnsafeRawBufferPointer($0)) }
            }
        }
        end(version: head.version, target: head.target)
    }
}
