package import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Lines on standard input and output; the one place that touches descriptors 0 and 1.
///
/// The protocol moves to private copies of both. Descriptor 1 then leads to stderr and descriptor 0 to nothing, so that
/// a stray print, a C library or a child can neither write into the conversation nor read from it.
package final class StdioTransport: MessageSink {
    /// Why reading stopped.
    package enum Ending: String, Sendable {
        case inputEnded, signalled, outputClosed, parentGone
    }

    private let input: Int32
    private let output: Int32
    private let queue: OutputQueue
    private let lineLimit: Int
    private let hungUp: (@Sendable () -> Void)?
    private let observer: (any MessageObserver)?
    private let parent = Descriptors.parentProcess()

    private static let chunkSize = 1 << 16
    private static let fullAt = 64 << 20
    private static let congestedAt = 1 << 20
    private static let pauseMilliseconds: Int32 = 20
    /// How long answers may take once the input has ended, and after a signal: clients that send one kill two seconds later.
    private static let drainSeconds = (ended: 5.0, signalled: 1.5)
    /// How long the input may be silent after the parent's end: before the client's first word, and after it.
    private static let silenceMilliseconds: (first: Int32, later: Int32) = (60_000, 1_000)

    /// Whether a person sits at standard input instead of a client.
    package static var isTerminal: Bool { isatty(0) == 1 }

    /// Takes over both descriptors, and SIGTERM, SIGINT and SIGPIPE with them; once in a process.
    ///
    /// With `hungUp` it takes over SIGHUP too: while ``serve(_:log:)`` reads, one or more of them are one call.
    package init(
        lineLimit: Int,
        hungUp: (@Sendable () -> Void)? = nil,
        observer: (any MessageObserver)? = nil
    ) {
        self.lineLimit = lineLimit
        self.hungUp = hungUp
        self.observer = observer
        input = Descriptors.privateCopy(of: 0)
        let output = Descriptors.privateCopy(of: 1)
        self.output = output
        Signals.install(withHangUp: hungUp != nil)
        queue = OutputQueue(descriptor: output) { Signals.wake() }
        Self.coverStandardDescriptors()
    }

    package func send(_ message: [UInt8], as kind: MessageKind, written: (@Sendable () -> Void)?) {
        observer?.sees(outgoing: message)
        queue.append(message, written: written)
    }

    package var isCongested: Bool { queue.unwritten.all > Self.congestedAt }

    /// Serves one conversation on the calling thread, until its client is done.
    ///
    /// What was received is answered before the end, for as long as ``drainSeconds`` allows. What is still at work then is
    /// cancelled, and not awaited.
    @discardableResult
    package func serve(_ conversation: Conversation, log: Log) -> Ending {
        let ending = run(for: conversation)
        log.debug("end", ("reason", ending.rawValue))
        conversation.endStandingRequests()
        conversation.endQuestions()
        switch ending {
        case .inputEnded: finish(seconds: Self.drainSeconds.ended) { conversation.whenIdle($0) }
        case .signalled: finish(seconds: Self.drainSeconds.signalled) { conversation.whenIdle($0) }
        case .outputClosed, .parentGone: break
        }
        conversation.cancelAll()
        return ending
    }

    /// Reads until there is no more reason to, on the calling thread; `conversation` gets each line in order.
    ///
    /// With too much that was read and waits, or too many errors that the client does not read, reading pauses; signals,
    /// and the end of the other side, are still noticed. Answers do not count: they are bounded by themselves, and who
    /// does not read them may still cancel.
    private func run(for conversation: Conversation) -> Ending {
        let ending = input < 0 ? .inputEnded : followInput(for: conversation)
        observer?.seesEnd(ending.rawValue)
        return ending
    }

    private func followInput(for conversation: Conversation) -> Ending {
        let exchange = conversation.standalone
        var framer = LineFramer(limit: lineLimit)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 16)
        defer { buffer.deallocate() }
        var parent = Parent(descriptor: parent)
        while true {
            let isFull = conversation.waitingBytes + queue.unwritten.unawaited > Self.fullAt
            if let ending = isFull ? pause(&parent) : waitForInput(&parent) { return ending }
            if isFull { continue }
            let count = Descriptors.read(input, into: buffer)
            guard count > 0 else {
                framer.end { receive($0, exchange) }
                return .inputEnded
            }
            let chunk = UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count])
            conversation.receiveTogether {
                queue.collect { framer.append(chunk) { receive($0, exchange) } }
            }
        }
    }

    private func receive(_ line: LineFramer.Line, _ exchange: Exchange) {
        if let observer { observer.sees(incoming: line) }
        exchange.receive(line)
    }

    /// Waits until `whenIdle` has called back and all that was sent is written, for `seconds` at most.
    ///
    /// A signal ends the wait, unless it was the reason to end, and so does a reader that goes.
    private func finish(seconds: Double, whenIdle: (@escaping @Sendable () -> Void) -> Void) {
        let end = ContinuousClock.now + .seconds(seconds)
        let wasSignalled = Signals.wasSignalled
        let isDone = Flag()
        whenIdle { [queue] in
            queue.whenWritten {
                isDone.value.store(true, ordering: .releasing)
                Signals.wake()
            }
        }
        while !isDone.value.load(ordering: .acquiring), !queue.isClosed, wasSignalled || !Signals.wasSignalled {
            let left = (end - .now) / .milliseconds(1)
            guard left > 0, Signals.waitForByte(milliseconds: Int32(left) + 1, orEndOf: output) else { return }
        }
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    /// The process that started this one, as far as its end shows anything of the client's.
    private struct Parent {
        /// Becomes readable at its end; -1 where nothing is to be learned from that.
        var descriptor: Int32
        var silence = StdioTransport.silenceMilliseconds.first
    }

    private enum Event {
        case input, inputClosed, parentGone, nothing
        case end(Ending)
    }

    /// Nil once there is input to read, or its end.
    ///
    /// A parent that has gone may have been the client, whose pipes others hold, or a launcher: a writer after its
    /// end is the client.
    private func waitForInput(_ parent: inout Parent) -> Ending? {
        var event = wait(for: input, parent.descriptor)
        if case .parentGone = event {
            event = wait(for: input, -1, milliseconds: parent.silence)
            switch event {
            case .input: parent.descriptor = -1
            case .inputClosed, .nothing, .parentGone: return .parentGone
            case .end: break
            }
        }
        parent.silence = Self.silenceMilliseconds.later
        if case .end(let ending) = event { return ending }
        return nil
    }

    /// Leaves the input alone for a while.
    private func pause(_ parent: inout Parent) -> Ending? {
        switch wait(for: -1, parent.descriptor, milliseconds: Self.pauseMilliseconds) {
        case .parentGone: .parentGone
        case .end(let ending): ending
        case .input, .inputClosed, .nothing: nil
        }
    }

    /// Waits for what comes first; signals, and the end of the reader, come before all else.
    private func wait(for input: Int32, _ parent: Int32, milliseconds: Int32 = -1) -> Event {
        var entries = [
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: Signals.wakeDescriptor, events: Int16(POLLIN), revents: 0),
            // No event is asked for: that the reader has gone is reported anyway.
            pollfd(fd: output, events: 0, revents: 0),
            pollfd(fd: parent, events: Int16(POLLIN), revents: 0),
        ]
        repeat {
            while poll(&entries, nfds_t(entries.count), milliseconds) < 0, errno == EINTR {}
            guard entries[1].revents != 0 else { break }
            // Taken before it is looked for what they were about, so that nothing is missed that comes meanwhile.
            Signals.takeBytes()
            if Signals.wasSignalled { return .end(.signalled) }
            if queue.isClosed { return .end(.outputClosed) }
            if Signals.takeHangUp() { hungUp?() }
        } while true
        if entries[2].revents != 0 { return .end(.outputClosed) }
        // Input that is there is read before the parent's end counts: a script may write its lines and go.
        if entries[0].revents & Int16(POLLIN) != 0 { return .input }
        if entries[3].revents != 0 { return .parentGone }
        return entries[0].revents != 0 ? .inputClosed : .nothing
    }

    private static func coverStandardDescriptors() {
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        dup2(nothing, 0)
        if dup2(2, 1) < 0 { dup2(nothing, 1) }
        if nothing > 2 { close(nothing) }
    }
}

/// The signals that end the process, as bytes in a pipe that the reading thread watches.
private enum Signals {
    private static let pipe = Descriptors.wakePipe()
    private static let writing = Atomic<Int32>(-1)
    private static let signalled = Atomic(false)
    private static let hungUp = Atomic(false)

    static var wakeDescriptor: Int32 { pipe.reading }
    static var wasSignalled: Bool { signalled.load(ordering: .relaxed) }

    static func takeHangUp() -> Bool { hungUp.exchange(false, ordering: .relaxed) }

    static func install(withHangUp: Bool) {
        writing.store(pipe.writing, ordering: .relaxed)
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] { signal(number) { _ in Signals.received() } }
        hungUp.store(false, ordering: .relaxed)
        if withHangUp { signal(SIGHUP) { _ in Signals.receivedHangUp() } }
        // A client may start us with signals blocked.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
    }

    static func wake() { writeByte() }

    /// False when the reader of `output` has gone.
    static func waitForByte(milliseconds: Int32, orEndOf output: Int32) -> Bool {
        var entries = [
            pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output, events: 0, revents: 0),
        ]
        poll(&entries, nfds_t(entries.count), milliseconds)
        if entries[0].revents != 0 { takeBytes() }
        return entries[1].revents == 0
    }

    static func takeBytes() {
        var bytes: UInt64 = 0
        _ = read(wakeDescriptor, &bytes, MemoryLayout.size(ofValue: bytes))
    }

    private static func receivedHangUp() {
        hungUp.store(true, ordering: .relaxed)
        writeByte()
    }

    private static func received() {
        // The second one does not wait for anything.
        if signalled.exchange(true, ordering: .relaxed) { _exit(0) }
        writeByte()
    }

    private static func writeByte() {
        var byte: UInt8 = 0
        _ = write(writing.load(ordering: .relaxed), &byte, 1)
    }
}
