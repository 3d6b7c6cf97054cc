import Testing

@testable import MCP

@Suite struct `A rate limit` {
    private let start = ContinuousClock.now

    /// What it says to so many at these seconds, one after the other.
    private func answers(_ limit: RateLimit, _ times: [(seconds: Double, count: Int)]) -> [[Bool]] {
        var limit = limit
        return times.map { time in
            (0..<time.count).map { _ in limit.admits(at: start + .seconds(time.seconds)) }
        }
    }

    @Test func `lets a burst through, and then so many a second`() {
        let answers = answers(RateLimit(burst: 3, perSecond: 2), [(0, 5), (1, 3), (1.4, 1), (1.5, 1)])
        #expect(answers == [[true, true, true, false, false], [true, true, false], [false], [true]])
    }

    @Test func `saves up no more than a burst, and works with a clock that does not advance`() {
        let answers = answers(RateLimit(burst: 2, perSecond: 10), [(0, 1), (3600, 3), (0, 1)])
        #expect(answers == [[true], [true, true, false], [false]])
    }
}
