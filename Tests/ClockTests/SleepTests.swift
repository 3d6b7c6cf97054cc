import Testing

@testable import Clock

@Suite struct `A task that sleeps` {
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
