import HTTP
import Logging
import Synchronization
import Threads

/// The one thread that uses libcurl's handles, and the mailbox by which others reach it.
///
/// The thread starts with the first request and keeps the loop alive, not the client: once the client has closed it, it
/// brings what is under way to its end and leaves.
final class CurlLoop: Sendable {
    private enum Message: Sendable {
        case begin(CurlTransfer)
        case cancel(CurlTransfer)
        case goOn(CurlTransfer)
        case forgetConnections
    }

    private struct Mailbox {
        enum State {
            case notStarted
            case running
            case unusable(HTTPFailure)
        }

        var state = State.notStarted
        var messages: [Message] = []
        var isClosed = false
        /// There while the thread may be waiting.
        var multi: CurlMulti?
    }

    private let configuration: CurlConfiguration
    private let log: Log
    private let mailbox = Mutex(Mailbox())
    let executor = ReplyExecutor()

    init(_ configuration: CurlConfiguration, log: Log) {
        self.configuration = configuration
        self.log = log
    }

    func begin(_ transfer: CurlTransfer) {
        let (asleep, refusal) = mailbox.withLock { box -> (CurlMulti?, HTTPFailure?) in
            if case .notStarted = box.state {
                let isStarted = Threads.start { self.run() }
                box.state = isStarted ? .running : .unusable(.noClient(detail: "no thread could be started"))
            }
            if case .unusable(let failure) = box.state { return (nil, failure) }
            return (Self.post(.begin(transfer), to: &box), nil)
        }
        asleep?.wake()
        if let refusal { transfer.finish(.failure(refusal)) }
    }

    /// May come before its `begin`, which then sees the mark.
    func cancel(_ transfer: CurlTransfer) {
        transfer.isCancelled.store(true, ordering: .releasing)
        tell(.cancel(transfer))
    }

    /// Its source has more to give.
    func goOn(_ transfer: CurlTransfer) { tell(.goOn(transfer)) }

    func forgetConnections() { tell(.forgetConnections) }

    private func tell(_ message: Message) {
        let asleep = mailbox.withLock { box -> CurlMulti? in
            guard case .running = box.state else { return nil }
            return Self.post(message, to: &box)
        }
        asleep?.wake()
    }

    func close() {
        let asleep = mailbox.withLock { box in
            box.isClosed = true
            return box.multi
        }
        asleep?.wake()
    }

    /// Says whom to wake, after the lock is open again, or the thread would wake up before a closed door.
    ///
    /// Only the caller that finds the box empty wakes the thread, because it takes everything at once.
    private static func post(_ message: Message, to box: inout Mailbox) -> CurlMulti? {
        box.messages.append(message)
        return box.messages.count == 1 ? box.multi : nil
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
        return CurlEngine(multi, configuration, executor: executor, log: log) { [weak self] in self?.goOn($0) }
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

    private func serve(_ engine: CurlEngine, _ failures: inout Int) throws(CurlLoopFailure) {
        var messages: [Message] = []
        while take(&messages, isIdle: engine.isIdle) {
            for message in messages {
                switch message {
                case .begin(let transfer): engine.begin(transfer)
                case .cancel(let transfer): engine.cancel(transfer)
                case .goOn(let transfer): engine.goOn(transfer)
                case .forgetConnections: engine.forgetConnections()
                }
            }
            messages.removeAll(keepingCapacity: true)
            try engine.advance()
            try engine.wait()
            failures = 0
        }
    }

    /// Exchanges the full box for an empty one; false when the loop is closed and nothing is left to do.
    private func take(_ messages: inout [Message], isIdle: Bool) -> Bool {
        mailbox.withLock { box in
            swap(&box.messages, &messages)
            guard box.isClosed && isIdle && messages.isEmpty else { return true }
            box.multi = nil
            box.state = .unusable(.cancelled)
            return false
        }
    }

    private func refuseAll(because failure: HTTPFailure) {
        let messages = mailbox.withLock { box in
            box.state = .unusable(failure)
            defer { box.messages = [] }
            return box.messages
        }
        for case .begin(let transfer) in messages { transfer.finish(.failure(failure)) }
    }
}
