#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whole lines to one descriptor, in order, without ever making their sender wait.
///
/// What the pipe takes at once is written by the sender itself, which saves a change of threads on every small answer.
/// The rest is left to a thread that may block; it starts when it is first needed.
final class OutputQueue: Sendable {
    private struct State {
        var pending: [UInt8] = []
        /// Someone writes, a sender or the thread; others leave their lines in `pending` and go.
        var isWriting = false
        /// What is pending has been left to the thread.
        var isThreads = false
        var hasThread = false
        var isHeld = false
        var isClosed = false
    }

    /// POSIX promises that a pipe which is writable takes this much whole.
    private static let atomicBytes = 4096

    private let descriptor: Int32
    private let state = Monitor(State())
    private let closed: @Sendable () -> Void

    /// `closed` is called once, when the reader of the descriptor has gone.
    init(descriptor: Int32, closed: @escaping @Sendable () -> Void) {
        self.descriptor = descriptor
        self.closed = closed
    }

    func append(_ message: [UInt8]) {
        let isMine = state.withLock { state in
            guard !state.isClosed else { return false }
            state.pending += message
            state.pending.append(UInt8(ascii: "\n"))
            guard !state.isHeld, !state.isWriting else { return false }
            state.isWriting = true
            return true
        }
        if isMine { writeWithoutWaiting() }
    }

    /// Collects what `body` appends, so that the answers to many lines read at once leave in one write.
    func collect(_ body: () -> Void) {
        state.withLock { $0.isHeld = true }
        body()
        let isMine = state.withLock { state in
            state.isHeld = false
            guard !state.isWriting, !state.pending.isEmpty else { return false }
            state.isWriting = true
            return true
        }
        if isMine { writeWithoutWaiting() }
    }

    /// Waits until everything is written; false when that did not happen in `seconds`.
    func drain(seconds: Double) -> Bool {
        state.wait(seconds: seconds) { $0.isClosed || $0.pending.isEmpty && !$0.isWriting ? true : nil } ?? false
    }

    private func writeWithoutWaiting() {
        while let bytes = takenByWriter(atMost: Self.atomicBytes) {
            guard isWritable, write(bytes) else { return leaveToThread(bytes) }
        }
    }

    /// What is pending, if it is no more than a writable pipe takes at once; nil when nothing is left to do here.
    private func takenByWriter(atMost limit: Int) -> [UInt8]? {
        let isTooMuch = state.withLock { $0.pending.count > limit }
        if isTooMuch {
            leaveToThread([])
            return nil
        }
        return taken()
    }

    /// What is pending; when that is nothing, the writer's turn ends.
    private func taken() -> [UInt8]? {
        defer { state.notify() }
        return state.withLock { state in
            guard !state.pending.isEmpty, !state.isClosed else {
                state.isWriting = false
                state.isThreads = false
                return nil
            }
            defer { state.pending = [] }
            return state.pending
        }
    }

    private func leaveToThread(_ unwritten: [UInt8]) {
        let needsThread = state.withLock { state in
            state.pending = unwritten + state.pending
            state.isThreads = true
            defer { state.hasThread = true }
            return !state.hasThread
        }
        if needsThread { Threads.start { [self] in writeForever() } }
        state.notify()
    }

    private func writeForever() {
        while true {
            _ = state.wait { $0.isThreads ? true : nil }
            while let bytes = taken() {
                if !write(bytes) { break }
            }
        }
    }

    private var isWritable: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLOUT) != 0
    }

    /// False when the reader has gone.
    private func write(_ bytes: [UInt8]) -> Bool {
        let isWritten = bytes.withUnsafeBytes { Descriptors.writeAll($0, to: descriptor) }
        if !isWritten { close() }
        return isWritten
    }

    private func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            state.pending = []
            state.isWriting = false
            state.isThreads = false
            return !state.isClosed
        }
        state.notify()
        if isFirst { closed() }
    }
}
