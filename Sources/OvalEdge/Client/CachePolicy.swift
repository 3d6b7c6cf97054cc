import Synchronization

/// How new a reply must be for its reader.
enum CachePolicy: Sendable {
    /// Asked for now, by this reader: what a change is decided on, and its outcome.
    case fresh
    /// An identical request that is under way will do.
    case shared
    /// So will a reply that came a short while ago; its age is noted.
    case cached(CacheAge)

    var isFresh: Bool { if case .fresh = self { true } else { false } }
    var age: CacheAge? { if case .cached(let age) = self { age } else { nil } }
}

/// Since when the oldest of the kept replies is known that one answer was made of.
package final class CacheAge: Sendable {
    private let oldest = Mutex<Double?>(nil)

    package init() {}

    /// Seconds since 1970; nil where nothing was kept.
    package var asOf: Double? { oldest.withLock { $0 } }

    func note(_ asked: Double) { oldest.withLock { $0 = min($0 ?? asked, asked) } }
}
