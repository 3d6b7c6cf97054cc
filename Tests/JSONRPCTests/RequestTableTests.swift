import JSON
import Synchronization
import Testing
import Threads

@testable import JSONRPC

@Suite(.timeLimit(.minutes(5))) struct `The table of requests` {
    private let start = ContinuousClock.now

    @Test func `begins the only request at once, on the thread that opened it`() {
        let table = RequestTable(slots: .alone(2))
        let threads = Mutex<[UInt]>([])
        let work = Job {
            threads.withLock { $0.append(Threads.current) }
            return .success(.emptyObject)
        }
        table.open(id(1), cost: 1, work, at: start) { _, written in written?() }
        #expect(threads.withLock { $0 } == [Threads.current])
    }

    @Test func `begins a long request elsewhere, so that the next can be heard`() async {
        let table = RequestTable(slots: .alone(2))
        let thread = await withCheckedContinuation { continuation in
            let work = Job {
                continuation.resume(returning: Threads.current)
                return .success(.emptyObject)
            }
            table.hold { table.open(id(1), cost: 1 << 20, work, at: start) { _, written in written?() } }
        }
        let workers = await Task(executorPreference: WorkerPool.shared) { Threads.current }.value
        #expect(thread == workers || thread != Threads.current)
    }

    @Test func `begins what was opened together only when all of it is`() async {
        let table = RequestTable(slots: .alone(2))
        let events = Mutex<[String]>([])
        table.hold {
            for number in 1...2 {
                let work = Job {
                    events.withLock { $0.append("begun") }
                    return .success(.emptyObject)
                }
                table.open(id(number), cost: 1, work, at: start) { _, written in written?() }
            }
            events.withLock { $0.append("quick") }
        }
        await withCheckedContinuation { done in table.whenEmpty { done.resume() } }
        #expect(events.withLock { $0 } == ["quick", "begun", "begun"])
    }

    @Test func `cancels the work whose time is over, and still delivers what it says`() async throws {
        let table = RequestTable(slots: .alone(1))
        let outcome = await withCheckedContinuation { continuation in
            let work = Job(within: Deadline(.seconds(50))) {
                try? await Task.sleep(for: .seconds(600))
                return .success(EncodedJSON(.bool(Task.isCancelled)))
            }
            table.open(id(1), cost: 1, work, at: start) { outcome, _ in continuation.resume(returning: outcome) }
            table.tick(at: start + .seconds(49))
            table.tick(at: start + .seconds(50))
        }
        #expect(try outcome?.get().bytes == Array("true".utf8))
    }

    @Test func `answers requests that waited too long for a slot, and begins none of them`() async throws {
        let table = RequestTable(slots: .alone(0))
        let count = 20_000
        let outcomes = Mutex<[Outcome?]>([])
        let work = Job(within: Deadline(.seconds(50)), expired: { .success(EncodedJSON("late")) }) {
            Issue.record("It was begun.")
            return .success(.emptyObject)
        }
        for number in 1...count {
            table.open(id(number), cost: 7, work, at: start) { outcome, written in
                #expect(written == nil, "There is no slot to give back.")
                outcomes.withLock { $0.append(outcome) }
            }
        }
        #expect(table.waitingCost == 7 * count)
        table.tick(at: start + .seconds(60))
        let late = Outcome.success(EncodedJSON("late"))
        #expect(outcomes.withLock { $0 } == Array(repeating: late, count: count))
        #expect(table.waitingCost == 0)
        #expect(table.queuedCount < 64)
        await withCheckedContinuation { done in table.whenEmpty { done.resume() } }
    }

    @Test func `keeps nothing of requests that were cancelled while they waited`() {
        let table = RequestTable(slots: .alone(0))
        for number in 1...100_000 {
            table.open(id(number), cost: 1, Job { .success(.emptyObject) }, at: start) { _, _ in }
            #expect(table.cancel(id(number)))
        }
        #expect(table.queuedCount < 64)
        #expect(table.waitingCost == 0)
    }

    @Test func `starts what is left in its order when most of the queue was cancelled`() async {
        let table = RequestTable(slots: .alone(1))
        let order = Mutex<[Int]>([])
        table.hold {
            for number in 1...1000 {
                let work = Job {
                    order.withLock { $0.append(number) }
                    return .success(.emptyObject)
                }
                table.open(id(number), cost: 1, work, at: start) { _, written in written?() }
            }
            for number in 1...1000 where number % 100 != 0 { #expect(table.cancel(id(number))) }
            #expect(table.queuedCount < 64)
        }
        await withCheckedContinuation { done in table.whenEmpty { done.resume() } }
        #expect(order.withLock { $0 } == (1...10).map { $0 * 100 })
    }

    @Test func `takes ids that only look alike for two`() {
        let table = RequestTable(slots: .alone(0))
        let ids = ["caf\u{E9}", "cafe\u{301}"].map { RequestID(text: $0) }
        let cancelled = Mutex<[Int]>([])
        for (number, id) in ids.enumerated() {
            #expect(!table.holds(id))
            let work = Job(cancelled: { cancelled.withLock { $0.append(number) } }) { .success(.emptyObject) }
            table.open(id, cost: 1, work, at: start) { _, _ in }
        }
        #expect(table.cancel(ids[1]))
        #expect(!table.cancel(ids[1]))
        #expect(cancelled.withLock { $0 } == [1])
        #expect(table.holds(ids[0]))
    }

    @Test func `shows a sign of life for what waits, and none for what is cancelled`() {
        let table = RequestTable(slots: .alone(0))
        let beats = Counter()
        let work = Job(within: Deadline(.seconds(50)), heartbeat: { beats.add() }) { .success(.emptyObject) }
        table.open(id(1), cost: 1, work, at: start) { _, _ in }
        table.tick(at: start + .seconds(1))
        table.tick(at: start + .seconds(2))
        #expect(beats.count == 2)
        #expect(table.cancel(id(1)))
        table.tick(at: start + .seconds(3))
        #expect(beats.count == 2)
        #expect(!table.cancel(id(1)))
    }

    @Test func `notifies the work that it was cancelled before anything else`() {
        let table = RequestTable(slots: .alone(0))
        let calls = Counter()
        let work = Job(cancelled: { calls.add() }) { .success(.emptyObject) }
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
