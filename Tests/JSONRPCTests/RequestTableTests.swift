import JSON
import Synchronization
import Testing
import Threads

@testable import JSONRPC

@Suite struct `The table of requests` {
    private let start = ContinuousClock.now

    @Test func `begins the only request at once, on the thread that opened it`() {
        let table = RequestTable(slots: 2)
        let threads = Mutex<[UInt]>([])
        let work = LongWork {
            threads.withLock { $0.append(Threads.current) }
            return .success(.emptyObject)
        }
        table.open(id(1), cost: 1, work, at: start) { _, written in written() }
        #expect(threads.withLock { $0 } == [Threads.current])
    }

    @Test func `begins what was opened together only when all of it is`() async {
        let table = RequestTable(slots: 2)
        let events = Mutex<[String]>([])
        table.hold {
            for number in 1...2 {
                let work = LongWork {
                    events.withLock { $0.append("begun") }
                    return .success(.emptyObject)
                }
                table.open(id(number), cost: 1, work, at: start) { _, written in written() }
            }
            events.withLock { $0.append("quick") }
        }
        await withCheckedContinuation { done in table.whenEmpty { done.resume() } }
        #expect(events.withLock { $0 } == ["quick", "begun", "begun"])
    }

    @Test func `cancels the work whose time is over, and still delivers what it says`() async throws {
        let table = RequestTable(slots: 1)
        let outcome = await withCheckedContinuation { continuation in
            let work = LongWork(within: Deadline(.seconds(50))) {
                try? await Task.sleep(for: .seconds(600))
                return .success(EncodedJSON(.bool(Task.isCancelled)))
            }
            table.open(id(1), cost: 1, work, at: start) { outcome, _ in continuation.resume(returning: outcome) }
            table.tick(at: start + .seconds(49))
            table.tick(at: start + .seconds(50))
        }
        #expect(try outcome?.get().bytes == Array("true".utf8))
    }

    @Test func `starts a request that waited too long for a slot, cancelled, so that it is answered`() async throws {
        let table = RequestTable(slots: 0)
        let outcome = await withCheckedContinuation { continuation in
            let work = LongWork(within: Deadline(.seconds(50))) {
                while !Task.isCancelled { await Task.yield() }
                return .success(EncodedJSON("late"))
            }
            table.open(id(1), cost: 7, work, at: start) { outcome, _ in continuation.resume(returning: outcome) }
            #expect(table.waitingCost == 7)
            table.tick(at: start + .seconds(60))
        }
        #expect(try outcome?.get().bytes == Array(#""late""#.utf8))
        #expect(table.waitingCost == 0)
    }

    @Test func `shows a sign of life for what waits, and none for what is cancelled`() {
        let table = RequestTable(slots: 0)
        let beats = Counter()
        let work = LongWork(within: Deadline(.seconds(50)), beat: { beats.add() }) { .success(.emptyObject) }
        table.open(id(1), cost: 1, work, at: start) { _, _ in }
        table.tick(at: start + .seconds(1))
        table.tick(at: start + .seconds(2))
        #expect(beats.count == 2)
        #expect(table.cancel(id(1)))
        table.tick(at: start + .seconds(3))
        #expect(beats.count == 2)
        #expect(!table.cancel(id(1)))
    }

    @Test func `tells the work that it was cancelled before anything else`() {
        let table = RequestTable(slots: 0)
        let calls = Counter()
        let work = LongWork(cancelled: { calls.add() }) { .success(.emptyObject) }
        table.open(id(1), cost: 1, work, at: start) { _, _ in #expect(calls.count == 1) }
        #expect(table.cancel(id(1)))
        #expect(calls.count == 1)
    }

    private func id(_ number: Int) -> RequestID {
        guard let id = RequestID(.int(number)) else { preconditionFailure("a whole number is an id") }
        return id
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }
}
