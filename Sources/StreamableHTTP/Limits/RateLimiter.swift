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

    private struct State {
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
        checked(key, perMinute: perMinute, at: now, taking: 1)
    }

    /// Whether one could be taken, without taking it.
    func peek(_ key: String, perMinute: Int, at now: Instant = .now) -> Refusal? {
        checked(key, perMinute: perMinute, at: now, taking: 0)
    }

    /// Takes all that is left for `key`, so that the next is due in so many `seconds`.
    func exhaust(_ key: String, perMinute: Int, seconds: Int, at now: Instant = .now) {
        state.withLock { state in
            state.buckets[key] = Bucket(tokens: 1 - Double(seconds) * Double(perMinute) / 60, since: now)
        }
    }

    private func checked(_ key: String, perMinute: Int, at now: Instant, taking tokens: Double) -> Refusal? {
        guard perMinute > 0 else { return nil }
        return state.withLock { state in
            if state.buckets.count >= state.most, state.buckets[key] == nil {
                state.buckets = state.buckets.filter { !$0.value.isFull(perMinute, at: now) }
                state.most = max(state.most, 2 * state.buckets.count)
            }
            var bucket = state.buckets[key] ?? Bucket(tokens: Double(perMinute), since: now)
            bucket.fill(perMinute, at: now)
            guard bucket.tokens >= 1 else {
                state.buckets[key] = bucket
                let seconds = ((1 - bucket.tokens) * 60 / Double(perMinute)).rounded(.up)
                return Refusal(name: name, of: of, perMinute: perMinute, seconds: max(Int(seconds), 1))
            }
            bucket.tokens -= tokens
            state.buckets[key] = bucket
            return nil
        }
    }
}

extension RateLimiter.Bucket {
    fileprivate mutating func fill(_ perMinute: Int, at now: RateLimiter.Instant) {
        tokens = level(perMinute, at: now)
        since = now
    }

    fileprivate func isFull(_ perMinute: Int, at now: RateLimiter.Instant) -> Bool {
        level(perMinute, at: now) >= Double(perMinute)
    }

    private func level(_ perMinute: Int, at now: RateLimiter.Instant) -> Double {
        min(Double(perMinute), tokens + (now - since) / .seconds(60) * Double(perMinute))
    }
}
