import HTTP

/// What is asked in one read, between two changes.
///
/// The account is not part of it, because each has replies of its own.
struct ReadQuestion: Hashable {
    let url: String
    let body: [UInt8]
    /// How often something had been changed when it was asked.
    let changes: Int

    var size: Int { url.utf8.count + body.count }
}

/// Replies that came a short while ago: not many, not large, and not for long.
///
/// A value without clock or lock, so that a test can walk through its rules.
struct KeptReplies {
    struct Reply {
        let response: HTTPResponse
        /// When it was asked for, in seconds since 1970: what it says may be as old as that.
        let asked: Double
        fileprivate let size: Int
    }

    static let most = 64
    static let mostBytes = 1 << 20

    /// Seconds.
    let life: Double
    private var replies: [ReadQuestion: Reply] = [:]
    private(set) var bytes = 0

    init(life: Double) { self.life = life }

    var count: Int { replies.count }

    mutating func reply(to question: ReadQuestion, at now: Double) -> Reply? {
        dropOutdated(at: now)
        return replies[question]
    }

    /// Keeps a success, in the place of what is oldest; nothing that would take all the room, or is older than what is
    /// there.
    mutating func keep(_ response: HTTPResponse, of question: ReadQuestion, asked: Double, at now: Double) {
        dropOutdated(at: now)
        if let newer = replies[question], newer.asked > asked { return }
        drop(question)
        let size = question.size + response.body.count
        guard response.status.isSuccess, isYoung(asked, at: now), size <= Self.mostBytes else { return }
        while replies.count >= Self.most || bytes + size > Self.mostBytes {
            guard let oldest = replies.min(by: { $0.value.asked < $1.value.asked }) else { break }
            drop(oldest.key)
        }
        replies[question] = Reply(response: response, asked: asked, size: size)
        bytes += size
    }

    mutating func removeAll() { self = KeptReplies(life: life) }

    /// A clock that was set back makes nothing younger.
    private func isYoung(_ asked: Double, at now: Double) -> Bool { (0..<life).contains(now - asked) }

    private mutating func dropOutdated(at now: Double) {
        for (question, reply) in replies where !isYoung(reply.asked, at: now) { drop(question) }
    }

    mutating func drop(_ question: ReadQuestion) {
        if let reply = replies.removeValue(forKey: question) { bytes -= reply.size }
    }
}
