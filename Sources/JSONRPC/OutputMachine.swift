import Threads

/// Who writes what waits for one descriptor, and whom to notify when it has left.
///
/// A value without descriptor, lock or thread, so that a test can walk through any order of events.
struct OutputMachine {
    typealias Callback = @Sendable () -> Void

    /// Who writes a line.
    enum Turn: Hashable {
        /// Its sender, from now on until ``next(room:)`` or ``left(_:)`` ends the turn.
        case mine
        /// Someone else: its sender can go.
        case others
        /// The reader has gone.
        case never
    }

    /// What the sender does next whose turn it is.
    enum Step: Hashable {
        case write([UInt8])
        /// So much waits that it matters how much room there is; `next(room:)` again.
        case measure
        /// The rest is the thread's.
        case leave(ThreadCall)
        case end
    }

    enum ThreadCall: Hashable { case start, wake }

    /// What the thread does next that may block.
    enum ThreadStep: Hashable {
        case write([UInt8])
        case end
    }

    private enum State {
        /// Nothing waits, or it is collected.
        case idle(Standby)
        /// A sender writes what is taken at once; others leave their lines and go.
        case sending(Standby)
        case leftToThread
        /// The reader has gone, and nothing is written any more.
        case closed
    }

    /// The thread while it has nothing to do.
    private enum Standby { case notStarted, asleep }

    /// POSIX promises that a pipe which is writable takes this much whole.
    private static let atomicBytes = 4096

    private var state = State.idle(.notStarted)
    /// Who writes goes on; but no sender begins.
    private var isCollecting = false
    private var backlog = Backlog()

    /// Bytes that wait to be written; `unawaited` are those of senders that do not care.
    var unwritten: (all: Int, unawaited: Int) { (backlog.size, backlog.unawaited) }

    var isClosed: Bool { if case .closed = state { true } else { false } }
}

// What senders do.
extension OutputMachine {
    /// `written` is kept until the line has left or never can; with `.never` it remains the sender's to call.
    mutating func appended(_ line: [UInt8], written: Callback?) -> Turn {
        if case .closed = state { return .never }
        backlog.append(line, written)
        return isCollecting ? .others : turn()
    }

    mutating func collectingBegan() { isCollecting = true }

    mutating func collectingEnded() -> Turn {
        isCollecting = false
        return backlog.pending.isEmpty ? .others : turn()
    }

    private mutating func turn() -> Turn {
        guard case .idle(let standby) = state else { return .others }
        state = .sending(standby)
        return .mine
    }

    /// True when all that was appended so far has left or never can; otherwise `callback` is returned once it has.
    mutating func isWritten(orCall callback: @escaping Callback) -> Bool {
        if backlog.size > 0 { backlog.mark(callback) }
        return backlog.size == 0
    }
}

// What the one does whose turn it is.
extension OutputMachine {
    /// All that waits, if it fits into `room`; nil stands for as much as any pipe takes that can be written to.
    mutating func next(room: Int?) -> Step {
        guard case .sending(let standby) = state else { return .end }
        if backlog.pending.isEmpty {
            state = .idle(standby)
            return .end
        }
        if backlog.pending.count <= max(room ?? 0, Self.atomicBytes) { return .write(backlog.taken()) }
        return room == nil ? .measure : .leave(left([]))
    }

    /// The turn is the thread's, which begins with what was taken and is `unwritten`.
    mutating func left(_ unwritten: [UInt8]) -> ThreadCall {
        guard case .sending(let standby) = state else { preconditionFailure("only who has the turn can leave it") }
        backlog.putBack(unwritten)
        state = .leftToThread
        return standby == .asleep ? .wake : .start
    }

    /// The thread cannot be started, so the turn is its sender's again.
    mutating func threadFailed() { state = .sending(.notStarted) }

    /// Nil when the thread is to sleep.
    mutating func nextOfThread() -> ThreadStep? {
        switch state {
        case .idle, .sending: return nil
        case .leftToThread where backlog.pending.isEmpty:
            state = .idle(.asleep)
            return nil
        case .leftToThread: return .write(backlog.taken())
        case .closed: return .end
        }
    }

    /// So many more bytes have left; returns whom to notify.
    mutating func wrote(_ count: Int) -> [Callback] { backlog.wrote(count) }

    /// Returns whom to notify that nothing more can leave; nil when that was known.
    mutating func readerGone() -> [Callback]? {
        if case .closed = state { return nil }
        state = .closed
        return backlog.dropped()
    }
}

/// The bytes that wait, and those who wait for them to leave.
private struct Backlog {
    private(set) var pending: [UInt8] = []
    /// Bytes appended and bytes written since the start; `marks` are passed as the second reaches them.
    private var appended = 0
    private var written = 0
    private var marks = Queue<(place: Int, size: Int, callback: OutputMachine.Callback)>()
    /// The size of the lines that have not left whole, and whose senders wait to be notified.
    private var awaited = 0

    /// What has not left, be it pending or under way.
    var size: Int { appended - written }

    /// Of that, what belongs to senders that do not wait to be notified.
    var unawaited: Int {
        let begun = marks.first.map { max(0, written - ($0.place - $0.size)) } ?? 0
        return size - (awaited - begun)
    }

    mutating func append(_ line: [UInt8], _ callback: OutputMachine.Callback?) {
        pending += line
        pending.append(UInt8(ascii: "\n"))
        let size = line.count + 1
        appended += size
        guard let callback else { return }
        marks.append((appended, size, callback))
        awaited += size
    }

    mutating func mark(_ callback: @escaping OutputMachine.Callback) { marks.append((appended, 0, callback)) }

    mutating func taken() -> [UInt8] {
        defer { pending = [] }
        return pending
    }

    mutating func putBack(_ bytes: [UInt8]) { if !bytes.isEmpty { pending = bytes + pending } }

    mutating func dropped() -> [OutputMachine.Callback] {
        pending = []
        return wrote(size)
    }

    mutating func wrote(_ count: Int) -> [OutputMachine.Callback] {
        written += count
        var passed: [OutputMachine.Callback] = []
        while let mark = marks.first, mark.place <= written {
            passed.append(mark.callback)
            awaited -= mark.size
            _ = marks.popFirst()
        }
        return passed
    }
}
