import Crypto
import Files
import Threads

/// Brings changes of records to the disk, with a thread of its own: all that wait go together.
final class RecordWriter: Sendable {
    private struct State {
        var table: RecordTable
        var waiting: [RecordLog.Entry] = []
        /// How many entries there have been, and how many of them are on the disk.
        var made = 0
        var kept = 0
        var waiters: [(place: Int, continuation: CheckedContinuation<GrantsUnavailable?, Never>)] = []
        /// Whether what is in the file is not what is here, since something could not be written.
        var isBehind = false
        var hasThread = false
        var isClosed = false
        var log = RecordLog()
        var size = 0
        var sizeWhenNew = 0
    }

    /// What is to be written next.
    private enum Work {
        case entries([RecordLog.Entry], place: Int)
        /// Everything, into a new file.
        case all(RecordTable, place: Int)
        case nothing
    }

    private let file: RecordFile
    private let state: Monitor<State>

    /// A file is written again when it is as long as this, and four times as long as it was when it was new.
    private static let smallSize = 4 << 20
    private static let entriesPerLine = 100

    init(_ file: RecordFile, _ table: RecordTable) {
        self.file = file
        state = Monitor(State(table: table))
    }

    func withTable<Result>(_ body: (RecordTable) -> Result) -> Result { state.withLock { body($0.table) } }

    /// Nil when something is not as the change expects it; else what to wait for.
    func apply(_ change: RecordChange, at now: Double) -> Int? {
        state.withLock { state in
            guard let changed = state.table.apply(change, at: now) else { return nil }
            if !change.isVolatile {
                state.waiting += changed.map { RecordLog.Entry($0, state.table.rows[$0]) }
                state.made += changed.count
            }
            return state.made
        }
    }

    func waitUntilKept(_ place: Int) async throws(GrantsUnavailable) {
        let failure = await withCheckedContinuation { continuation in
            let (isKept, needsThread) = state.withLock { state in
                if state.kept >= place { return (true, false) }
                state.waiters.append((place, continuation))
                defer { state.hasThread = true }
                return (false, !state.hasThread)
            }
            if isKept { return continuation.resume(returning: nil) }
            state.notifyOne()
            if needsThread, !Threads.start({ self.work() }) { writeWithoutThread() }
        }
        if let failure { throw failure }
    }

    /// Writes all records into a new file.
    func renew() throws(FolderFault) {
        let table = state.withLock { $0.table }
        do {
            try write(table)
        } catch let error as FileError {
            throw .file(error)
        } catch {
            throw .noCryptography("\(error)")
        }
    }

    /// The thread ends when all that waits is written.
    func close() {
        state.withLock { $0.isClosed = true }
        state.notify()
    }

    private func work() {
        while true {
            switch state.wait(for: { Self.next(&$0) }) {
            case .nothing: return
            case let work: write(work)
            }
        }
    }

    private func writeWithoutThread() {
        while let work = state.withLock({ state in
            let work = Self.next(&state)
            if work == nil { state.hasThread = false }
            return work
        }) { write(work) }
    }

    private static func next(_ state: inout State) -> Work? {
        guard !state.waiting.isEmpty || !state.waiters.isEmpty else { return state.isClosed ? .nothing : nil }
        defer { state.waiting = [] }
        if state.isBehind || state.size > max(smallSize, 4 * state.sizeWhenNew) {
            return .all(state.table, place: state.made)
        }
        return .entries(state.waiting, place: state.made)
    }

    private func write(_ work: Work) {
        do {
            switch work {
            case .entries(let entries, let place):
                try write(entries)
                finish(place, nil)
            case .all(let table, let place):
                try write(table)
                finish(place, nil)
            case .nothing: break
            }
        } catch {
            let failure = GrantsUnavailable(
                "Sign-ins cannot be written: \((error as? FileError)?.description ?? "\(error)")."
            )
            state.withLock { $0.isBehind = true }
            finish(nil, failure)
        }
    }

    private func write(_ entries: [RecordLog.Entry]) throws {
        var log = state.withLock { $0.log }
        let bytes = try log.line(entries)
        try file.append(bytes)
        state.withLock { state in
            state.log = log
            state.size += bytes.count
        }
    }

    /// A line at a time, since all of them together are as large as the table.
    private func write(_ table: RecordTable) throws {
        let file = try file.replacement()
        var log = RecordLog()
        var (size, entries): (Int, [RecordLog.Entry]) = (0, [])
        let append = { (line: [UInt8]) in
            size += line.count
            try file.append(line)
        }
        try append(try log.header())
        for (name, row) in table.rows where !row.isVolatile {
            entries.append(RecordLog.Entry(name, row))
            guard entries.count == Self.entriesPerLine else { continue }
            try append(try log.line(entries))
            entries = []
        }
        if !entries.isEmpty { try append(try log.line(entries)) }
        try file.finish(durably: true)
        state.withLock { [log, size] state in
            state.log = log
            state.isBehind = false
            state.size = size
            state.sizeWhenNew = size
        }
    }

    /// Lets those go on who wait for something up to `place`, or with a failure all.
    private func finish(_ place: Int?, _ failure: GrantsUnavailable?) {
        let done = state.withLock { state in
            if let place { state.kept = place }
            let isDone = { (waiter: Int) in place.map { waiter <= $0 } ?? true }
            defer { state.waiters.removeAll { isDone($0.place) } }
            return state.waiters.filter { isDone($0.place) }
        }
        for waiter in done { waiter.continuation.resume(returning: failure) }
    }
}
