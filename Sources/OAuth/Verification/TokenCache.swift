package import Logging

/// What became known of tokens a moment ago, by their text.
///
/// Of the last few thousand: when there are too many, the older half goes.
package struct TokenCache<Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let end: Double
    }

    private let mostNew: Int
    private var newer: [Secret: Entry] = [:]
    private var older: [Secret: Entry] = [:]

    package init(mostNew: Int = 4096) { self.mostNew = mostNew }

    var count: Int { newer.count + older.count }

    /// `now` and the end of each are in seconds since 1970.
    package func kept(_ token: Secret, at now: Double) -> Value? {
        guard let entry = newer[token] ?? older[token], now < entry.end else { return nil }
        return entry.value
    }

    package mutating func insert(_ value: Value, for token: Secret, until end: Double) {
        if newer.count >= mostNew {
            older = newer
            newer = [:]
        }
        newer[token] = Entry(value: value, end: end)
    }
}
