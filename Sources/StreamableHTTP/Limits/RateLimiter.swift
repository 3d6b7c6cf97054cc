import Synchronization

/// So many a minute for each key: a token bucket that fills steadily, and is full for those who were not seen.
final class RateLimiter: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What is over a limit, and when the next will be taken.
    struct Refusal: Hashable, Sendable {
        let name: String
        /// In the plural, for people.
        let of: String
        let perMinute: Int
        let seconds: Int
    }

    fileprivate struct Bucket {
        var tokens: Double
        var since: Instant
    }

    private let name: String
    private let of: String
    private let state = Mutex(State())

    fileprivate struct State {
        var buckets: [String: Bucket] = [:]
        /// So many are kept before those are forgotten whose bucket is full again.
        var most = 10_000
    }

    /// `name` is for programs, `of` says in the plural what is counted.
    init(_ name: String, of: String) {
        self.name = name
        self.of = of
    }

    /// Takes one for `key`; 0 a minute is no limit.
    func take(_ key: String, perMinute: Int, at now: Instant = .now) -> Refusal? {
        guard perMinute > 0 else { return nil }
        return state.withLock { state in
            var bucket = state.bucket(key, perMinute: perMinute, at: now)
            defer { state.buckets[key] = bucket }
            guard bucket.tokens >= 1 else { return exceeded(bucket, perMinute: perMinute) }
            bucket.tokens -= 1
            return nil
        }
    }

    /// How many could be taken now.
    func left(_ key: String, perMinute: Int, at now: Instant = .now) -> Int {
        state.withLock { max(Int($0.level(key, perMinute: perMinute, at: now)), 0) }
    }

    /// What is said to whom nothing is left for.
    func exceeded(_ key: String, perMinute: Int, at now: Instant = .now) -> Refusal {
        let level = state.withLock { $0.level(key, perMinute: perMinute, at: now) }
        return exceeded(Bucket(tokens: level, since: now), perMinute: perMinute)
    }

    /// Takes all that is left for `key`, so that the next is due in so many `seconds`.
    func exhaust(_ key: String, perMinute: Int, seconds: Int, at now: Instant = .now) {
        state.withLock { state in
            state.buckets[key] = Bucket(tokens: 1 - Double(seconds) * Double(perMinute) / 60, since: now)
        }
    }

    private func exceeded(_ bucket: Bucket, perMinute: Int) -> Refusal {
        let seconds = ((1 - bucket.tokens) * 60 / Double(perMinute)).rounded(.up)
        return Refusal(name: name, of: of, perMinute: perMinute, seconds: max(Int(seconds), 1))
    }
}

extension RateLimiter.State {
    fileprivate func level(_ key: String, perMinute: Int, at now: RateLimiter.Instant) -> Double {
        buckets[key]?.level(perMinute, at: now) ?? Double(perMinute)
    }

    fileprivate mutating func bucket(_ key: String, perMinute: Int, at now: RateLimiter.Instant) -> RateLimiter.Bucket {
        if buckets.count >= most, buckets[key] == nil {
            buckets = buckets.filter { $0.value.level(perMinute, at: now) < Double(perMinute) }
            most = max(most, 2 * buckets.count)
        }
        return RateLimiter.Bucket(tokens: level(key, perMinute: perMinute, at: now), since: now)
    }
}

extension RateLimiter.Bucket {
    fileprivate func level(_ perMinute: Int, at now: RateLimiter.Instant) -> Double {
        min(Double(perMinute), tokens + (now - since) / .seconds(60) * Double(perMinute))
    }
}
