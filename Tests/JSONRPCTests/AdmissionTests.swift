import Synchronization
import TestSupport
import Testing

@testable import JSONRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `The slots of a process` {
    private let wakes = Wakes()
    private let kept = Kept()

    @Test func `are as many as it has, whatever takes them`() {
        let admission = Admission(total: 3, perPrincipal: 2)
        let shares = ["ann", "bob", "cem"].map { admission.share(of: $0) }
        for share in shares { #expect(take(share, "")) }
        #expect(!take(shares[0], "ann"))
        shares[1].release()
        #expect(wakes.all == ["ann"])
    }

    @Test func `are for one principal no more than its part, however many conversations it has`() {
        let admission = Admission(total: 9, perPrincipal: 2)
        let first = admission.share(of: "ann")
        let second = admission.share(of: "ann")
        #expect(take(first, ""))
        #expect(take(second, ""))
        #expect(!take(first, "first"))
        #expect(!take(second, "second"))
        #expect(take(admission.share(of: "bob"), ""), "Others take what is left.")
        first.release()
        #expect(wakes.all == ["first"])
        first.release()
        #expect(wakes.all == ["first", "second"])
    }

    @Test func `are given to those who wait, where there are more from now on`() {
        let admission = Admission(total: 1, perPrincipal: 1)
        let (ann, bob) = (admission.share(of: "ann"), admission.share(of: "bob"))
        #expect(take(ann, ""))
        #expect(!take(ann, "ann"))
        #expect(!take(bob, "bob"))
        admission.change(total: 2, perPrincipal: 1)
        #expect(wakes.all == ["bob"])
        admission.change(total: 3, perPrincipal: 2)
        #expect(wakes.all == ["bob", "ann"])
    }

    @Test func `are given to none who waits, where there are fewer from now on, until enough have come back`() {
        let admission = Admission(total: 3, perPrincipal: 3)
        let (ann, bob) = (admission.share(of: "ann"), admission.share(of: "bob"))
        for _ in 1...3 { #expect(take(ann, "")) }
        #expect(!take(bob, "bob"))
        admission.change(total: 1, perPrincipal: 1)
        ann.release()
        ann.release()
        #expect(wakes.all == [])
        ann.release()
        #expect(wakes.all == ["bob"])
    }

    @Test func `are not given where no slot exists`() {
        let share = Admission.Share.alone(0)
        #expect(!take(share, "never"))
        share.release()
        #expect(wakes.all == [])
    }

    @Test func `go to the share of a principal that has waited longest`() {
        let admission = Admission(total: 1, perPrincipal: 1)
        let shares = (1...4).map { _ in admission.share(of: "ann") }
        #expect(take(shares[0], ""))
        for number in 1...3 { #expect(!take(shares[number], "\(number)")) }
        for number in 0...2 { shares[number].release() }
        #expect(wakes.all == ["1", "2", "3"])
    }

    @Test func `go to the principals in turn, however much one of them asks for`() {
        let admission = Admission(total: 2, perPrincipal: 2)
        let busy = (1...4).map { _ in admission.share(of: "ann") }
        #expect(take(busy[0], ""))
        #expect(take(busy[0], ""))
        for number in 1...3 { #expect(!take(busy[number], "ann \(number)")) }
        let quiet = ["bob", "cem"].map { admission.share(of: $0) }
        #expect(!take(quiet[0], "bob"))
        #expect(!take(quiet[1], "cem"))
        busy[0].release()
        busy[0].release()
        #expect(wakes.all == ["bob", "cem"])
        quiet[0].release()
        #expect(!take(quiet[0], "bob again"))
        quiet[1].release()
        busy[1].release()
        busy[2].release()
        #expect(wakes.all == ["bob", "cem", "ann 1", "ann 2", "bob again", "ann 3"])
    }

    @Test func `pass by a principal that has its part already`() {
        let admission = Admission(total: 3, perPrincipal: 2)
        let ann = admission.share(of: "ann")
        let bob = admission.share(of: "bob")
        let cem = admission.share(of: "cem")
        for share in [ann, ann, bob] { #expect(take(share, "")) }
        #expect(!take(ann, "ann"))
        #expect(!take(cem, "cem"))
        bob.release()
        #expect(wakes.all == ["cem"])
        #expect(!take(bob, "bob"))
        ann.release()
        #expect(wakes.all == ["cem", "bob"], "Ann waited longer, and could not have had it.")
        bob.release()
        #expect(wakes.all == ["cem", "bob", "ann"])
    }

    @Test func `are waited for once by a share, however often it asks`() {
        let share = Admission.Share.alone(1)
        #expect(take(share, ""))
        #expect(!take(share, "first"))
        #expect(!take(share, "second"))
        share.release()
        #expect(wakes.all == ["first"])
        share.release()
        #expect(wakes.all == ["first"])
        #expect(take(share, ""))
    }

    @Test func `come with the wake, and cannot be taken in between`() {
        let admission = Admission(total: 1, perPrincipal: 1)
        let first = admission.share(of: "ann")
        let second = admission.share(of: "bob")
        #expect(take(first, ""))
        let between = Mutex<Bool?>(nil)
        kept.append(second)
        let isTaken = second.take { between.withLock { $0 = first.take {} } }
        #expect(!isTaken)
        first.release()
        #expect(between.withLock { $0 } == false)
    }

    @Test func `may be given back by whom they wake, for the next`() {
        let admission = Admission(total: 1, perPrincipal: 1)
        let first = admission.share(of: "ann")
        let second = admission.share(of: "bob")
        let third = admission.share(of: "cem")
        #expect(take(first, ""))
        kept.append(second)
        let isTaken = second.take { [weak second] in second?.release() }
        #expect(!isTaken)
        #expect(!take(third, "third"))
        first.release()
        #expect(wakes.all == ["third"])
    }

    @Test func `are not given back twice`() {
        let admission = Admission(total: 1, perPrincipal: 1)
        let first = admission.share(of: "ann")
        let second = admission.share(of: "ann")
        #expect(take(first, ""))
        first.release()
        first.release()
        #expect(take(second, ""))
        #expect(!take(first, "first"))
        first.release()
        #expect(wakes.all == [], "It has none to give.")
    }
}

extension `The slots of a process` {
    @Test func `are not waited for by who has withdrawn`() {
        let admission = Admission(total: 1, perPrincipal: 1)
        let shares = ["ann", "bob", "cem"].map { admission.share(of: $0) }
        #expect(take(shares[0], ""))
        #expect(!take(shares[1], "bob"))
        #expect(!take(shares[2], "cem"))
        shares[1].withdraw()
        shares[1].withdraw()
        #expect(admission.principalCount == 2)
        shares[0].release()
        #expect(wakes.all == ["cem"])
    }

    @Test func `are waited for from the end again after a withdrawal`() {
        let admission = Admission(total: 1, perPrincipal: 1)
        let shares = (0...2).map { _ in admission.share(of: "ann") }
        #expect(take(shares[0], ""))
        #expect(!take(shares[1], "first"))
        #expect(!take(shares[2], "second"))
        shares[1].withdraw()
        #expect(!take(shares[1], "third"))
        shares[0].release()
        shares[2].release()
        #expect(wakes.all == ["second", "third"])
    }

    @Test func `are not waited for by a share that is dropped, of which nothing is kept`() {
        let admission = Admission(total: 1, perPrincipal: 1)
        let first = admission.share(of: "ann")
        let last = admission.share(of: "cem")
        #expect(take(first, ""))
        var dropped: Admission.Share? = admission.share(of: "bob")
        #expect(dropped?.take(orWake: wakes.wake("bob")) == false)
        #expect(!take(last, "cem"))
        #expect(admission.principalCount == 3)
        dropped = nil
        #expect(admission.principalCount == 2)
        first.release()
        #expect(wakes.all == ["cem"])
    }

    @Test func `come back from a share that is dropped, and go to those that wait`() {
        let admission = Admission(total: 3, perPrincipal: 3)
        var dropped: Admission.Share? = admission.share(of: "ann")
        for _ in 1...3 { #expect(dropped?.take {} == true) }
        let waiting = ["bob", "cem"].map { admission.share(of: $0) }
        for (share, name) in zip(waiting, ["bob", "cem"]) { #expect(!take(share, name)) }
        dropped = nil
        #expect(wakes.all == ["bob", "cem"])
        #expect(take(admission.share(of: "dan"), ""))
    }

    @Test func `leave nothing behind of a principal without slots`() {
        let admission = Admission(total: 2, perPrincipal: 1)
        let share = admission.share(of: "ann")
        #expect(admission.principalCount == 0)
        #expect(take(share, ""))
        #expect(!take(share, "again"))
        #expect(admission.principalCount == 1)
        share.release()
        #expect(wakes.all == ["again"])
        #expect(admission.principalCount == 1)
        share.release()
        #expect(admission.principalCount == 0)
        for number in 1...1000 {
            let passing = admission.share(of: number)
            #expect(take(passing, ""))
            passing.release()
        }
        #expect(admission.principalCount == 0)
    }

    /// The share is kept until the end of the test.
    private func take(_ share: Admission.Share, _ name: String) -> Bool {
        kept.append(share)
        return share.take(orWake: wakes.wake(name))
    }
}

@Suite struct `Slots that many threads take and give back` {
    @Test func `are never too many, and none is lost`() async {
        let admission = Admission(total: 5, perPrincipal: 2)
        let gauge = Gauge()
        let threads = 12
        let rounds = 1500
        let done = (1...threads).map { _ in Latch() }
        for (number, latch) in zip(0..., done) {
            let principal = number % 4
            onThread {
                for round in 1...rounds {
                    // Some shares are dropped with what they have, some while they wait.
                    let share = admission.share(of: principal)
                    let gate = Mutex(false)
                    if !share.take(orWake: { gate.withLock { $0 = true } }) {
                        if round % 7 == 0 { continue }
                        while !gate.withLock({ $0 }) { sched_yield() }
                    }
                    gauge.enter(principal)
                    gauge.leave(principal)
                    if round % 5 != 0 { share.release() }
                }
                latch.pass()
            }
        }
        for latch in done { await latch.passed() }
        #expect(gauge.most <= 5)
        #expect(gauge.mostOfOne <= 2)
        #expect(admission.principalCount == 0)
        let all = (0...4).map { admission.share(of: 10 + $0) }
        #expect(all.allSatisfy { $0.take {} }, "Every slot is there again.")
    }
}

/// How many are in at a time, and how many of one principal.
final class Gauge: Sendable {
    private struct State {
        var now: [Int: Int] = [:]
        var most = 0
        var mostOfOne = 0
    }

    private let state = Mutex(State())

    var most: Int { state.withLock { $0.most } }
    var mostOfOne: Int { state.withLock { $0.mostOfOne } }

    func enter(_ principal: Int) {
        state.withLock { state in
            state.now[principal, default: 0] += 1
            state.most = max(state.most, state.now.values.reduce(0, +))
            state.mostOfOne = max(state.mostOfOne, state.now[principal] ?? 0)
        }
    }

    func leave(_ principal: Int) { state.withLock { $0.now[principal, default: 0] -= 1 } }
}

/// Who was woken, in order.
private final class Wakes: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0 } }

    func wake(_ name: String) -> @Sendable () -> Void {
        { self.names.withLock { $0.append(name) } }
    }
}

/// Shares that are not dropped, however late they are needed for the last time.
private final class Kept: Sendable {
    private let shares = Mutex<[Admission.Share]>([])

    func append(_ share: Admission.Share) { shares.withLock { $0.append(share) } }
}
