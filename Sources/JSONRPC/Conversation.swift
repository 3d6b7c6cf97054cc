import Clock
import JSON
package import Logging
import Synchronization
import Threads

/// One end of a conversation: reads messages, answers in tasks, cancels by id, drains at the end.
///
/// What belongs to one session, whatever carries it: the requests in progress, those that stand open, and what the other
/// side was asked. Messages come and go in an ``Exchange``.
package final class Conversation: Sendable {
    /// How many requests one that shares its slots with no other works on at a time, their unwritten answers included.
    package static let requestsInFlight = 32

    private let handler: any RequestHandler
    private let notices: any MessageSink
    /// Its redactor knows what must not leave here.
    let log: Log
    private let parts = Mutex(Parts())
    private let executor: any TaskExecutor
    private let slots: @Sendable () -> Admission.Share
    private let clock: RequestClock
    private let questionIDs: @Sendable () -> RequestID
    private let readiness: Duration
    private let questionsAtOnce: Int
    private let leavesOutUnknownID = Atomic(false)

    /// `sink` takes what belongs to no request.
    ///
    /// Answers that take a while are worked on in tasks that prefer `executor`, each in one of `slots`; a question waits for
    /// `readiness` until the other side is ready for it, and goes out under one of `questionIDs`. Conversations of one process
    /// share a `clock`.
    package init(
        handler: any RequestHandler,
        sink: any MessageSink,
        executor: (any TaskExecutor)? = nil,
        slots: @autoclosure @escaping @Sendable () -> Admission.Share = .alone(requestsInFlight),
        clock: RequestClock = RequestClock(),
        readiness: Duration = .seconds(2),
        questionsAtOnce: Int = Conversation.questionsAtOnce,
        questionIDs: @escaping @Sendable () -> RequestID = RequestID.unguessable,
        log: Log
    ) {
        self.handler = handler
        notices = sink
        self.readiness = readiness
        self.questionsAtOnce = questionsAtOnce
        self.log = log
        self.executor = executor ?? WorkerPool.shared
        self.slots = slots
        self.clock = clock
        self.questionIDs = questionIDs
    }

    /// Receives in `body` what was read at once: what is quick is answered before the rest begins.
    package func receiveTogether(_ body: () -> Void) { madeRequests().hold(body) }

    /// Where what belongs to no request goes; the only exchange of a pipe.
    package var standalone: Exchange { Exchange(self, notices) }

    /// One line of input; never throws, whatever is in it.
    func receive(_ line: LineFramer.Line, in exchange: Exchange) {
        switch line {
        case .tooLong(let start, let end):
            log.warning("line_too_long")
            refuse(UnreadMessage(start: start, end: end), in: exchange)
        case .text(let bytes):
            do throws(JSONSyntaxError) {
                receive(try JSON(parsing: bytes, within: .message), size: bytes.count, in: exchange)
            } catch {
                refuse(bytes, because: error, in: exchange)
            }
        }
    }

    /// How many questions to the other side are open at a time; a further one is refused.
    package static let questionsAtOnce = OutgoingRequests.most

    /// Asks the other side, and waits for its answer as long as `limit` and the task allow.
    func ask(
        _ method: String,
        _ params: JSON?,
        within limit: Duration,
        in exchange: Exchange
    ) async throws -> JSON {
        let questions = madeQuestions()
        let id = try questions.reserve()
        let timer = Task(executorPreference: WorkerPool.shared) { [readiness] in
            try await SystemClock.sleep(for: readiness)
            if questions.isClosed { questions.giveUp(id, .notReady) }
            try await SystemClock.sleep(for: limit - readiness)
            questions.giveUp(id, .timedOut)
        }
        let (answer, wasSent) = await withTaskCancellationHandler {
            await questions.answer(to: id) {
                write(Request(id: id, method: method, params: params).encoded, as: .request, to: exchange.sink)
            }
        } onCancel: {
            questions.giveUp(id, .timedOut)
        }
        timer.cancel()
        if answer == .failure(.timedOut) {
            if wasSent, let notice = handler.cancellation(of: id) { exchange.send(notice) }
            try Task.checkCancellation()
        }
        return try answer.get()
    }

    /// The other side is ready to be asked; what was asked before is sent now.
    package func openQuestions() { madeQuestions().open() }

    /// The other side will answer nothing any more: all who wait for it are notified.
    package func endQuestions() { madeQuestions().end() }

    /// Ends the work on a request; it is never answered.
    package func cancel(_ id: RequestID) {
        if requests?.cancel(id) == true || standingRequests?.cancel(id) == true { log(about: id).debug("cancelled") }
    }

    /// Takes a request back that still waits for a slot, and says nothing of it; false when it has begun.
    package func withdraw(_ id: RequestID) -> Bool { requests?.withdraw(id) ?? false }

    package func cancelAll() { requests?.cancelAll() }

    /// Answers the requests that would stay open otherwise, because this side comes to its end.
    package func endStandingRequests() {
        standingRequests?.end { id, ending, sink in
            write(Outcome.success(ending).response(to: id), as: .response(), to: sink)
        }
    }

    /// Answers a request that stands open in another way than was said when it was opened; false where it does not stand.
    package func endStandingRequest(_ id: RequestID, with outcome: Outcome) -> Bool {
        guard let sink = standingRequests?.remove(id) else { return false }
        write(outcome.response(to: id), as: .response(outcome.error), to: sink)
        return true
    }

    /// Calls back once every request received so far is answered.
    package func whenIdle(_ callback: @escaping @Sendable () -> Void) {
        if let requests { requests.whenEmpty(callback) } else { callback() }
    }

    /// Bytes of requests that were received and wait for their turn.
    package var waitingBytes: Int { requests?.waitingCost ?? 0 }

    /// From 2025-11-25 on an error without a known id has no `id`; before, and in plain JSON-RPC, it is null.
    package func leaveOutUnknownID() { leavesOutUnknownID.store(true, ordering: .relaxed) }

    /// No live secret leaves, wherever it came from.
    func write(
        _ message: [UInt8],
        as kind: MessageKind,
        to sink: any MessageSink,
        written: (@Sendable () -> Void)? = nil
    ) {
        sink.send(log.redactor.redacted(frame: message, keeping: handler.ownTexts), as: kind, written: written)
    }

    /// Whose lines say which request they are about, where that is known.
    private func log(about id: RequestID?) -> Log { id.map { log.with(("request", $0.excerpt)) } ?? log }

    private func refuse(_ error: RPCError, id: RequestID? = nil, in exchange: Exchange) {
        answer(.failure(error), to: id, in: exchange)
    }
}

extension Conversation {
    /// What is made when it is first needed: most conversations over HTTP are one message that is answered at once.
    private struct Parts {
        var requests: RequestTable?
        var standing: StandingRequests?
        var questions: OutgoingRequests?
        var holdings: Batch.Holdings?
    }

    private var requests: RequestTable? { parts.withLock { $0.requests } }
    private var standingRequests: StandingRequests? { parts.withLock { $0.standing } }
    private var questions: OutgoingRequests? { parts.withLock { $0.questions } }

    private func madeRequests() -> RequestTable {
        parts.withLock { $0.requests.made { RequestTable(slots: slots(), executor: executor, clock: clock) } }
    }

    private func madeStandingRequests() -> StandingRequests {
        parts.withLock { $0.standing.made { StandingRequests() } }
    }

    private func madeQuestions() -> OutgoingRequests {
        parts.withLock { $0.questions.made { OutgoingRequests(ids: questionIDs, most: questionsAtOnce) } }
    }

    private func madeHoldings() -> Batch.Holdings { parts.withLock { $0.holdings.made { Batch.Holdings() } } }
}

extension Optional {
    fileprivate mutating func made(_ make: () -> Wrapped) -> Wrapped {
        if let self { return self }
        let new = make()
        self = new
        return new
    }
}

extension Conversation {
    /// A message or a batch of so many bytes; never throws, whatever is in it.
    func receive(_ json: JSON, size: Int, in exchange: Exchange) {
        guard case .array(let messages) = json, !messages.isEmpty, handler.acceptsBatches else {
            return receive(json, size: size, from: exchange, in: nil)
        }
        guard messages.count <= Batch.mostMessages else {
            log.warning("batch_too_long", ("messages", String(messages.count)))
            return refuse(.batchTooLong(messages.count), in: exchange)
        }
        let batch = Batch(in: madeHoldings()) { answers in
            guard let answers else { return exchange.sink.endUnanswered() }
            self.write(answers, as: .response(), to: exchange.sink)
        }
        // The size is shared out, so that a batch does not count more than its bytes.
        for message in messages { receive(message, size: size / messages.count, from: exchange, in: batch) }
        batch.close()
    }

    func receive(_ request: Request, size: Int, in exchange: Exchange) {
        answer(request, size: size, from: exchange, in: nil)
    }

    private func receive(_ json: JSON, size: Int, from exchange: Exchange, in batch: Batch?) {
        do throws(Message.Malformed) {
            switch try Message(json) {
            case .request(let request): answer(request, size: size, from: exchange, in: batch)
            case .notification(let notification): handler.received(notification, in: exchange)
            case .response(let response): take(response)
            }
        } catch {
            log(about: error.id).warning("not_a_message", ("problem", error.error.message))
            deliver(.failure(error.error), error.id.flatMap { isAnswering($0) ? nil : $0 }, to: exchange, in: batch)
        }
    }

    private func refuse(_ line: [UInt8], because error: JSONSyntaxError, in exchange: Exchange) {
        log.warning("not_json", ("problem", error.problem), ("offset", String(error.offset)))
        guard error.isOverLimit else { return refuse(.parseError("Not JSON: \(error)."), in: exchange) }
        let message = UnreadMessage(line)
        if let id = message.id, !message.hasMethod {
            _ = questions?.settle(id, .failure(.unfit(problem: "The client's answer has \(error.problem).")))
        } else {
            let id = message.id.flatMap { isAnswering($0) ? nil : $0 }
            refuse(.parseError("The message has \(error.problem). Send less at once."), id: id, in: exchange)
        }
    }

    /// A line that was not kept: who sent it waits for what is under its id.
    private func refuse(_ message: UnreadMessage, in exchange: Exchange) {
        if let id = message.id, message.isAnswer {
            _ = questions?.settle(id, .failure(.unfit(problem: "The client's answer is too long.")))
        } else {
            let id = message.id.flatMap { isAnswering($0) ? nil : $0 }
            let error = RPCError.invalidRequest("The message exceeds the size limit of this server; send less at once.")
            refuse(error, id: id, in: exchange)
        }
    }

    private func take(_ response: Response) {
        guard let id = response.id, questions?.settle(id, response.outcome) == true else {
            return log(about: response.id).debug("response_ignored")
        }
    }

    /// An error under this id would end the first request's wait with what is wrong with the second.
    private func isAnswering(_ id: RequestID) -> Bool {
        requests?.holds(id) == true || standingRequests?.holds(id) == true
    }

    private func answer(_ request: Request, size: Int, from exchange: Exchange, in batch: Batch?) {
        guard !isAnswering(request.id) else {
            let error = RPCError.invalidRequest("Duplicate id: a request with this id is still in progress.")
            return deliver(.failure(error), nil, to: exchange, in: batch)
        }
        switch handler.reply(to: request, inBatch: batch != nil, in: exchange) {
        case .later(let work): open(request, work, size: size, from: exchange, in: batch)
        case .open(let open): madeStandingRequests().open(request.id, open, to: exchange.sink)
        // Who does not read gets these answers in turn as well, so that they are bounded and reading can go on.
        case .now(let outcome) where batch == nil && exchange.isCongested:
            open(request, Job { outcome }, size: size, from: exchange, in: nil)
        case .now(let outcome):
            deliver(Self.bounded(outcome, in: batch), request.id, to: exchange, in: batch)
        }
    }

    /// Something short where the batches hold enough already.
    private static func bounded(_ outcome: Outcome, in batch: Batch?) -> Outcome {
        guard let batch, batch.holdings.isFull, case .success(let result) = outcome, result.bytes.count > 1024 else {
            return outcome
        }
        return .failure(.batchIsFull)
    }

    private func open(_ request: Request, _ work: Job, size: Int, from exchange: Exchange, in batch: Batch?) {
        batch?.expect()
        madeRequests().open(request.id, cost: size + Self.bookkeeping, work) { [self] outcome, written in
            guard let batch else {
                guard let outcome else { return exchange.sink.endUnanswered() }
                return answer(outcome, to: request.id, in: exchange, written: written)
            }
            batch.add(outcome.map { Self.bounded($0, in: batch).response(to: request.id) })
            // At once: others of the batch may wait for the slot, without whose answers it cannot leave.
            written?()
        }
    }

    private func deliver(_ outcome: Outcome, _ id: RequestID?, to exchange: Exchange, in batch: Batch?) {
        guard let batch else { return answer(outcome, to: id, in: exchange) }
        batch.expect()
        batch.add(response(outcome, to: id))
    }

    private func answer(
        _ outcome: Outcome,
        to id: RequestID?,
        in exchange: Exchange,
        written: (@Sendable () -> Void)? = nil
    ) {
        write(response(outcome, to: id), as: .response(outcome.error), to: exchange.sink, written: written)
    }

    private func response(_ outcome: Outcome, to id: RequestID?) -> [UInt8] {
        outcome.response(to: id, writesNullID: !leavesOutUnknownID.load(ordering: .relaxed))
    }

    /// What a waiting request takes besides its own bytes.
    private static let bookkeeping = 512
}
