import JSON
import Synchronization
import Testing

@testable import JSONRPC

@Suite struct `The life of a request` {
    private var machine = RequestMachine<String>()
    private let start = ContinuousClock.now

    @Test mutating func `is to wait for a slot, to start, to run and to be answered`() {
        let opening = open("a")
        #expect(opening.wantsSlot)
        #expect(machine.holds(id("a")))
        #expect(machine.waitingCost == 10)
        #expect(machine.slotTaken()?.ticket == 1)
        #expect(machine.waitingCost == 0)
        #expect(machine.started(1, as: "task") == false)
        #expect(machine.finished(1)?.id == id("a"))
        #expect(!machine.holds(id("a")), "The id is free before the answer leaves.")
        #expect(machine.delivered().isEmpty)
    }

    @Test mutating func `may end before it is known by what it can be cancelled`() {
        open("a")
        #expect(machine.slotTaken()?.ticket == 1)
        #expect(machine.finished(1)?.id == id("a"))
        #expect(machine.started(1, as: "task") == true, "Cancelling what has ended does no harm.")
    }

    @Test mutating func `begins in the order in which it came, and says while further slots have a use`() {
        openAll("a", "b", "c")
        #expect(machine.waitingCost == 30)
        let starts = (1...3).map { _ in machine.slotTaken() }
        #expect(starts.map { $0?.ticket } == [1, 2, 3])
        #expect(starts.map { $0?.wantsSlot } == [true, true, false])
        #expect(machine.slotTaken()?.ticket == nil)
    }

    @Test mutating func `does not begin while requests are held`() {
        open("a")
        machine.holdBegan()
        #expect(open("b").wantsSlot == false)
        #expect(machine.slotTaken()?.ticket == nil, "A slot that comes now has no use.")
        #expect(machine.holdEnded() == (true, false))
        #expect(machine.slotTaken()?.ticket == 1)
    }

    @Test mutating func `is alone when no other is waiting or worked on`() {
        #expect(open("a").isAlone)
        #expect(!open("b").isAlone)
        cancel("a")
        machine.holdBegan()
        #expect(machine.holdEnded() == (true, true))
        cancel("b")
        machine.holdBegan()
        #expect(machine.holdEnded() == (false, false))
    }

    @Test mutating func `needs the clock once for all that are in progress`() {
        #expect(machine.needsClock() == false)
        _ = open("a")
        #expect(machine.needsClock() == true)
        _ = open("b")
        #expect(machine.needsClock() == false, "It ticks for both.")
        cancel("a")
        #expect(machine.endsClock() == false)
        cancel("b")
        #expect(machine.endsClock() == true)
        #expect(machine.endsClock() == false)
        _ = open("c")
        #expect(machine.needsClock() == true)
    }
}

extension `The life of a request` {
    @Test mutating func `ends without a trace when it is cancelled while it waits`() {
        openAll("a", "b")
        #expect(machine.cancelled(id("a"))?.endsWait == false)
        #expect(machine.cancelled(id("a"))?.entry.id == nil)
        #expect(machine.waitingCost == 10)
        #expect(machine.slotTaken()?.ticket == 2)
    }

    @Test mutating func `ends the wait for a slot when it is the last that is cancelled`() {
        openAll("a", "b")
        #expect(machine.slotTaken()?.wantsSlot == true)
        #expect(machine.cancelled(id("b"))?.endsWait == true)
        #expect(machine.cancelled(id("a"))?.endsWait == false, "It waited for none.")
        #expect(machine.slotTaken()?.ticket == nil)
    }

    @Test mutating func `may be cancelled between its start and the handle that the work gets`() {
        open("a")
        #expect(machine.slotTaken()?.ticket == 1)
        #expect(machine.cancelled(id("a"))?.handle == nil)
        #expect(machine.started(1, as: "task") == true)
        #expect(machine.finished(1)?.id == nil, "The answer is not wanted.")
    }

    @Test mutating func `may be cancelled while it runs`() {
        run("a")
        #expect(machine.cancelled(id("a"))?.handle == "task a")
        #expect(machine.finished(1)?.id == nil)
    }

    @Test mutating func `is another one's when the id is used again`() {
        run("a")
        cancel("a")
        open("a")
        #expect(machine.finished(1)?.id == nil)
        #expect(machine.holds(id("a")))
        #expect(machine.slotTaken()?.ticket == 2)
        #expect(machine.finished(2)?.id == id("a"))
    }

    @Test mutating func `leaves nothing in the queue when many are cancelled`() {
        for number in 1...10_000 {
            open("\(number)")
            if number % 1000 != 0 { cancel("\(number)") }
        }
        #expect(machine.queuedCount < 64)
        #expect(machine.waitingCost == 100)
        #expect(machine.ids.count == 10)
        #expect((1...10).map { _ in machine.slotTaken()?.ticket } == (1...10).map { $0 * 1000 })
    }
}

extension `The life of a request` {
    @Test mutating func `is over at its deadline, without having begun when it still waits`() {
        open("a", within: 50)
        #expect(tick(49).expired == [])
        let due = tick(50)
        #expect(due.expired == ["a"])
        #expect(due.handles == [])
        #expect(due.endsWait)
        #expect(!machine.holds(id("a")))
        #expect(machine.waitingCost == 0)
        #expect(machine.slotTaken()?.ticket == nil)
    }

    @Test mutating func `is over at its deadline, for which running work is cancelled once, and then answers`() {
        run("a", within: 50)
        #expect(tick(50).handles == ["task a"])
        #expect(tick(51).handles == [])
        #expect(machine.finished(1)?.id == id("a"))
    }

    @Test mutating func `is over at its deadline, for which work is cancelled as soon as it can be`() {
        open("a", within: 50)
        #expect(machine.slotTaken()?.ticket == 1)
        let due = tick(50)
        #expect(due.handles == [])
        #expect(due.expired == [])
        #expect(machine.started(1, as: "task") == true)
        #expect(tick(51).handles == [])
        #expect(machine.finished(1)?.id == id("a"))
    }

    @Test mutating func `can be cancelled after its deadline too`() {
        run("a", within: 50)
        #expect(tick(50).handles == ["task a"])
        #expect(machine.cancelled(id("a"))?.handle == nil, "That has been done.")
        #expect(machine.finished(1)?.id == nil)
    }

    @Test mutating func `goes on for others when some are over`() {
        open("a", within: 50)
        open("b", within: 100)
        open("c")
        let due = tick(60)
        #expect(due.expired == ["a"])
        #expect(!due.endsWait)
        #expect(machine.slotTaken()?.ticket == 2)
        #expect(!tick(100).endsWait)
        #expect(tick(600).handles == [])
        #expect(machine.slotTaken()?.ticket == 3)
    }

    @Test mutating func `is shown each second, from its beginning until its answer`() {
        let beats = Mutex(0)
        let job = Job(within: Deadline(.seconds(2)), heartbeat: { beats.withLock { $0 += 1 } }) {
            .success(.emptyObject)
        }
        _ = machine.opened(entry("a", job))
        #expect(machine.ticked(at: start + .seconds(1)).heartbeats.count == 1)
        #expect(machine.slotTaken()?.ticket == 1)
        #expect(machine.started(1, as: "task") == false)
        #expect(machine.ticked(at: start + .seconds(1)).heartbeats.count == 1)
        let due = machine.ticked(at: start + .seconds(2))
        #expect(due.handles == ["task"])
        #expect(machine.ticked(at: start + .seconds(3)).heartbeats.count == 1, "It is late, and still to be answered.")
        #expect(machine.finished(1)?.id == id("a"))
        #expect(machine.ticked(at: start + .seconds(4)).heartbeats.isEmpty)
    }
}

extension `The life of a request` {
    @Test mutating func `is awaited until its answer is on its way`() {
        #expect(machine.whenEmpty {}.count == 1, "Nothing is in progress.")
        run("a")
        #expect(machine.whenEmpty {}.isEmpty)
        #expect(machine.whenEmpty {}.isEmpty)
        #expect(machine.finished(1)?.id == id("a"))
        #expect(machine.dueCallbacks().isEmpty)
        #expect(machine.delivered().count == 2)
        #expect(machine.dueCallbacks().isEmpty)
    }

    @Test mutating func `is not awaited when it is cancelled`() {
        open("a")
        #expect(machine.whenEmpty {}.isEmpty)
        cancel("a")
        #expect(machine.dueCallbacks().count == 1)
    }

    @Test mutating func `is awaited when it is over before it has begun`() {
        open("a", within: 50)
        #expect(machine.whenEmpty {}.isEmpty)
        #expect(tick(50).expired == ["a"])
        #expect(machine.dueCallbacks().isEmpty)
        #expect(machine.delivered().count == 1)
    }

    private mutating func openAll(_ names: String...) { for name in names { open(name) } }

    @discardableResult
    private mutating func open(_ name: String, within seconds: Int? = nil) -> RequestMachine<String>.Opening {
        machine.opened(entry(name, Job(within: seconds.map { Deadline(.seconds($0)) }) { .success(.emptyObject) }))
    }

    /// The only request that waits runs, as `task` and its name.
    private mutating func run(_ name: String, within seconds: Int? = nil) {
        open(name, within: seconds)
        guard let ticket = machine.slotTaken()?.ticket else {
            Issue.record("It does not begin.")
            return
        }
        #expect(machine.started(ticket, as: "task \(name)") == false)
    }

    private mutating func cancel(_ name: String) { #expect(machine.cancelled(id(name))?.entry.id == id(name)) }

    private mutating func tick(_ second: Int) -> (handles: [String], expired: [String], endsWait: Bool) {
        let due = machine.ticked(at: start + .seconds(second))
        return (due.handles, due.expired.map { $0.id.excerpt }, due.endsWait)
    }

    private func entry(_ name: String, _ job: Job) -> RequestMachine<String>.Entry {
        .init(id: id(name), since: start, work: job, cost: 10) { _, _ in }
    }

    private func id(_ name: String) -> RequestID { RequestID(text: name) }
}
