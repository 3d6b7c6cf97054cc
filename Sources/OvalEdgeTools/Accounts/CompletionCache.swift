import Synchronization

/// What was found for the letters typed so far: a few lists of one account, each kept for a short time.
///
/// It serves two ends: a client that asks again for the same letters is answered without a request, and one whose
/// letters could not be looked up in time is offered what shorter ones had found.
package final class CompletionCache: Sendable {
    package struct Key: Hashable, Sendable {
        package let kind: CatalogName
        /// In lower case.
        package fileprivate(set) var typed: String

        package init(_ typed: String, of kind: CatalogName) {
            self.kind = kind
            self.typed = typed.lowercased()
        }
    }

    package struct Seen: Sendable {
        package let entries: [CatalogEntry]
        /// Whether there is more than these.
        package let hasMore: Bool
        fileprivate let time: Double
    }

    private struct State {
        var seen: [Key: Seen] = [:]
        var searches = 0
    }

    private let life: Double
    private let capacity: Int
    private let mostSearches: Int
    private let state = Mutex(State())

    package init(life: Double = 60, capacity: Int = 100, mostSearches: Int = 8) {
        self.life = life
        self.capacity = capacity
        self.mostSearches = mostSearches
    }

    package func add(_ entries: [CatalogEntry], hasMore: Bool, for key: Key, at now: Double) {
        state.withLock { state in
            state.seen = state.seen.filter { now - $0.value.time < life }
            if state.seen.count >= capacity, let oldest = state.seen.min(by: { $0.value.time < $1.value.time }) {
                state.seen[oldest.key] = nil
            }
            state.seen[key] = Seen(entries: entries, hasMore: hasMore, time: now)
        }
    }

    package func removeAll() { state.withLock { $0.seen = [:] } }

    /// What was found for exactly these letters.
    package func seen(for key: Key, at now: Double) -> Seen? {
        state.withLock { state in state.seen[key].flatMap { now - $0.time < life ? $0 : nil } }
    }

    /// What was found for the longest beginning of these letters.
    package func nearest(to key: Key, at now: Double) -> [CatalogEntry] {
        var key = key
        while true {
            if let seen = seen(for: key, at: now) { return seen.entries }
            guard !key.typed.isEmpty else { return [] }
            key.typed.removeLast()
        }
    }

    /// Takes one of the few places for searches that are under way; false when all are taken.
    package func beginSearch() -> Bool {
        state.withLock { state in
            guard state.searches < mostSearches else { return false }
            state.searches += 1
            return true
        }
    }

    package func endSearch() { state.withLock { $0.searches -= 1 } }
}
