package import Logging

/// A token that a caller's was exchanged for.
package struct ExchangedToken: Hashable, Sendable {
    package let token: Secret
    /// As the server writes it; nil where it does not say.
    package let type: String?

    package init(token: Secret, type: String? = nil) {
        self.token = token
        self.type = type
    }
}

/// The exchanged tokens that are good at the moment, by a digest of all that decides about them.
struct ExchangeCache: Sendable {
    private struct Entry {
        let token: ExchangedToken
        let end: Double
    }

    /// So many at a time; then the one that ends first goes.
    static let most = 10_000

    private var entries: [[UInt8]: Entry] = [:]

    func token(_ key: [UInt8], at now: Double) -> ExchangedToken? {
        entries[key].flatMap { now < $0.end ? $0.token : nil }
    }

    /// Returns those that are not kept any longer.
    mutating func keep(_ token: ExchangedToken, as key: [UInt8], until end: Double, at now: Double) -> [ExchangedToken]
    {
        var gone = entries.removeValue(forKey: key).map { [$0.token] } ?? []
        for (other, entry) in entries where entry.end <= now {
            entries[other] = nil
            gone.append(entry.token)
        }
        if entries.count >= Self.most, let first = entries.min(by: { $0.value.end < $1.value.end }) {
            entries[first.key] = nil
            gone.append(first.value.token)
        }
        if end > now { entries[key] = Entry(token: token, end: end) }
        return gone
    }

    /// Drops it where it is still this one.
    mutating func drop(_ token: Secret, _ key: [UInt8]) {
        if entries[key]?.token.token == token { entries[key] = nil }
    }
}
