import Synchronization

/// Records that end with the process.
package final class RecordsInMemory: RecordStore {
    private let table = Mutex(RecordTable())
    private let now: @Sendable () -> Double

    /// `now` is in seconds since 1970.
    package init(now: @escaping @Sendable () -> Double) { self.now = now }

    package func records(_ names: [String]) async -> [[UInt8]?] {
        let now = now()
        return table.withLock { table in names.map { table.value($0, at: now) } }
    }

    package func recordsAtHand(_ names: [String]) -> [[UInt8]?]? {
        let now = now()
        return table.withLock { table in names.map { table.value($0, at: now) } }
    }

    package func records(inList list: String) async -> [[UInt8]] {
        let now = now()
        return table.withLock { $0.values(inList: list, at: now) }
    }

    package func apply(_ change: RecordChange) async -> Bool {
        let now = now()
        return table.withLock { $0.apply(change, at: now) != nil }
    }
}
