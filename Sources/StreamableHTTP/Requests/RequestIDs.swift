import Synchronization

/// Ids of requests, in answers and in the log: unique here, and unlike those of another process.
final class RequestIDs: Sendable {
    private let prefix = String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16) + "-"
    private let last = Atomic(0)

    func next() -> String { prefix + String(last.add(1, ordering: .relaxed).newValue) }
}
