import Synchronization

/// The slots of a process: how many requests it works on at a time, and how many of them for one principal.
///
/// A slot that is given back goes to the next that waits: to the principals in turn, so that a busy one holds none of
/// them up, and to the share of a principal that has waited longest. Nothing is kept of a principal that has no slot and
/// waits for none.
package final class Admission: Sendable {
    /// Called with a slot taken for the share that waited.
    package typealias Wake = @Sendable () -> Void

    private let slots: Mutex<Slots>

    package init(total: Int, perPrincipal: Int) { slots = Mutex(Slots(total: total, perPrincipal: perPrincipal)) }

    /// Other numbers hold from the next slot on; what is being worked on keeps its own.
    package func change(total: Int, perPrincipal: Int) {
        let waiters = slots.withLock { $0.change(total: total, perPrincipal: perPrincipal) }
        for waiter in waiters { waiter.wake() }
    }

    /// What one conversation of `principal` takes its slots from.
    package func share(of principal: some Hashable & Sendable) -> Share { Share(of: self, for: Claim(of: principal)) }

    /// How many principals have a slot or wait for one.
    var principalCount: Int { slots.withLock { $0.standings.count } }

    /// What one conversation has of the slots; when it is dropped, it waits no more, and gives back what it has.
    package final class Share: Sendable {
        private let admission: Admission
        private let claim: Claim

        fileprivate init(of admission: Admission, for claim: Claim) {
            self.admission = admission
            self.claim = claim
        }

        /// With so many slots for itself.
        package static func alone(_ slots: Int) -> Share { Admission(total: slots, perPrincipal: slots).share(of: 0) }

        deinit {
            withdraw()
            while claim.slots.load(ordering: .relaxed) > 0 { release() }
        }

        /// True when a slot was taken; otherwise `wake` is called once, with the next slot that is due to this share.
        ///
        /// It waits for one slot at a time: while it does, further calls change nothing. `wake` is called on the thread
        /// that gives the slot back, and may give it back in turn.
        package func take(orWake wake: @escaping Wake) -> Bool {
            admission.slots.withLock { $0.take(for: claim, orWake: wake) }
        }

        /// True when the slot is free now, because no share waits that could have it.
        @discardableResult package func release() -> Bool {
            let waiter = admission.slots.withLock { $0.release(by: claim) }
            waiter?.wake()
            return waiter == nil
        }

        /// Waits no more; a slot that is on its way may still come.
        package func withdraw() {
            // What only the waiter held ends here, and not under the lock.
            _ = admission.slots.withLock { $0.withdraw(claim) }
        }
    }
}

extension Admission {
    /// What can be compared and sent, as ``share(of:)`` demands, and no more is known of it.
    ///
    /// It is looked up for every request, most often by the share that brought it: that is the same object.
    fileprivate final class Key: Hashable, @unchecked Sendable {
        private let value: AnyHashable
        private let hash: Int

        init(_ value: some Hashable & Sendable) {
            self.value = AnyHashable(value)
            hash = value.hashValue
        }

        static func == (a: Key, b: Key) -> Bool { a === b || a.value == b.value }

        func hash(into hasher: inout Hasher) { hasher.combine(hash) }
    }

    /// What a share has and waits for; changed under the admission's lock only.
    fileprivate final class Claim: Sendable {
        let principal: Key
        let slots = Atomic(0)
        let isWaiting = Atomic(false)

        init(of principal: some Hashable & Sendable) { self.principal = Key(principal) }
    }

    fileprivate struct Waiter {
        let claim: Claim
        let wake: Wake
    }

    /// What all shares of one principal have and wait for.
    fileprivate struct Standing {
        private(set) var slots = 0
        private(set) var waiting: [Waiter] = []
    }

    fileprivate struct Slots {
        private(set) var standings: [Key: Standing] = [:]
        /// The principals that are due, in turn; while a slot is free, no one is.
        fileprivate var turns: [Key] = []
        /// Below zero while more are taken than there are to be.
        fileprivate var free: Int
        fileprivate var total: Int
        fileprivate var perPrincipal: Int

        init(total: Int, perPrincipal: Int) {
            free = total
            self.total = total
            self.perPrincipal = perPrincipal
        }
    }
}

extension Admission.Slots {
    /// Returns whom there are slots for now.
    fileprivate mutating func change(total: Int, perPrincipal: Int) -> [Admission.Waiter] {
        free += total - self.total
        self.total = total
        self.perPrincipal = perPrincipal
        let due = standings.filter { $0.value.isDue(upTo: perPrincipal) }.keys
        turns = turns.filter { due.contains($0) } + due.filter { !turns.contains($0) }
        var waiters: [Admission.Waiter] = []
        while let waiter = passOn() { waiters.append(waiter) }
        return waiters
    }

    fileprivate mutating func take(for claim: Admission.Claim, orWake wake: @escaping Admission.Wake) -> Bool {
        if free > 0, standings[claim.principal, default: .init()].take(upTo: perPrincipal) {
            free -= 1
            claim.slots.add(1, ordering: .relaxed)
            return true
        }
        if !claim.isWaiting.exchange(true, ordering: .relaxed) {
            let waiter = Admission.Waiter(claim: claim, wake: wake)
            let becomesDue = standings[claim.principal, default: .init()].wait(waiter, upTo: perPrincipal)
            if becomesDue { turns.append(claim.principal) }
        }
        return false
    }

    fileprivate mutating func release(by claim: Admission.Claim) -> Admission.Waiter? {
        guard claim.slots.load(ordering: .relaxed) > 0, let index = standings.index(forKey: claim.principal) else {
            return nil
        }
        free += 1
        claim.slots.subtract(1, ordering: .relaxed)
        if standings.values[index].release(upTo: perPrincipal) {
            turns.append(claim.principal)
        } else {
            forgetIfIdle(index)
        }
        return passOn()
    }

    /// Takes the slot that has become free for the share whose turn it is.
    ///
    /// There is never a second one to pass on: where other slots are free, only the principal that has just released its
    /// last can be due.
    private mutating func passOn() -> Admission.Waiter? {
        guard free > 0, let principal = turns.first, let index = standings.index(forKey: principal) else { return nil }
        turns.removeFirst()
        free -= 1
        let waiter = standings.values[index].takeForNext()
        waiter.claim.slots.add(1, ordering: .relaxed)
        waiter.claim.isWaiting.store(false, ordering: .relaxed)
        if standings.values[index].isDue(upTo: perPrincipal) { turns.append(principal) }
        return waiter
    }

    fileprivate mutating func withdraw(_ claim: Admission.Claim) -> Admission.Waiter? {
        guard claim.isWaiting.exchange(false, ordering: .relaxed),
            let index = standings.index(forKey: claim.principal)
        else { return nil }
        let waiter = standings.values[index].remove(claim)
        if standings.values[index].waiting.isEmpty { turns.removeAll { $0 == claim.principal } }
        forgetIfIdle(index)
        return waiter
    }

    private mutating func forgetIfIdle(_ index: Dictionary<Admission.Key, Admission.Standing>.Index) {
        if standings.values[index].isIdle { standings.remove(at: index) }
    }
}

extension Admission.Standing {
    /// Has nothing, and waits for nothing.
    fileprivate var isIdle: Bool { slots == 0 && waiting.isEmpty }

    /// Waits for nothing but a free slot.
    fileprivate func isDue(upTo limit: Int) -> Bool { slots < limit && !waiting.isEmpty }

    fileprivate mutating func take(upTo limit: Int) -> Bool {
        guard slots < limit else { return false }
        slots += 1
        return true
    }

    /// The oldest waiter, for which a slot was taken.
    fileprivate mutating func takeForNext() -> Admission.Waiter {
        slots += 1
        return waiting.removeFirst()
    }

    /// True when it has become due.
    fileprivate mutating func wait(_ waiter: Admission.Waiter, upTo limit: Int) -> Bool {
        waiting.append(waiter)
        return waiting.count == 1 && slots < limit
    }

    /// True when it has become due.
    fileprivate mutating func release(upTo limit: Int) -> Bool {
        slots -= 1
        return slots == limit - 1 && !waiting.isEmpty
    }

    fileprivate mutating func remove(_ claim: Admission.Claim) -> Admission.Waiter? {
        waiting.firstIndex { $0.claim === claim }.map { waiting.remove(at: $0) }
    }
}
