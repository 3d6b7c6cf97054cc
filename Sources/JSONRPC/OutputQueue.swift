import CSystem
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whole lines to one descriptor, in order, without ever making their sender wait.
///
/// What the pipe or socket takes at once is written by the sender itself, which saves a change of threads on every small
/// answer. The rest is left to a thread that may block; it starts when it is first needed.
final class OutputQueue: Sendable {
    fileprivate struct State {
        var pending: [UInt8] = []
        /// Bytes appended and bytes written since the start; `marks` are called back as the second passes them.
        var appended = 0
        var written = 0
        var marks = Queue<(place: Int, size: Int, callback: @Sendable () -> Void)>()
        /// Of the bytes that wait, those whose sender waits to be notified.
        var awaited = 0
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
    /// Many clients connect their servers by sockets, which can be written to without waiting, however full they are.
    private let isSocket: Bool
    private let state = Monitor(State())
    private let start: Threads.Starter
    private let closed: @Sendable () -> Void

    /// `start` begins a thread, as ``Threads/start(_:)`` does; `closed` is called once, when the reader of the descriptor
    /// has gone.
    init(
        descriptor: Int32,
        start: @escaping Threads.Starter = { Threads.start($0) },
        closed: @escaping @Sendable () -> Void
    ) {
        self.descriptor = descriptor
        isSocket = Descriptors.isSocket(descriptor)
        self.start = start
        self.closed = closed
    }

    /// Bytes that wait to be written; `unawaited` are those of senders that do not care.
    var unwritten: (all: Int, unawaited: Int) {
        state.withLock { ($0.appended - $0.written, $0.appended - $0.written - $0.awaited) }
    }

    /// `written` is called once the line has left, or when it never can.
    func append(_ message: [UInt8], written: (@Sendable () -> Void)? = nil) {
        enum Turn { case mine, others, never }
        let turn = state.withLock { state -> Turn in
            guard !state.isClosed else { return .never }
            state.pending += message
            state.pending.append(UInt8(ascii: "\n"))
            state.appended += message.count + 1
            if let written {
                state.marks.append((state.appended, message.count + 1, written))
                state.awaited += message.count + 1
            }
            guard !state.isHeld, !state.isWriting else { return .others }
            state.isWriting = true
            return .mine
        }
        switch turn {
        case .mine: writeWithoutWaiting()
        case .others: break
        case .never: written?()
        }
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

    /// Calls back once all that was appended so far has left, or never can; perhaps at once.
    func whenWritten(_ callback: @escaping @Sendable () -> Void) {
        let isWritten = state.withLock { state in
            if state.written < state.appended { state.marks.append((state.appended, 0, callback)) }
            return state.written >= state.appended
        }
        if isWritten { callback() }
    }

    /// The reader of the descriptor has gone.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    private func writeWithoutWaiting() {
        if isSocket { return sendWithoutWaiting() }
        while let bytes = takenByWriter() {
            guard isWritable, write(bytes) else { return leaveToThread(bytes) }
        }
    }

    private func sendWithoutWaiting() {
        while let bytes = taken() {
            guard let count = bytes.withUnsafeBytes({ Descriptors.sendNow($0, to: descriptor) }) else { return close() }
            passed(count)
            if count < bytes.count { return leaveToThread(Array(bytes[count...])) }
        }
    }

    /// What is pending, if the pipe takes it at once; nil when nothing is left to do here.
    private func takenByWriter() -> [UInt8]? {
        let isLong = state.withLock { $0.pending.count > Self.atomicBytes }
        let room = isLong ? max(Self.atomicBytes, Int(oe_empty_pipe_room(descriptor))) : Self.atomicBytes
        let isTooMuch = state.withLock { $0.pending.count > room }
        guard !isTooMuch else {
            leaveToThread([])
            return nil
        }
        return taken(atMost: room)
    }

    /// What is pending, or the beginning of it; when that is nothing, the writer's turn ends.
    private func taken(atMost limit: Int = .max) -> [UInt8]? {
        state.withLock { state in
            guard !state.pending.isEmpty, !state.isClosed else {
                state.isWriting = false
                state.isThreads = false
                return nil
            }
            // More than the limit only if another line came in since it was asked for.
            let rest = state.pending.count > limit ? Array(state.pending[limit...]) : []
            defer { state.pending = rest }
            return rest.isEmpty ? state.pending : Array(state.pending[..<limit])
        }
    }

    private func leaveToThread(_ unwritten: [UInt8]) {
        let needsThread = state.withLock { state in
            state.pending = unwritten + state.pending
            state.isThreads = true
            defer { state.hasThread = true }
            return !state.hasThread
        }
        if needsThread, !start({ [self] in writeForever() }) {
            // Nothing else is there to write it: better to wait than to lose it.
            state.withLock { $0.hasThread = false }
            return writePending()
        }
        state.notify()
    }

    private func writeForever() {
        while true {
            _ = state.wait { $0.isThreads ? true : nil }
            writePending()
        }
    }

    private func writePending() {
        while let bytes = taken() {
            if !write(bytes) { break }
        }
    }

    private var isWritable: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLOUT) != 0
    }

    /// False when the reader has gone.
    private func write(_ bytes: [UInt8]) -> Bool {
        guard bytes.withUnsafeBytes({ Descriptors.writeAll($0, to: descriptor) }) else {
            close()
            return false
        }
        passed(bytes.count)
        return true
    }

    /// So many more bytes have left.
    private func passed(_ count: Int) {
        let passed = state.withLock { state in
            state.written += count
            return state.passedMarks()
        }
        for callback in passed { callback() }
    }

    private func close() {
        let (isFirst, passed) = state.withLock { state in
            let isFirst = !state.isClosed
            state.isClosed = true
            state.pending = []
            state.written = state.appended
            state.isWriting = false
            state.isThreads = false
            return (isFirst, state.passedMarks())
        }
        for callback in passed { callback() }
        if isFirst { closed() }
    }
}

extension OutputQueue.State {
    /// The callbacks of all lines that are written.
    fileprivate mutating func passedMarks() -> [@Sendable () -> Void] {
        var passed: [@Sendable () -> Void] = []
        while let mark = marks.first, mark.place <= written {
            passed.append(mark.callback)
            awaited -= mark.size
            _ = marks.popFirst()
        }
        return passed
    }
}
