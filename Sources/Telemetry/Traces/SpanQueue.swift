import Threads

/// The spans that wait for the collector, and what is to be done about them; oldest first.
///
/// A value without lock, task or clock, so that a test can walk through any order of events.
struct SpanQueue<Span: Sendable> {
    private var waiting = Queue<Span>()
    private let capacity: Int
    private var isSending = false
    /// Batches that were taken and have not arrived: at the end two may send at a time.
    private var batchesOnTheirWay = 0

    init(capacity: Int = 2048) { self.capacity = capacity }

    var isEmpty: Bool { waiting.count == 0 }
    /// Nothing waits, and nothing is on its way.
    var isDone: Bool { isEmpty && batchesOnTheirWay == 0 }

    struct Addition: Hashable {
        /// The oldest had to leave.
        let dropsOldest: Bool
        /// No one is sending yet.
        let startsSending: Bool
    }

    mutating func added(_ span: Span) -> Addition {
        let isFull = waiting.count >= capacity
        if isFull { _ = waiting.popFirst() }
        waiting.append(span)
        defer { isSending = true }
        return Addition(dropsOldest: isFull, startsSending: !isSending)
    }

    /// What is to be sent next; where there is nothing, sending is over, and the next span starts it again.
    mutating func batch(upTo most: Int) -> [Span] {
        var batch: [Span] = []
        while batch.count < most, let span = waiting.popFirst() { batch.append(span) }
        if batch.isEmpty { isSending = false } else { batchesOnTheirWay += 1 }
        return batch
    }

    /// A batch was taken by the collector, or is given up.
    mutating func settled() { batchesOnTheirWay -= 1 }
}
