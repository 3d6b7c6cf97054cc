import Testing

@testable import StreamableHTTP

@Suite struct `A limit a minute` {
    private let limiter = RateLimiter("calls", of: "requests of one account")
    private let start = RateLimiter.Instant.now

    private func taken(_ count: Int, _ key: String = "a", perMinute: Int = 3, after seconds: Double = 0) -> Int {
        (0..<count).filter { _ in
            limiter.take(key, perMinute: perMinute, at: start + .seconds(seconds)) == nil
        }.count
    }

    @Test func `lets so many pass at once, for each key`() {
        #expect(taken(5) == 3)
        #expect(taken(5, "b") == 3)
    }

    @Test func `fills steadily, and never beyond what it is`() {
        #expect(taken(3) == 3)
        #expect(taken(2, after: 19.9) == 0)
        #expect(taken(2, after: 20.1) == 1)
        #expect(taken(9, after: 3600) == 3)
    }

    @Test func `says what it is, and how long to wait`() {
        _ = taken(3)
        let refusal = limiter.take("a", perMinute: 3, at: start + .seconds(5))
        #expect(refusal == .init(name: "calls", of: "requests of one account", perMinute: 3, seconds: 15))
    }

    @Test func `can be asked for without taking one`() {
        #expect((0..<9).allSatisfy { _ in limiter.left("a", perMinute: 1, at: start) == 1 })
        #expect(taken(1, perMinute: 1) == 1)
        #expect(limiter.left("a", perMinute: 1, at: start) == 0)
        #expect(limiter.exceeded("a", perMinute: 1, at: start).seconds == 60)
    }

    @Test func `can be used up for so many seconds, and fills from there`() {
        limiter.exhaust("a", perMinute: 3, seconds: 45, at: start)
        #expect(taken(1, after: 44) == 0)
        #expect(taken(2, after: 46) == 1)
        #expect(taken(5, "b") == 3)
    }

    @Test func `lets everything pass where it is 0`() { #expect(taken(1000, perMinute: 0) == 1000) }

    @Test func `holds at once where it was lowered`() {
        #expect(taken(1, perMinute: 100) == 1)
        #expect(taken(9, perMinute: 2) == 2)
    }
}
