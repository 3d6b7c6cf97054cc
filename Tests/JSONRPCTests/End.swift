import JSON
import JSONRPC
import Logging
import Synchronization
import TestSupport

/// A conversation whose other side is a list of lines.
final class End: Sendable {
    let handler = Handler()
    let conversation: Conversation
    private let wire: Wire

    var written: [String] { wire.lines.withLock { $0 } }
    /// How often what this side began ended without an answer.
    var unansweredCount: Int { wire.unanswered.value }

    /// With `holdsWritten`, lines count as written only when ``writtenOne()`` says so.
    init(holdsWritten: Bool = false, secret: String? = nil, log: Log = Log(.error) { _ in }) {
        wire = Wire(holdsWritten: holdsWritten)
        if let secret { log.redactor.add(Secret(secret)) }
        conversation = Conversation(handler: handler, sink: wire, questionIDs: QuestionNumbers().next, log: log)
    }

    func write(_ line: String) { conversation.standalone.receive(.text(Array(line.utf8))) }

    func writtenOne() { wire.held.withLock { $0.isEmpty ? nil : $0.removeFirst() }?() }

    func idle() async {
        await withCheckedContinuation { continuation in conversation.whenIdle { continuation.resume() } }
    }

    private final class Wire: MessageSink {
        let lines = Mutex<[String]>([])
        let held = Mutex<[@Sendable () -> Void]>([])
        let unanswered = Counter()
        private let holdsWritten: Bool

        init(holdsWritten: Bool) { self.holdsWritten = holdsWritten }

        func send(_ message: [UInt8], as kind: MessageKind, written: (@Sendable () -> Void)?) {
            lines.withLock { $0.append(String(decoding: message, as: UTF8.self)) }
            guard let written else { return }
            if holdsWritten { held.withLock { $0.append(written) } } else { written() }
        }

        func endUnanswered() { unanswered.increment() }
    }
}

/// Answers `now` at once, `later` when released, `open` at the end, and anything else when it is cancelled.
final class Handler: RequestHandler {
    private let gate = Gate()
    private let starts = Gate()
    private let cancellations = Gate()
    private let count = Mutex(0)
    private let ended = Mutex(0)

    var startedCount: Int { count.withLock { $0 } }
    var endedCount: Int { ended.withLock { $0 } }

    let acceptsBatches = true

    static let large = 1 << 20
    private static let largeResult = EncodedJSON(.string(String(repeating: "x", count: large)))

    func reply(to request: Request, inBatch: Bool, in exchange: Exchange) -> Reply {
        let outcome = Outcome.success(
            EncodedJSON(.members(("was", .string(request.method)), ("said", request.params?["say"])))
        )
        switch request.method {
        case "now": return .now(outcome)
        case "large": return .now(.success(Self.largeResult))
        case "later":
            return .later(
                Job { [self] in
                    count.withLock { $0 += 1 }
                    starts.open()
                    await gate.pass()
                    return outcome
                }
            )
        case "open":
            let ending = EncodedJSON(["was": .string(request.method)])
            return .open(StandingRequest(ending: ending) { [self] in ended.withLock { $0 += 1 } })
        default:
            return .later(
                Job { [cancellations] in
                    try? await Task.sleep(for: .seconds(60))
                    if Task.isCancelled { cancellations.open() }
                    return outcome
                }
            )
        }
    }

    func received(_ notification: Notification, in exchange: Exchange) {
        if notification.method == "cancel", let id = notification.params?["id"].flatMap({ RequestID($0) }) {
            exchange.conversation.cancel(id)
        }
    }

    func cancellation(of id: RequestID) -> Notification? { Notification("taken back", params: ["id": id.json]) }

    func release() { gate.open() }

    /// Waits until so many calls of `later` have started.
    func started(_ count: Int) async {
        while startedCount < count { await starts.pass() }
    }

    func cancelled() async { await cancellations.pass() }
}

/// Lets one waiter through for each time it is opened.
private final class Gate: Sendable {
    private struct State {
        var permits = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func open() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.permits += 1
            return nil
        }
        waiter?.resume()
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let mayPass = state.withLock { state in
                guard state.permits == 0 else {
                    state.permits -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if mayPass { continuation.resume() }
        }
    }
}

/// What was written to one sink.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    private let arrivals = Gate()

    var all: [String] { lines.withLock { $0 } }

    func append(_ line: [UInt8]) {
        lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        arrivals.open()
    }

    /// Waits until there are so many.
    func wait(for count: Int) async {
        while all.count < count { await arrivals.pass() }
    }
}
