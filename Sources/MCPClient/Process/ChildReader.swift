import JSONRPC
import Logging
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads what a child writes, on a thread of its own: messages from one descriptor, remarks from the other.
final class ChildReader: Sendable {
    private let pipes: ChildPipes
    private let server: ProcessRemoteServer
    private let line: @Sendable (LineFramer.Line) -> Void
    private let silent: @Sendable (Int32) -> Void
    private let isOver = Monitor(false)

    /// `silent` is called with the signal that is due, when the process lives on without a standard output.
    init(
        _ pipes: ChildPipes,
        _ server: ProcessRemoteServer,
        _ line: @escaping @Sendable (LineFramer.Line) -> Void,
        silent: @escaping @Sendable (Int32) -> Void
    ) {
        self.pipes = pipes
        self.server = server
        self.line = line
        self.silent = silent
    }

    /// False where no thread could be started.
    func start() -> Bool { Threads.start { self.follow() } }

    /// Takes what is still in the pipes, and returns when all of it was handed on; one that the child has left them to in
    /// secret does not keep this waiting.
    func finish() {
        var byte: UInt8 = 0
        _ = write(pipes.waker, &byte, 1)
        isOver.wait { $0 ? () : nil }
    }

    /// One that ends closes its output too, a little before its end is known.
    private static let signals: [(after: Duration, signal: Int32)] = [
        (.milliseconds(250), SIGTERM), (.milliseconds(1250), SIGKILL),
    ]

    private static func milliseconds(until end: SuspendingClock.Instant) -> Int32 {
        Int32(max(.zero, end - .now) / .milliseconds(1)) + 1
    }

    private func follow() {
        var messages = LineFramer(limit: server.maxMessageBytes)
        var remarks = ChildRemarks(server.log)
        var open = [pipes.output, pipes.errors]
        var due = Self.signals[...]
        var messagesEnd: SuspendingClock.Instant?
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            var entries = (open + [pipes.wake]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let end = messagesEnd.flatMap { start in due.first.map { start + $0.after } }
            let count = poll(&entries, nfds_t(entries.count), end.map { Self.milliseconds(until: $0) } ?? -1)
            guard count >= 0 || errno == EINTR else { break }
            // Nothing is said of the entries.
            if count < 0 { continue }
            if entries.last?.revents == 0, let end, end <= .now, let next = due.popFirst() { silent(next.signal) }
            let ready = entries.dropLast().filter { $0.revents != 0 }.map { $0.fd }
            // The process has ended, and the pipes are empty.
            if ready.isEmpty, entries.last?.revents != 0 { break }
            for descriptor in ready {
                let count = read(descriptor, chunk.baseAddress, chunk.count)
                if count <= 0 {
                    guard count == 0 || errno != EINTR else { continue }
                    open.removeAll { $0 == descriptor }
                    if descriptor == pipes.output { messagesEnd = .now }
                    continue
                }
                let bytes = UnsafeRawBufferPointer(rebasing: chunk[..<count]).assumingMemoryBound(to: UInt8.self)
                if descriptor == pipes.output { messages.append(bytes, line) } else { remarks.append(bytes) }
            }
        }
        messages.end(line)
        isOver.withLock { $0 = true }
        isOver.notify()
    }
}

/// What a child writes to its standard error, as lines of the log: so many in ten seconds, of the others how many they were.
struct ChildRemarks {
    private let log: Log
    private var lines = LineFramer(limit: 8192)
    private var windowEnd = SuspendingClock.Instant.now
    private var written = 0
    private var dropped = 0
    private static let most = 50

    init(_ log: Log) { self.log = log }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        var found: [LineFramer.Line] = []
        lines.append(bytes) { found.append($0) }
        for line in found { remark(line) }
    }

    private mutating func remark(_ line: LineFramer.Line) {
        let now = SuspendingClock.Instant.now
        if now >= windowEnd {
            if dropped > 0 { log.info("The server wrote more than is shown", ("lines", "\(dropped)")) }
            (windowEnd, written, dropped) = (now + .seconds(10), 0, 0)
        }
        guard written < Self.most else {
            dropped += 1
            return
        }
        written += 1
        switch line {
        case .text(let bytes):
            log.info("The server wrote", ("text", String(String(decoding: bytes, as: UTF8.self).prefix(2000))))
        case .tooLong: log.info("The server wrote a line that is too long to be shown")
        }
    }
}
