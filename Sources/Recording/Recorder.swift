import Clock
package import Files
package import JSON
package import JSONRPC
package import Logging
import Threads

/// Keeps what both sides of a conversation say, without secrets, one line of JSON for each message.
///
/// Who speaks never waits: a thread writes what was said. Where the file cannot be written, the disk is too slow for what
/// comes, or the file is full, the recording ends, and the conversation goes on.
package final class Recorder: MessageObserver {
    package struct Limits: Sendable {
        /// Of the file, in bytes.
        package var file = 64 << 20
        /// Of what waits to be written, in bytes.
        package var waiting = 32 << 20

        package init() {}
    }

    private struct State {
        var waiting = Queue<Heard>()
        var bytes = 0
        /// Why nothing more is kept.
        var end: String?
        var isOver = false
    }

    private let file: NewFile
    private let header: JSON
    private let limits: Limits
    private let redactor: Redactor
    private let knowsSecrets: @Sendable () -> Bool
    private let start = SystemClock.nanoseconds()
    private let failed: @Sendable (String) -> Void
    private let state = Monitor(State())

    /// `header` says what was recorded, and gets the revision when it is known.
    ///
    /// Nothing is written as long as `knowsSecrets` is false, since what is not known yet cannot be redacted: it is asked
    /// when something is said, and at the end. `failed` is called at most once, with why the recording ended before the
    /// conversation.
    package init(
        to file: NewFile,
        header: JSON,
        redactor: Redactor,
        limits: Limits = Limits(),
        knowsSecrets: @escaping @Sendable () -> Bool = { true },
        failed: @escaping @Sendable (String) -> Void
    ) {
        self.file = file
        self.header = header
        self.limits = limits
        self.redactor = redactor
        self.knowsSecrets = knowsSecrets
        self.failed = failed
        if !Threads.start({ self.follow() }) { end(because: "the system has no thread left") }
    }

    package func sees(incoming line: LineFramer.Line) { keep(.client, .line(line)) }
    package func sees(outgoing message: [UInt8]) { keep(.server, .line(.text(message))) }
    package func seesEnd(_ reason: String) { keep(.client, .closed(reason)) }

    /// Returns when all is written, or after so many seconds.
    package func finish(seconds: Double) {
        state.withLock { $0.end = $0.end ?? Recording.done }
        state.notify()
        _ = state.wait(seconds: seconds) { $0.isOver ? true : nil }
    }

    private var milliseconds: Int { (SystemClock.nanoseconds() - start) / 1_000_000 }

    private func keep(_ side: RecordedEvent.Side, _ words: Heard.Words) {
        let heard = Heard(side: side, words: words, milliseconds: milliseconds)
        state.withLock { state in
            guard state.end == nil else { return }
            guard state.bytes + heard.size <= limits.waiting else {
                state.end = "the disk is too slow"
                return
            }
            state.bytes += heard.size
            state.waiting.append(heard)
        }
        state.notify()
    }

    private func end(because reason: String) {
        failed(reason)
        state.withLock { state in
            state.waiting = Queue()
            state.end = reason
            state.isOver = true
        }
        state.notify()
    }
}

/// What was heard, as it came: to read it is the work of the thread that writes.
private struct Heard: Sendable {
    enum Words: Sendable {
        case line(LineFramer.Line)
        case closed(String)
    }

    let side: RecordedEvent.Side
    let words: Words
    let milliseconds: Int

    var size: Int {
        switch words {
        case .line(.text(let bytes)): bytes.count
        case .line(.tooLong(let start, let end)): start.count + end.count
        case .closed(let reason): reason.utf8.count
        }
    }

    var event: RecordedEvent {
        switch words {
        case .line(let line): RecordedEvent(side, line, milliseconds: milliseconds)
        case .closed(let reason): RecordedEvent(side, .closed(reason), milliseconds: milliseconds)
        }
    }
}

// What the thread does that writes.
extension Recorder {
    private enum Step {
        case add(Heard)
        case end
    }

    private func follow() {
        var pen = Pen(file: file, limit: limits.file - Self.spare)
        do throws(FileError) {
            while case .add(let heard) = nextStep() {
                let event = heard.event
                if pen.written == 0 { try pen.add(header(event.revision)) }
                guard try pen.add(event.redacted(by: redactor.finder).json) else {
                    state.withLock { $0.end = "the limit of \(limits.file) bytes is reached" }
                    break
                }
            }
            if pen.written == 0 { try pen.add(header(nil)) }
            let reason = state.withLock { $0.end } ?? Recording.done
            try pen.close(with: ["ms": .int(milliseconds), "end": .string(reason)])
            if reason != Recording.done { return end(because: reason) }
            state.withLock { $0.isOver = true }
            state.notify()
        } catch {
            end(because: error.description)
        }
    }

    /// For the last line.
    private static let spare = 256

    private static let isUnredacted =
        "a secret that is kept elsewhere was not looked up, so nothing more can be redacted"

    /// Waits until something can be written, or is over.
    private func nextStep() -> Step {
        var looked = 0
        while true {
            let (count, isEnd) = state.wait { state -> (Int, Bool)? in
                state.end != nil || state.waiting.count > looked ? (state.waiting.count, state.end != nil) : nil
            }
            if knowsSecrets() { return state.withLock { Self.step(&$0) } }
            if isEnd { return state.withLock { Self.dropped(&$0) } }
            looked = count
        }
    }

    private static func step(_ state: inout State) -> Step {
        guard let heard = state.waiting.popFirst() else { return .end }
        state.bytes -= heard.size
        return .add(heard)
    }

    private static func dropped(_ state: inout State) -> Step {
        if state.waiting.count > 0 { state.end = isUnredacted }
        state.waiting = Queue()
        return .end
    }

    private func header(_ revision: String?) -> JSON {
        var header = header
        if let revision { header["revision"] = .string(revision) }
        let finder = redactor.finder
        return header.replacingTexts { finder.redacted($0, readingEscapes: true) } ?? header
    }
}

/// Writes lines as long as there is room.
private struct Pen {
    let file: NewFile
    let limit: Int
    private(set) var written = 0

    init(file: NewFile, limit: Int) {
        self.file = file
        self.limit = limit
    }

    /// False where the line has no room any more.
    @discardableResult mutating func add(_ line: JSON) throws(FileError) -> Bool {
        let bytes = line.bytes + [UInt8(ascii: "\n")]
        guard written + bytes.count <= limit else { return false }
        try file.append(bytes)
        written += bytes.count
        return true
    }

    /// Room was left for this line.
    func close(with line: JSON) throws(FileError) { try file.append(line.bytes + [UInt8(ascii: "\n")]) }
}
