import HTTP
import Synchronization

/// What the library's thread does with an exchange.
extension HTTPExchange {
    /// What only that thread knows.
    struct Intake {
        var body: [UInt8] = []
        var receivedBytes = 0
        var droppedBytes = 0
        /// How much room it has of that for all bodies.
        var room = 0
        /// What the body is answered with once it is all here.
        var problem: HTTPProblem?
        /// The library reads on, and calls with the body next.
        var isHeadOver = false
        var isBodyOver = false
        let began = ContinuousClock.now
    }

    /// So much of a body is read and dropped before its request is refused: to a client that still sends, the end of the
    /// connection would come before the answer.
    private static let mostDropped = 16 << 20

    private var core: ServerCore { carrier.core }

    /// The first call for a head; false ends the connection.
    func begins() -> Bool {
        carrier.headIsComplete(self)
        if let problem = framing.problem {
            refuse(.malformed(problem))
        } else if core.isStopping.load(ordering: .sequentiallyConsistent) {
            refuse(.stopping)
        } else {
            core.service.receive(self)
        }
        return takeUp()
    }

    /// Every later call: with a piece of the body, with none once it is all here, and with none after a rest.
    func advanced(_ piece: UnsafeRawBufferPointer) -> Bool {
        if !piece.isEmpty {
            take(piece)
            return !carrier.isOverdue && intake.droppedBytes <= Self.mostDropped
        }
        if intake.isHeadOver && !intake.isBodyOver {
            intake.isBodyOver = true
            if framing.hasBody && !carrier.bodyIsComplete(self) { return false }
            handOver()
        }
        return takeUp()
    }

    /// Gives the body to who asked for it.
    private func handOver() {
        let reading: Reading? = state.withLock { state in
            guard case .reading(let reading) = state.phase else { return nil }
            state.phase = .asked
            return reading
        }
        guard let reading else { return }
        if let problem = intake.problem { return refuse(problem) }
        let body = intake.body
        intake.body = []
        reading.then(body)
    }

    private func refuse(_ problem: HTTPProblem) { answer(.response(core.refusal(problem, of: head))) }

    /// Keeps a piece of the body, or what refuses it and drops what there was.
    private func take(_ piece: UnsafeRawBufferPointer) {
        intake.receivedBytes += piece.count
        guard intake.problem == nil, case .reading(let reading) = state.withLock({ $0.phase }) else {
            intake.droppedBytes += piece.count
            return
        }
        if intake.receivedBytes > reading.limit {
            intake.problem = .bodyTooLarge(limit: reading.limit)
        } else if !core.takeRoom(piece.count) {
            intake.problem = .tooManyBodies
        } else {
            intake.room += piece.count
            intake.body.append(contentsOf: piece)
            return
        }
        intake.body = []
    }
}

extension HTTPExchange {
    /// What to do with the connection.
    private enum Step {
        case rest
        case goOn
        case read
        case readAgain(Reading)
        case send(HTTPServerReply)
        case stream(HTTPResponse, HTTPBodyStream)
    }

    /// Takes up what has been decided, or lets the connection rest; false ends it.
    private func takeUp() -> Bool {
        switch state.withLock({ step(&$0) }) {
        case .goOn: return true
        case .rest:
            notice()
            return true
        case .read:
            intake.isHeadOver = true
            if framing.hasBody { carrier.expectsBody(of: self) }
            return true
        case .readAgain(let reading):
            reading.then([])
            return takeUp()
        case .send(let reply): return carrier.deliver(reply)
        case .stream(let response, let stream):
            notice()
            return carrier.deliver(response, stream)
        }
    }

    private func step(_ state: inout State) -> Step {
        switch state.phase {
        case .asked:
            state.phase = .resting
            carrier.suspend()
            return .rest
        case .decided(.read(let reading)) where intake.isBodyOver:
            state.phase = .asked
            return .readAgain(reading)
        case .decided(.read(let reading)):
            if !framing.isLonger(than: reading.limit) {
                state.phase = .reading(reading)
                return .read
            }
            let refusal = core.refusal(.bodyTooLarge(limit: reading.limit), of: head)
            return step(&state, .response(refusal))
        case .decided(.reply(let reply)): return step(&state, reply)
        case .decided(.stream(let response, let stream)):
            if readsOn { return .read }
            (state.phase, state.status) = (.answering(stream), response.status)
            return .stream(response, stream)
        case .resting, .reading, .answering, .over: return .goOn
        }
    }

    private func step(_ state: inout State, _ reply: HTTPServerReply) -> Step {
        if readsOn {
            state.phase = .decided(.reply(reply))
            return .read
        }
        (state.phase, state.status) = (.answering(nil), reply.response.status)
        state.sentBytes = reply.response.body.count
        return .send(reply)
    }

    /// Whether the end of the request is read before it is answered, without which the library ends the connection.
    ///
    /// A client that waits for leave to send its body is answered at once; so is one whose body has no certain end.
    private var readsOn: Bool {
        guard !intake.isHeadOver, framing.problem == nil else { return false }
        return !framing.expectsContinue && !framing.isLonger(than: Self.mostDropped)
    }

    /// Catches up with what came while the service was asked.
    private func notice() {
        if core.isStopping.load(ordering: .sequentiallyConsistent) { giveUp(.stopping) }
        if carrier.hasHungUp { clientHungUp() }
    }

    /// All of the answer is out, or the connection is gone.
    func ended(isComplete: Bool) {
        let stream: HTTPBodyStream?
        let callbacks: [@Sendable () -> Void]
        let (status, sentBytes, isGone): (HTTPStatus, Int, Bool)
        (stream, callbacks, status, sentBytes, isGone) = state.withLock { state in
            defer { (state.phase, state.whenGone, state.whenOverdue) = (.over, [], []) }
            if !isComplete { state.isGone = true }
            let callbacks = isComplete ? [] : state.whenGone
            switch state.phase {
            case .answering(let stream):
                return (
                    stream, callbacks, state.status, isComplete ? state.sentBytes : 0, stream != nil && state.isGone
                )
            case .decided(.stream(_, let stream)): return (stream, callbacks, state.status, 0, true)
            default: return (nil, callbacks, state.status, 0, false)
            }
        }
        stream?.breakOff()
        core.giveRoom(intake.room)
        carrier.isOver(self)
        for callback in callbacks { callback() }
        let record = HTTPRecord(
            status: status,
            bytesReceived: intake.receivedBytes,
            bytesSent: stream?.sentBytes ?? sentBytes,
            duration: .now - intake.began,
            wasCutOff: !isComplete || isGone
        )
        core.service.ended(self, record)
    }
}
