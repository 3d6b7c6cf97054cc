/// Access tokens that were verified a moment ago, by the digest of their text.
///
/// The last few thousand: when there are too many, the older half goes.
struct VerifiedTokens: Sendable {
    static let mostNew = 4096

    private struct Entry {
        let token: AccessToken
        let end: Double
    }

    private var newer: [[UInt8]: Entry] = [:]
    private var older: [[UInt8]: Entry] = [:]

    var count: Int { newer.count + older.count }

    func token(_ digest: [UInt8], at now: Double) -> AccessToken? {
        guard let entry = newer[digest] ?? older[digest], now < entry.end else { return nil }
        return entry.token
    }

    mutating func insert(_ token: AccessToken, for digest: [UInt8], until end: Double) {
        if newer.count >= Self.mostNew {
            older = newer
            newer = [:]
        }
        newer[digest] = Entry(token: token, end: end)
    }
}
