import HTTP

/// What is asked in one read, between two changes.
///
/// The account is not part of it, because each has replies of its own.
struct CacheKey: Hashable {
    let url: String
    let body: [UInt8]
    /// How often something had been changed when it was asked.
    let changes: Int

    var size: Int { url.utf8.count + body.count }
}

/// The replies of a short while ago: not many, not large, and not for long.
///
/// A value without clock or lock, so that a test can walk through its rules.
struct ResponseCache {
    struct Reply {
        let response: HTTPResponse
        /// When it was asked for, in seconds since 1970: what it says may be as old as that.
        let asked: Double
        fileprivate let size: Int
    }

    static let most = 64
    static let mostBytes = 1 << 20

    /// Seconds.
    let ttl: Double
    private var replies: [CacheKey: Reply] = [:]
    private(set) var bytes = 0

    init(ttl: Double) { self.ttl = ttl }

    var count: Int { replies.count }

    mutating func reply(for key: CacheKey, at now: Double) -> Reply? {
        removeExpired(at: now)
        return replies[key]
    }

    /// Stores a success, in the place of what is oldest; nothing that would take all the room, or is older than what is
    /// there.
    mutating func store(_ response: HTTPResponse, for key: CacheKey, asked: Double, at now: Double) {
        removeExpired(at: now)
        if let newer = replies[key], newer.asked > asked { return }
        remove(key)
        let size = key.size + response.body.count
        guard response.status.isSuccess, isYoung(asked, at: now), size <= Self.mostBytes else { return }
        while replies.count >= Self.most || bytes + size > Self.mostBytes {
            guard let oldest = replies.min(by: { $0.value.asked < $1.value.asked }) else { break }
            remove(oldest.key)
        }
        replies[key] = Reply(response: response, asked: asked, size: size)
        bytes += size
    }

    mutating func removeAll() { self = ResponseCache(ttl: ttl) }

    /// A clock that was set back makes nothing younger.
    private func isYoung(_ asked: Double, at now: Double) -> Bool { (0..<ttl).contains(now - asked) }

    private mutating func removeExpired(at now: Double) {
        for (key, reply) in replies where !isYoung(reply.asked, at: now) { remove(key) }
    }

    mutating func remove(_ key: CacheKey) {
        if let reply = replies.removeValue(forKey: key) { bytes -= reply.size }
    }
}
