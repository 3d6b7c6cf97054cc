import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import Text
import Threads

/// The standard input and output of a process: one message a line (all revisions).
final class ProcessWire: RemoteWire {
    private struct State {
        var isStopping = false
        var end: String?
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Lines that were no JSON.
        var skipped = 0
    }

    private let process: ChildProcess
    private let inbox: Inbox
    private let health: ProcessHealth
    private let known: KnownEra
    private let log: Log
    private let state = Mutex(State())

    init(_ server: ProcessRemoteServer, _ inbox: Inbox, _ health: ProcessHealth) {
        process = ChildProcess(server)
        known = server.known
        log = server.log
        self.inbox = inbox
        self.health = health
    }

    var credentials: (any RemoteCredentials)? { nil }
    var hasSession: Bool { false }
    var endsAlone: Bool { true }
    var hasEnded: Bool { state.withLock { $0.end != nil } }

    func start() async throws(RemoteFailure) {
        do throws(RemoteFailure) {
            try await process.start { [weak self] line in
                self?.deliver(line)
            } ended: { [weak self] detail in
                self?.ended(detail)
            }
        } catch {
            // Each session tries it again.
            if case .notStarted(let detail) = error, known.isNews(startFault: detail) { log.warning(detail) }
            throw error
        }
        _ = known.isNews(startFault: nil)
        health.started()
    }

    private func deliver(_ line: LineFramer.Line) {
        switch line {
        case .text(let bytes):
            do throws(JSONSyntaxError) { inbox.deliver(try JSON(parsing: bytes, within: .ofServer), of: nil) } catch {
                skip(bytes, because: error)
            }
        case .tooLong: log.warning("The server wrote a line that is too long, which is skipped")
        }
    }

    /// The first line is shown; of a program that writes text there is no more than its number, each time that has grown
    /// tenfold.
    private func skip(_ bytes: [UInt8], because error: JSONSyntaxError) {
        let count = state.withLock { state in
            state.skipped += 1
            return state.skipped
        }
        guard count > 1 else {
            let text = VisibleText.line(String(decoding: bytes.prefix(1000), as: UTF8.self)).prefix(200)
            return log.warning(
                "The server sent what is not JSON, which is skipped",
                ("text", String(text)),
                ("cause", "\(error)")
            )
        }
        guard Self.isPowerOfTen(count) else { return }
        log.warning("The server sends lines that are not JSON, which are skipped", ("lines", "\(count)"))
    }

    private static func isPowerOfTen(_ number: Int) -> Bool {
        var power = 1
        while power < number { power *= 10 }
        return power == number
    }

    private func ended(_ detail: String) {
        let (waiting, isAsked, skipped) = state.withLock { state in
            state.end = detail
            defer { state.waiting = [] }
            return (state.waiting, state.isStopping, state.skipped)
        }
        if skipped > 1, !Self.isPowerOfTen(skipped) {
            log.warning("The server sent lines that are not JSON, which were skipped", ("lines", "\(skipped)"))
        }
        if !isAsked {
            health.ended(detail)
            log.warning("The process of the server ended", ("how", detail))
        }
        inbox.calls.finishAll(.failed(.processEnded(detail: detail)))
        for continuation in waiting { continuation.resume() }
    }

    func transfer(_ request: OutgoingRequest) async -> CallEnd? {
        // It never got it.
        if let end = state.withLock({ $0.end }) { return .sessionLost(detail: end) }
        process.write(request.bytes)
        // It may have ended between the two.
        return state.withLock { $0.end }.map { .failed(.processEnded(detail: $0)) }
    }

    func post(_ message: [UInt8], revision _: Revision?) async { process.write(message) }

    /// There is nothing to listen to but the end.
    func listen(_: Revision, heard: @escaping @Sendable () -> Void) async -> StreamEnd {
        heard()
        await untilEnd()
        return state.withLock { $0.isStopping } ? .none : .sessionLost
    }

    func untilEnd() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.end == nil { state.waiting.append(continuation) }
                return state.end != nil
            }
            if isOver { continuation.resume() }
        }
    }

    func abandon(_ request: OutgoingRequest, _ transfer: Task<Void, Never>?) {
        guard request.method != "initialize" else { return }
        let notice = Notification("notifications/cancelled", params: ["requestId": .int(request.id)])
        process.write(notice.encoded)
    }

    func close() async {
        state.withLock { $0.isStopping = true }
        health.stopped()
        await process.stop()
    }

    func drop() async { await close() }
}
