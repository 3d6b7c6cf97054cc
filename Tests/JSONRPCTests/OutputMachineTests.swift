import Synchronization
import Testing

@testable import JSONRPC

@Suite struct `Who writes to a descriptor` {
    private var machine = OutputMachine()
    private let notices = Notices()

    @Test mutating func `is the sender, until nothing waits`() {
        #expect(append("a") == .mine)
        #expect(machine.next(room: nil) == .write(bytes("a\n")))
        #expect(append("b") == .others)
        #expect(append("c") == .others)
        wrote(2)
        #expect(machine.next(room: nil) == .write(bytes("b\nc\n")))
        wrote(4)
        #expect(machine.next(room: nil) == .end)
        #expect(append("d") == .mine)
    }

    @Test mutating func `is no sender whose lines are collected, and then the one who has collected them`() {
        machine.collectingBegan()
        #expect(append("a") == .others)
        #expect(append("b") == .others)
        #expect(machine.collectingEnded() == .mine)
        #expect(machine.next(room: nil) == .write(bytes("a\nb\n")))
        #expect(machine.next(room: nil) == .end)
    }

    @Test mutating func `is the one who writes already, although lines are collected`() {
        #expect(append("a") == .mine)
        machine.collectingBegan()
        #expect(append("b") == .others)
        #expect(machine.next(room: nil) == .write(bytes("a\nb\n")))
        #expect(machine.collectingEnded() == .others)
        #expect(append("c") == .others)
        #expect(machine.next(room: nil) == .write(bytes("c\n")))
        #expect(machine.next(room: nil) == .end)
    }

    @Test mutating func `is not the one who has collected nothing`() {
        machine.collectingBegan()
        #expect(machine.collectingEnded() == .others)
        #expect(append("a") == .mine)
    }

    @Test mutating func `is the sender of much only where there is room for it`() {
        #expect(append(String(repeating: "a", count: 5000)) == .mine)
        #expect(machine.next(room: nil) == .measure)
        guard case .write(let written) = machine.next(room: 65_536) else { return notWritten() }
        #expect(written.count == 5001)
        wrote(5001)
        #expect(append(String(repeating: "b", count: 5000)) == .others)
        #expect(machine.next(room: nil) == .measure)
        #expect(machine.next(room: 0) == .leave(.start))
    }

    /// A pipe that can be written to takes 4096 bytes.
    @Test(arguments: [(4095, true), (4096, false)])
    mutating func `is the sender of little, however much room there is`(count: Int, isLittle: Bool) {
        #expect(append(String(repeating: "a", count: count)) == .mine)
        if isLittle {
            guard case .write = machine.next(room: 0) else { return notWritten() }
        } else {
            #expect(machine.next(room: 0) == .leave(.start))
        }
    }

    @Test mutating func `is the thread once the sender cannot go on, from where it stopped`() {
        #expect(append("abc") == .mine)
        #expect(machine.next(room: .max) == .write(bytes("abc\n")))
        #expect(append("d") == .others)
        wrote(1)
        #expect(machine.left(bytes("bc\n")) == .start)
        #expect(append("e") == .others)
        #expect(machine.nextOfThread() == .write(bytes("bc\nd\ne\n")))
        #expect(append("f") == .others)
        #expect(machine.nextOfThread() == .write(bytes("f\n")))
        #expect(machine.nextOfThread() == nil)
    }

    @Test mutating func `is the sender again when the thread has nothing left, which is only woken the next time`() {
        sendThroughThread()
        #expect(append("b") == .mine)
        #expect(machine.nextOfThread() == nil)
        #expect(machine.next(room: nil) == .write(bytes("b\n")))
        #expect(machine.left(bytes("b\n")) == .wake)
        #expect(machine.nextOfThread() == .write(bytes("b\n")))
    }

    @Test mutating func `is not the thread that sleeps while lines are collected`() {
        sendThroughThread()
        machine.collectingBegan()
        #expect(append("b") == .others)
        #expect(machine.nextOfThread() == nil)
        #expect(machine.collectingEnded() == .mine)
    }

    @Test mutating func `is the sender after all where no thread can be started`() {
        #expect(append("a") == .mine)
        #expect(machine.next(room: nil) == .write(bytes("a\n")))
        #expect(machine.left(bytes("a\n")) == .start)
        machine.threadFailed()
        #expect(append("b") == .others)
        #expect(machine.next(room: .max) == .write(bytes("a\nb\n")))
        #expect(machine.next(room: .max) == .end)
        #expect(append("c") == .mine)
        #expect(machine.next(room: nil) == .write(bytes("c\n")))
        #expect(machine.left(bytes("c\n")) == .start, "The next time it is tried again.")
    }

    @Test mutating func `is notified of each line that has left, and not before all of it has`() {
        #expect(append("abc", notice: "first") == .mine)
        #expect(append("d") == .others)
        #expect(append("e", notice: "second") == .others)
        #expect(machine.unwritten == (8, 2))
        #expect(wrote(3) == [])
        #expect(machine.unwritten == (5, 2))
        #expect(wrote(1) == ["first"])
        #expect(machine.unwritten == (4, 2))
        #expect(wrote(4) == ["second"])
        #expect(machine.unwritten == (0, 0))
    }

    @Test mutating func `need not be known to who waits until all has left`() {
        #expect(machine.isWritten(orCall: notices.callback("nothing waits")) == true)
        #expect(append("a") == .mine)
        #expect(machine.isWritten(orCall: notices.callback("all")) == false)
        #expect(append("b") == .others)
        #expect(wrote(2) == ["all"])
        #expect(machine.unwritten == (2, 2))
    }

    @Test mutating func `is not asked any more once the reader has gone, of which all are notified who wait`() {
        #expect(append("a", notice: "line") == .mine)
        #expect(machine.isWritten(orCall: notices.callback("all")) == false)
        #expect(!machine.isClosed)
        #expect(notices.heard(from: machine.readerGone()) == ["line", "all"])
        #expect(machine.isClosed)
        #expect(machine.unwritten == (0, 0))
        #expect(machine.readerGone() == nil)
        #expect(append("b", notice: "too late") == .never)
        #expect(machine.next(room: nil) == .end)
        #expect(machine.isWritten(orCall: notices.callback("too late")) == true)
        machine.collectingBegan()
        #expect(append("c") == .never)
        #expect(machine.collectingEnded() == .others)
    }

    @Test mutating func `is no thread once the reader has gone`() {
        sendThroughThread()
        #expect(append("b") == .mine)
        #expect(machine.readerGone()?.count == 0)
        #expect(machine.nextOfThread() == .end)
    }

    /// A first line that does not leave at once.
    private mutating func sendThroughThread() {
        #expect(append("a") == .mine)
        #expect(machine.next(room: nil) == .write(bytes("a\n")))
        #expect(machine.left(bytes("a\n")) == .start)
        #expect(machine.nextOfThread() == .write(bytes("a\n")))
        wrote(2)
        #expect(machine.nextOfThread() == nil)
    }

    private mutating func append(_ line: String, notice: String? = nil) -> OutputMachine.Turn {
        machine.appended(bytes(line), written: notice.map { notices.callback($0) })
    }

    @discardableResult private mutating func wrote(_ count: Int) -> [String] {
        notices.heard(from: machine.wrote(count))
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func notWritten() { Issue.record("It is not written by its sender.") }
}

/// Callbacks that can be told apart.
private final class Notices: Sendable {
    private let heard = Mutex<[String]>([])

    func callback(_ name: String) -> @Sendable () -> Void {
        { self.heard.withLock { $0.append(name) } }
    }

    func heard(from callbacks: [@Sendable () -> Void]?) -> [String] {
        for callback in callbacks ?? [] { callback() }
        return heard.withLock { heard in
            defer { heard = [] }
            return heard
        }
    }
}
