import Testing

@testable import Telemetry

@Suite struct `Spans that wait for the collector` {
    private var queue = SpanQueue<Int>(capacity: 3)

    @Test mutating func `are sent from the first one on, oldest first and so many at a time`() {
        #expect(queue.added(1) == .init(dropsOldest: false, startsSending: true))
        #expect(queue.added(2) == .init(dropsOldest: false, startsSending: false))
        #expect(queue.added(3).startsSending == false)
        #expect(queue.batch(upTo: 2) == [1, 2])
        #expect(queue.batch(upTo: 2) == [3])
        // Who asks at the end finds nothing left, and both batches still on their way.
        #expect(queue.batch(upTo: 2) == [] && !queue.isDone)
        queue.settled()
        #expect(!queue.isDone)
        queue.settled()
        #expect(queue.isDone)
        #expect(queue.added(4).startsSending)
    }

    @Test mutating func `make room for new ones`() {
        for number in 1...5 { #expect(queue.added(number).dropsOldest == (number > 3)) }
        #expect(queue.batch(upTo: 9) == [3, 4, 5])
    }
}
