import Crypto
import Files
import Threads

/// Brings changes of records to the disk, with a thread of its own: all that wait go together.
///
/// Until a change is on the disk, what is read is what was there before; one that cannot be written has never been.
final class RecordWriter: Sendable {
    fileprivate struct Waiter {
        let isMade: Bool
        let continuation: CheckedContinuation<Result<Bool, GrantsUnavailable>, Never>
    }

    fileprivate struct State {
        /// With the changes that are not on the disk yet.
        var table: RecordTable
        /// What is on the disk for each name that those change.
        var former: [String: RecordTable.Row?] = [:]
        /// The names that have changed since the last write began.
        var waiting: Set<String> = []
        var waiters: [Waiter] = []
        /// Whether what is in the file may not be what was kept, since something could not be written.
        var isBehind = false
        var hasThread = false
        var isClosed = false
        var log = RecordLog()
        var size = 0
        var sizeWhenNew = 0
    }

    /// What is to be written next.
    private enum Work {
        case entries([RecordLog.Entry], [Waiter])
        /// Everything, into a new file.
        case all(RecordTable, [Waiter])
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

    func values(_ names: [String], at now: Double) -> [[UInt8]?] {
        state.withLock { state in names.map { state.value($0, at: now) } }
    }

    func values(inList list: String, at now: Double) -> [[UInt8]] {
        state.withLock { $0.values(inList: list, at: now) }
    }

    /// False when something is not as the change expects it.
    ///
    /// Returns once what that rests on is on the disk.
    func apply(_ change: RecordChange, at now: Double) async throws(GrantsUnavailable) -> Bool {
        let result = await withCheckedContinuation { continuation in
            let (known, needsThread) = state.withLock { state -> (Bool?, Bool) in
                let (isMade, waits) = state.apply(change, at: now)
                guard waits else { return (isMade, false) }
                state.waiters.append(Waiter(isMade: isMade, continuation: continuation))
                defer { state.hasThread = true }
                return (nil, !state.hasThread)
            }
            if let known { return continuation.resume(returning: .success(known)) }
            state.notifyOne()
            if needsThread, !Threads.start({ self.work() }) { writeWithoutThread() }
        }
        return try result.get()
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
        guard !state.waiters.isEmpty else { return state.isClosed ? .nothing : nil }
        defer { (state.waiting, state.waiters) = ([], []) }
        if state.isBehind || state.size > max(smallSize, 4 * state.sizeWhenNew) {
            return .all(state.table, state.waiters)
        }
        return .entries(state.waiting.map { RecordLog.Entry($0, state.table.rows[$0]) }, state.waiters)
    }

    private func write(_ work: Work) {
        switch work {
        case .entries(let entries, let waiters):
            let rows = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.row) })
            settle(waiters, { rows[$0] ?? nil }) { if !entries.isEmpty { try write(entries) } }
        case .all(let table, let waiters): settle(waiters, { table.rows[$0] }) { try write(table) }
        case .nothing: break
        }
    }

    /// Lets those go on who wait for `body`; where it fails, all, since the changes of others may rest on it.
    private func settle(_ waiters: [Waiter], _ written: (String) -> RecordTable.Row?, _ body: () throws -> Void) {
        do {
            try body()
            state.withLock { $0.keep(written) }
            for waiter in waiters { waiter.continuation.resume(returning: .success(waiter.isMade)) }
        } catch {
            let failure = GrantsUnavailable(
                "Sign-ins cannot be written: \((error as? FileError)?.description ?? "\(error)")."
            )
            for waiter in waiters + state.withLock({ $0.undo() }) {
                waiter.continuation.resume(returning: .failure(failure))
            }
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
}

// What is read, what is changed, and what is kept of it.
extension RecordWriter.State {
    func value(_ name: String, at now: Double) -> [UInt8]? {
        guard let former = former[name] else { return table.value(name, at: now) }
        return former.flatMap { $0.end > now ? $0.value : nil }
    }

    func values(inList list: String, at now: Double) -> [[UInt8]] {
        let others = former.values.compactMap { $0 }.filter { $0.end > now && $0.lists.contains(list) }
        return table.values(inList: list, at: now, where: { former[$0] == nil }) + others.map { $0.value }
    }

    /// Whether the change is made, and whether that rests on what is not on the disk yet.
    mutating func apply(_ change: RecordChange, at now: Double) -> (isMade: Bool, waits: Bool) {
        // What is read is on the disk.
        if change.isEmpty { return (true, false) }
        guard let changed = table.apply(change, at: now) else {
            return (false, change.expected.keys.contains { former[$0] != nil })
        }
        if change.isVolatile { return (true, false) }
        former.merge(changed) { first, _ in first }
        waiting.formUnion(changed.keys)
        return (true, true)
    }

    /// What was written has become what is on the disk.
    mutating func keep(_ written: (String) -> RecordTable.Row?) {
        former = [:]
        for name in waiting { former[name] = .some(written(name)) }
    }

    /// Takes back what is not on the disk; who waited for it.
    mutating func undo() -> [RecordWriter.Waiter] {
        for (name, row) in former { table.set(name, row) }
        defer { waiters = [] }
        (former, waiting, isBehind) = ([:], [], true)
        return waiters
    }
}
