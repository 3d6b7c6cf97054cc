import JSON
import Synchronization
import TestSupport
import Testing

@testable import JSONRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.timeLimit(.minutes(5))) struct `Conversations that share the slots of a process` {
    private let start = ContinuousClock.now

    @Test func `work on no more together than there are slots, and start what waits when one is free`() async {
        let admission = Admission(total: 2, perPrincipal: 2)
        let (ann, bob) = (Table(of: "ann", in: admission), Table(of: "bob", in: admission))
        ann.open(1)
        ann.open(2)
        bob.open(3)
        bob.open(4)
        #expect(await ann.started(2) == [1, 2])
        #expect(bob.startedAtOnce == [])
        ann.end(1)
        #expect(await bob.started(1) == [3])
        ann.end(2)
        #expect(await bob.started(2) == [3, 4])
        bob.end(3)
        bob.end(4)
        for table in [ann, bob] { await table.idle() }
        #expect(admission.principalCount == 0)
    }

    @Test func `have turns, however much one of them asks for`() async {
        let admission = Admission(total: 1, perPrincipal: 1)
        let (ann, bob) = (Table(of: "ann", in: admission), Table(of: "bob", in: admission))
        for number in 1...50 { ann.open(number) }
        bob.open(100)
        bob.open(101)
        #expect(await ann.started(1) == [1])
        ann.end(1)
        #expect(await bob.started(1) == [100])
        bob.end(100)
        #expect(await ann.started(2) == [1, 2])
        ann.end(2)
        #expect(await bob.started(2) == [100, 101])
        ann.table.cancelAll()
        bob.end(101)
        for table in [ann, bob] { await table.idle() }
        #expect(admission.principalCount == 0)
    }

    @Test func `wait no more once what waited is cancelled or too late`() async {
        let admission = Admission(total: 1, perPrincipal: 1)
        let names = ["ann", "bob", "cem", "dan"]
        let tables = names.map { Table(of: $0, in: admission) }
        for table in tables { table.open(1, within: 50) }
        #expect(await tables[0].started(1) == [1])
        #expect(admission.principalCount == 4)
        #expect(tables[1].cancel(1))
        #expect(admission.principalCount == 3)
        tables[2].table.tick(at: start + .seconds(60))
        #expect(admission.principalCount == 2)
        tables[0].end(1)
        #expect(await tables[3].started(1) == [1])
        tables[3].end(1)
        for table in tables { await table.idle() }
        #expect(admission.principalCount == 0)
    }

    @Test func `hold the slot of a cancelled request until its work has noticed`() async {
        let admission = Admission(total: 1, perPrincipal: 1)
        let (ann, bob) = (Table(of: "ann", in: admission), Table(of: "bob", in: admission))
        ann.open(1)
        bob.open(2)
        #expect(await ann.started(1) == [1])
        #expect(ann.cancel(1))
        #expect(bob.startedAtOnce == [])
        ann.end(1)
        #expect(await bob.started(1) == [2])
        bob.end(2)
        for table in [ann, bob] { await table.idle() }
    }

    @Test func `ask again for what was opened while the rest was cancelled`() async {
        let admission = Admission(total: 1, perPrincipal: 1)
        let (ann, bob) = (Table(of: "ann", in: admission), Table(of: "bob", in: admission))
        ann.open(1)
        bob.open(2) { bob.open(3) }
        #expect(bob.cancel(2))
        #expect(await ann.started(1) == [1])
        ann.end(1)
        #expect(await bob.started(1) == [3])
        bob.end(3)
        for table in [ann, bob] { await table.idle() }
    }

    @Test func `start what was held when another one's slot came too early`() async {
        let admission = Admission(total: 1, perPrincipal: 1)
        let (ann, bob) = (Table(of: "ann", in: admission), Table(of: "bob", in: admission))
        ann.open(1)
        bob.open(2)
        #expect(await ann.started(1) == [1])
        bob.table.hold {
            ann.end(1)
            while admission.principalCount > 0 { sched_yield() }
        }
        #expect(await bob.started(1) == [2])
        bob.end(2)
        await bob.idle()
        #expect(admission.principalCount == 0)
    }

    @Test func `answer every request, however many there are`() async throws {
        let admission = Admission(total: 4, perPrincipal: 3)
        let tables = (0..<6).map { RequestTable(slots: admission.share(of: $0 / 2)) }
        let gauge = Gauge()
        let count = 500
        let answered = Mutex(0)
        let opened = tables.map { _ in Latch() }
        for (number, table) in tables.enumerated() {
            onThread {
                for request in 1...count {
                    let id = RequestID(text: String(request))
                    let job = Job {
                        gauge.enter(number / 2)
                        await Task.yield()
                        gauge.leave(number / 2)
                        return .success(.emptyObject)
                    }
                    table.open(id, cost: 1, job) { outcome, written in
                        answered.withLock { $0 += 1 }
                        written?()
                    }
                    if request % 3 == 0 { _ = table.cancel(id) }
                }
                opened[number].pass()
            }
        }
        for latch in opened { await latch.passed() }
        for table in tables {
            await withCheckedContinuation { done in table.whenEmpty { done.resume() } }
        }
        #expect(answered.withLock { $0 } == tables.count * count)
        #expect(gauge.most <= 4)
        #expect(gauge.mostOfOne <= 3)
        // Cancelled work may still hold its slot.
        try await wait { admission.principalCount == 0 }
    }

    /// One conversation of a principal, whose requests run until they are ended.
    private final class Table: Sendable {
        let table: RequestTable
        private let start = ContinuousClock.now
        private let order = Mutex<[Int]>([])
        private let starts = Lines()
        private let ends = Mutex<[Int: Latch]>([:])

        init(of principal: String, in admission: Admission) {
            table = RequestTable(slots: admission.share(of: principal))
        }

        /// `whenAnswered` is called when it is cancelled, too.
        func open(_ number: Int, within seconds: Int? = nil, whenAnswered: @escaping @Sendable () -> Void = {}) {
            let end = Latch()
            ends.withLock { $0[number] = end }
            let job = Job(within: seconds.map { Deadline(.seconds($0)) }) {
                self.order.withLock { $0.append(number) }
                self.starts.append([])
                await end.passed()
                return .success(.emptyObject)
            }
            table.open(Self.id(number), cost: 1, job, at: start) { _, written in
                whenAnswered()
                written?()
            }
        }

        func end(_ number: Int) { ends.withLock { $0[number] }?.pass() }

        func cancel(_ number: Int) -> Bool { table.cancel(Self.id(number)) }

        var startedAtOnce: [Int] { order.withLock { $0 } }

        /// What was started, once it is so many.
        func started(_ count: Int) async -> [Int] {
            await starts.wait(for: count)
            return startedAtOnce
        }

        func idle() async {
            await withCheckedContinuation { done in table.whenEmpty { done.resume() } }
        }

        private static func id(_ number: Int) -> RequestID { RequestID(text: String(number)) }
    }
}
