/// So many at once, and then so many a second.
struct RateLimit {
    private let burst: Double
    private let perSecond: Double
    private var left: Double
    private var last: ContinuousClock.Instant?

    init(burst: Double, perSecond: Double) {
        self.burst = burst
        self.perSecond = perSecond
        left = burst
    }

    mutating func admits(at now: ContinuousClock.Instant = .now) -> Bool {
        if let last { left = min(burst, left + max(0, (now - last) / .seconds(1)) * perSecond) }
        last = now
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
