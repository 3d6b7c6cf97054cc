import Synchronization
import TestSupport
import Testing
import Threads

@testable import Clock

@Suite(.timeLimit(.minutes(5))) struct `A task that sleeps` {
    @Test func `wakes up when its time has come, and not before`() async throws {
        let start = ContinuousClock.now
        try await SystemClock.sleep(for: .milliseconds(20))
        #expect(ContinuousClock.now - start >= .milliseconds(20))
    }

    @Test func `goes on at once when the time is past`() async throws {
        try await SystemClock.sleep(for: .seconds(-1))
    }

    @Test func `wakes up before one that went to bed earlier and sleeps longer`() async throws {
        let long = Task { try await SystemClock.sleep(for: .seconds(600)) }
        try await SystemClock.sleep(for: .milliseconds(5))
        long.cancel()
        await #expect(throws: CancellationError.self) { try await long.value }
    }

    @Test func `wakes up when it is cancelled, even before it lies down`() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await SystemClock.sleep(for: .seconds(600))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `may sleep for longer than clocks can count`() async {
        let task = Task { try await SystemClock.sleep(for: .seconds(Int64.max)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `wakes up though no thread can be started for it`() async throws {
        let alarms = Timers(start: { _ in false })
        let start = SuspendingClock.now
        try await alarms.sleep(for: .milliseconds(20))
        #expect(SuspendingClock.now - start >= .milliseconds(20))
        let cancelled = Task { try await alarms.sleep(for: .seconds(600)) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }

    @Test func `is woken by a thread as soon as there is one`() async throws {
        let starts = Mutex(0)
        let alarms = Timers(start: { body in
            let isFirst = starts.withLock { starts in
                starts += 1
                return starts == 1
            }
            return isFirst ? false : Threads.start(body)
        })
        try await alarms.sleep(for: .milliseconds(30))
        #expect(starts.withLock { $0 } == 2)
    }

    @Test func `uses the clock that stops with the machine`() async throws {
        let first = SuspendingClock.now
        let time = Mutex(first)
        let alarms = Timers(now: { time.withLock { $0 } })
        let long = Task { try await alarms.sleep(for: .seconds(100)) }
        let longer = Task { try await alarms.sleep(for: .seconds(300)) }
        try await wait { alarms.sleeperCount >= 2 }
        time.withLock { $0 = first + .seconds(200) }
        try await alarms.sleep(for: .seconds(-150))
        try await long.value
        #expect(alarms.sleeperCount == 1)
        longer.cancel()
        await #expect(throws: CancellationError.self) { try await longer.value }
    }

    @Test func `is one of many`() async {
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try? await SystemClock.sleep(for: .microseconds(200 - number))
                    return number
                }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 199 * 100)
    }
}
