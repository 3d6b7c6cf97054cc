import HTTP
import Logging
import Synchronization
import Threads

/// The mailbox by which libcurl's handles are reached, and the thread that waits for what arrives.
///
/// One at a time has the engine. Who begins a request while no one has it sends the request itself: to wake the loop's
/// thread for that would take longer than the sending. Where many are under way that one is awake anyway, and begins
/// those together that came meanwhile. All that waits is the thread's, which starts with the first request and keeps the
/// loop alive, not the client: once the client has closed it, it brings what is under way to its end and leaves.
final class CurlLoop: Sendable {
    private let configuration: CurlConfiguration
    private let log: Log
    private let mailbox = Monitor(Mailbox())
    let executor = ReplyExecutor()

    init(_ configuration: CurlConfiguration, log: Log) {
        self.configuration = configuration
        self.log = log
    }

    func begin(_ transfer: CurlTransfer) {
        let (engine, asleep, refusal) = mailbox.withLock { box -> (CurlEngine?, CurlMulti?, HTTPFailure?) in
            if case .notStarted = box.state {
                let isStarted = Threads.start { self.run() }
                box.state = isStarted ? .running : .unusable(.noClient(detail: "no thread could be started"))
            }
            if case .unusable(let failure) = box.state { return (nil, nil, failure) }
            let asleep = box.post(.begin(transfer))
            guard !box.isCrowded, box.failure == nil, let engine = box.engine.take() else { return (nil, asleep, nil) }
            return (engine, nil, nil)
        }
        asleep?.wake()
        if let refusal { transfer.finish(.failure(refusal)) }
        if let engine { serveOnce(engine) }
    }

    /// May come before its `begin`, which then sees the mark.
    func cancel(_ transfer: CurlTransfer) {
        transfer.isCancelled.store(true, ordering: .releasing)
        tell(.cancel(transfer))
    }

    /// Its source has more to give.
    func goOn(_ transfer: CurlTransfer) { tell(.goOn(transfer)) }

    func forgetConnections() { tell(.forgetConnections) }

    /// Leaves a message to the loop's thread, since who cancels may hold a lock that an answer needs.
    private func tell(_ message: Message) {
        let asleep = mailbox.withLock { box -> CurlMulti? in
            guard case .running = box.state else { return nil }
            return box.post(message)
        }
        // After the lock is open again, or the thread would wake up before a closed door.
        asleep?.wake()
    }

    func close() {
        let asleep = mailbox.withLock { box in
            box.isClosed = true
            return box.multi
        }
        asleep?.wake()
    }
}

// Those who have the engine.
extension CurlLoop {
    /// Does what is in the box, and moves everything on.
    private func advance(
        _ engine: CurlEngine,
        _ messages: [Message],
        _ move: () throws(CurlLoopFailure) -> Void
    ) throws(CurlLoopFailure) {
        for message in messages {
            switch message {
            case .begin(let transfer): engine.begin(transfer)
            case .cancel(let transfer): engine.cancel(transfer)
            case .goOn(let transfer): engine.goOn(transfer)
            case .forgetConnections: engine.forgetConnections()
            }
        }
        try move()
    }

    /// One round on the thread of who began a request; what comes meanwhile is left to the loop's own.
    private func serveOnce(_ engine: CurlEngine) {
        var failure: CurlLoopFailure?
        let begun = mailbox.withLock { $0.takeAllButEnds() }
        do throws(CurlLoopFailure) { try advance(engine, begun, engine.advance) } catch { failure = error }
        let ended = engine.takeEnded()
        let due = engine.due
        let asleep = mailbox.withLock { $0.giveBack(engine, due: due, failure) }
        mailbox.notifyOne()
        asleep?.wake()
        for each in ended { each.transfer.finish(each.outcome) }
    }

    private func run() {
        do throws(HTTPFailure) {
            try CurlLibrary.prepare()
            executor.adoptThread()
            var failures = 0
            while try !serve(newEngine(), after: &failures) {
                // A loop that fails again and again neither spins nor fills the log.
                Threads.pause(seconds: min(Double(failures) * 0.05, Self.longestPause))
            }
        } catch {
            log.error("HTTP is not available", ("cause", String(describing: error)))
            refuseAll(because: error)
        }
    }

    /// Seconds.
    private static let longestPause = 1.0

    private func newEngine() throws(HTTPFailure) -> CurlEngine {
        guard let multi = CurlMulti(configuration.faults) else {
            throw .noClient(detail: "libcurl has no memory for its loop")
        }
        mailbox.withLock { $0.multi = multi }
        return CurlEngine(multi, configuration, log: log) { [weak self] in self?.goOn($0) }
    }

    /// True when the loop is closed; false when it failed, with all that was under way, and another engine is due.
    private func serve(_ engine: CurlEngine, after failures: inout Int) -> Bool {
        do throws(CurlLoopFailure) {
            try serve(engine, &failures)
            return true
        } catch {
            if failures == 0 { log.error("The HTTP loop failed", ("cause", error.detail)) }
            failures += 1
            engine.failAll(error)
            return false
        }
    }

    /// What the loop's thread does until the loop is closed; it has the engine at the beginning, and where it throws.
    private func serve(_ engine: CurlEngine, _ failures: inout Int) throws(CurlLoopFailure) {
        while true {
            try advance(engine, mailbox.withLock { $0.takeMessages() }, engine.advanceReady)
            let ended = engine.takeEnded()
            let (isIdle, due) = (engine.isIdle, engine.due)
            let stays = mailbox.withLock { $0.isKept(engine, due: due, isIdle: isIdle) }
            for each in ended { each.finish(on: executor) }
            guard stays else { return }
            try sleep(engine)
            failures = 0
        }
    }

    /// Sleeps until something is to be done, and has the engine again.
    private func sleep(_ engine: CurlEngine) throws(CurlLoopFailure) {
        var failure: CurlLoopFailure?
        do throws(CurlLoopFailure) {
            try engine.wait(milliseconds: mailbox.withLock { $0.fallAsleep() })
        } catch { failure = error }
        let reported = mailbox.wait { $0.wakeUp() }
        if let failure = failure ?? reported { throw failure }
    }

    private func refuseAll(because failure: HTTPFailure) {
        let messages = mailbox.withLock { box in
            box.state = .unusable(failure)
            return box.takeMessages()
        }
        for case .begin(let transfer) in messages { transfer.finish(.failure(failure)) }
    }
}

extension CurlLoop {
    fileprivate enum Message: Sendable {
        case begin(CurlTransfer)
        case cancel(CurlTransfer)
        case goOn(CurlTransfer)
        case forgetConnections

        var ends: Bool { if case .cancel = self { true } else { false } }
    }

    fileprivate struct Mailbox {
        typealias Instant = ContinuousClock.Instant

        enum State {
            case notStarted
            case running
            case unusable(HTTPFailure)
        }

        var state = State.notStarted
        var messages: [Message] = []
        var isClosed = false
        /// There while no one has it.
        var engine: CurlEngine?
        /// Whether so much is under way, open streams among it, that the loop's thread is likely to be awake anyway.
        private(set) var isCrowded = false
        /// Why that cannot be used any more, for the loop's thread to put another in its place.
        var failure: CurlLoopFailure?
        /// What wakes the loop's thread.
        var multi: CurlMulti?
        /// When something is to be done that no one begins.
        private var due = Instant.now
        private(set) var isAsleep = false
        private var sleepsUntil = Instant.now

        /// Who is to be woken for it: only the caller that finds the box empty wakes the thread, because it takes everything at
        /// once.
        mutating func post(_ message: Message) -> CurlMulti? {
            messages.append(message)
            return isAsleep && messages.count == 1 ? multi : nil
        }

        mutating func takeMessages() -> [Message] {
            defer { messages = [] }
            return messages
        }

        /// Leaves what ends a transfer to the loop's thread: before 7.87, libcurl waits then for the look-up of its name.
        mutating func takeAllButEnds() -> [Message] {
            guard messages.contains(where: { $0.ends }) else { return takeMessages() }
            defer { messages.removeAll { !$0.ends } }
            return messages.filter { !$0.ends }
        }

        /// Who is to be woken, if that is now the loop's thread's to do.
        @discardableResult
        mutating func giveBack(_ engine: CurlEngine, due: Instant, _ failure: CurlLoopFailure?) -> CurlMulti? {
            self.engine = engine
            self.due = due
            self.failure = failure
            isCrowded = engine.isCrowded
            return isAsleep && (due < sleepsUntil || !messages.isEmpty || failure != nil) ? multi : nil
        }

        /// Takes the engine back from the loop's thread; false when the loop is closed and nothing is left to do.
        mutating func isKept(_ engine: CurlEngine, due: Instant, isIdle: Bool) -> Bool {
            guard isClosed && isIdle && messages.isEmpty else {
                giveBack(engine, due: due, nil)
                return true
            }
            multi = nil
            state = .unusable(.cancelled)
            return false
        }

        /// For how long the loop's thread sleeps.
        ///
        /// It wakes up when it was going to before, though that may be for nothing now: otherwise each request, with its limit
        /// of time, would have to wake it up.
        mutating func fallAsleep() -> Int32 {
            guard messages.isEmpty, failure == nil else { return 0 }
            let now = Instant.now
            sleepsUntil = sleepsUntil > now ? min(due, sleepsUntil) : due
            isAsleep = true
            return Int32(max((sleepsUntil - now) / .milliseconds(1), 0).rounded(.up))
        }

        /// Nil while another has the engine; else what was reported of it, which is now the caller's.
        mutating func wakeUp() -> CurlLoopFailure?? {
            isAsleep = false
            guard engine.take() != nil else { return nil }
            return .some(failure.take())
        }
    }
}
