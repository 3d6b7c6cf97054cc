import Synchronization

/// How many sign-ins from one address may fail within a minute.
///
/// One that is under way counts as if it had failed, so that many at once get no further than one after the other. Those
/// beyond wait until others have ended, and are refused only where enough have failed.
final class FailureBudget: Sendable {
    fileprivate typealias Waiter = CheckedContinuation<RateLimiter.Refusal?, Never>

    fileprivate struct Address {
        var underWay = 0
        var waiters: [Waiter] = []
    }

    /// So many of one address wait; for more there is no use.
    private static let mostWaiters = 1000

    private let failures = RateLimiter("failed_sign_ins", of: "failed sign-ins from one address")
    private let addresses = Mutex<[String: Address]>([:])

    /// Why no sign-in can begin now; nil where one has begun, which has to be concluded.
    ///
    /// 0 a minute is no limit.
    func begin(_ address: String, perMinute limit: Int) async -> RateLimiter.Refusal? {
        guard limit > 0 else { return nil }
        return await withCheckedContinuation { waiter in
            let result: RateLimiter.Refusal?? = addresses.withLock { addresses in
                var state = addresses[address] ?? Address()
                defer { addresses[address] = state.isIdle ? nil : state }
                if state.underWay < failures.left(address, perMinute: limit) {
                    state.underWay += 1
                    return .some(nil)
                }
                if state.underWay == 0 || state.waiters.count >= Self.mostWaiters {
                    return failures.exceeded(address, perMinute: limit)
                }
                state.waiters.append(waiter)
                return nil
            }
            if let result { waiter.resume(returning: result) }
        }
    }

    func conclude(_ address: String, perMinute limit: Int, hasFailed: Bool) {
        guard limit > 0 else { return }
        let (admitted, refused) = addresses.withLock { addresses in
            if hasFailed { _ = failures.take(address, perMinute: limit) }
            var state = addresses[address] ?? Address()
            defer { addresses[address] = state.isIdle ? nil : state }
            state.underWay = max(state.underWay - 1, 0)
            return state.decide(left: failures.left(address, perMinute: limit))
        }
        for waiter in admitted { waiter.resume(returning: nil) }
        guard !refused.isEmpty else { return }
        let refusal = failures.exceeded(address, perMinute: limit)
        for waiter in refused { waiter.resume(returning: refusal) }
    }

    /// None is left for so many seconds: servers that stand in for this one have seen the others.
    func exhaust(_ address: String, perMinute limit: Int, seconds: Int) {
        failures.exhaust(address, perMinute: limit, seconds: seconds)
    }
}

extension FailureBudget.Address {
    fileprivate var isIdle: Bool { underWay == 0 && waiters.isEmpty }

    /// Those who may begin, and those for whom nothing is left.
    fileprivate mutating func decide(left: Int) -> (admitted: [FailureBudget.Waiter], refused: [FailureBudget.Waiter]) {
        let admitted = waiters.prefix(max(left - underWay, 0))
        waiters.removeFirst(admitted.count)
        underWay += admitted.count
        guard underWay == 0 else { return (Array(admitted), []) }
        defer { waiters = [] }
        return ([], waiters)
    }
}
