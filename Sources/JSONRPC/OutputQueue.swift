import CSystem
package import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whole lines to one descriptor, in order, without ever making their sender wait.
///
/// What the pipe or socket takes at once is written by the sender itself, which saves a change of threads on every small
/// answer. The rest is left to a thread that may block; it starts when it is first needed. Whose turn it is, an
/// ``OutputMachine`` decides.
package final class OutputQueue: Sendable {
    private let descriptor: Int32
    /// Many clients connect their servers by sockets, which can be written to without waiting, however full they are.
    private let isSocket: Bool
    private let machine = Monitor(OutputMachine())
    private let start: Threads.Starter
    private let closed: @Sendable () -> Void

    /// `start` begins a thread, as ``Threads/start(_:)`` does; `closed` is called once, when the reader of the descriptor
    /// has gone.
    package init(
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
    var unwritten: (all: Int, unawaited: Int) { machine.withLock { $0.unwritten } }

    /// The reader of the descriptor has gone.
    var isClosed: Bool { machine.withLock { $0.isClosed } }

    /// `written` is called once the line has left, or when it never can.
    package func append(_ message: [UInt8], written: (@Sendable () -> Void)? = nil) {
        switch machine.withLock({ $0.appended(message, written: written) }) {
        case .mine: writeWithoutWaiting()
        case .others: break
        case .never: written?()
        }
    }

    /// Collects what `body` appends, so that the answers to many lines read at once leave in one write.
    func collect(_ body: () -> Void) {
        machine.withLock { $0.collectingBegan() }
        body()
        if machine.withLock({ $0.collectingEnded() }) == .mine { writeWithoutWaiting() }
    }

    /// Calls back once all that was appended so far has left, or never can; perhaps at once.
    func whenWritten(_ callback: @escaping @Sendable () -> Void) {
        if machine.withLock({ $0.isWritten(orCall: callback) }) { callback() }
    }
}

// What the sender writes whose turn it is.
extension OutputQueue {
    private func writeWithoutWaiting() {
        if isSocket { writeToSocket() } else { writeToPipe() }
    }

    private func writeToPipe() {
        var room: Int?
        while true {
            switch machine.withLock({ $0.next(room: room) }) {
            case .write(let bytes):
                guard isWritable else { return leave(bytes) }
                guard write(bytes) else { return }
                room = nil
            case .measure: room = Int(oe_empty_pipe_room(descriptor))
            case .leave(let call): return callThread(call)
            case .end: return
            }
        }
    }

    private func writeToSocket() {
        while let bytes = taken() {
            guard let count = bytes.withUnsafeBytes({ Descriptors.sendNow($0, to: descriptor) }) else { return close() }
            passed(count)
            if count < bytes.count { return leave(Array(bytes[count...])) }
        }
    }

    /// All that waits, however much; nil when the turn has ended.
    private func taken() -> [UInt8]? {
        if case .write(let bytes) = machine.withLock({ $0.next(room: .max) }) { bytes } else { nil }
    }

    private func leave(_ unwritten: [UInt8]) { callThread(machine.withLock { $0.left(unwritten) }) }

    private func callThread(_ call: OutputMachine.ThreadCall) {
        switch call {
        case .wake: machine.notify()
        case .start:
            if start({ self.writeForever() }) { return }
            // Nothing else is there to write it: better to wait than to lose it.
            machine.withLock { $0.threadFailed() }
            while let bytes = taken(), write(bytes) {}
        }
    }

    private var isWritable: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLOUT) != 0
    }
}

// What sender and thread have in common.
extension OutputQueue {
    private func writeForever() {
        while case .write(let bytes) = machine.wait(for: { $0.nextOfThread() }) { _ = write(bytes) }
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

    private func passed(_ count: Int) {
        for callback in machine.withLock({ $0.wrote(count) }) { callback() }
    }

    private func close() {
        guard let callbacks = machine.withLock({ $0.readerGone() }) else { return }
        machine.notify()
        for callback in callbacks { callback() }
        closed()
    }
}
