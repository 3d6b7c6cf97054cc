import Synchronization
import Threads

/// What was found for the letters typed so far, and what is being looked for: of one account, each list for a short time.
///
/// A search goes on when the person who types has no time to wait for it; what it finds then answers the next letters.
/// There is one of each kind at a time, and none outlives this.
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

        package init(_ entries: [CatalogEntry], hasMore: Bool, at time: Double) {
            self.entries = entries
            self.hasMore = hasMore
            self.time = time
        }
    }

    /// What the catalog has; nil when it did not say.
    package typealias Search = @Sendable (Key) async -> Seen?

    private struct UnderWay {
        let number: Int
        let task: Task<Void, Never>
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private struct State {
        var seen: [Key: Seen] = [:]
        var underWay: [CatalogName: UnderWay] = [:]
        var number = 0

        mutating func nextNumber() -> Int {
            number += 1
            return number
        }
    }

    private let life: Double
    private let capacity: Int
    private let state = Mutex(State())

    package init(life: Double = 60, capacity: Int = 100) {
        self.life = life
        self.capacity = capacity
    }

    deinit { for search in state.withLock({ $0.underWay }).values { search.task.cancel() } }

    package func add(_ seen: Seen, for key: Key) { state.withLock { keep(seen, for: key, to: &$0) } }

    private func keep(_ seen: Seen, for key: Key, to state: inout State) {
        state.seen = state.seen.filter { seen.time - $0.value.time < life }
        if state.seen.count >= capacity, let oldest = state.seen.min(by: { $0.value.time < $1.value.time }) {
            state.seen[oldest.key] = nil
        }
        state.seen[key] = seen
    }

    /// Forgets everything, and gives up what is being looked for.
    package func removeAll() {
        let searches = state.withLock { state in
            defer { (state.seen, state.underWay) = ([:], [:]) }
            return state.underWay.values
        }
        for search in searches {
            search.task.cancel()
            for waiter in search.waiting.values { waiter.resume() }
        }
    }

    /// What was found for exactly these letters.
    package func seen(for key: Key, at now: Double) -> Seen? {
        state.withLock { state in state.seen[key].flatMap { now - $0.time < life ? $0 : nil } }
    }

    /// What was found for the longest beginning of these letters.
    package func nearest(to key: Key, at now: Double) -> Seen? {
        var key = key
        while true {
            if let seen = seen(for: key, at: now) { return seen }
            guard !key.typed.isEmpty else { return nil }
            key.typed.removeLast()
        }
    }
}

// Searches under way.
extension CompletionCache {
    /// False when another search of this kind is under way.
    package func begin(_ search: @escaping Search, for key: Key) -> Bool {
        state.withLock { state in
            guard state.underWay[key.kind] == nil else { return false }
            let number = state.nextNumber()
            let task = Task(executorPreference: WorkerPool.shared) { [weak self] in
                let seen = await search(key)
                self?.end(number, key, seen)
            }
            state.underWay[key.kind] = UnderWay(number: number, task: task)
            return true
        }
    }

    /// Returns when nothing of this kind is being looked for any more, or when the task that waits is cancelled.
    package func finished(_ kind: CatalogName) async {
        let waiter = state.withLock { $0.nextNumber() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    // A later cancellation finds the continuation here.
                    guard !Task.isCancelled, state.underWay[kind] != nil else { return false }
                    state.underWay[kind]?.waiting[waiter] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.underWay[kind]?.waiting.removeValue(forKey: waiter) }?.resume()
        }
    }

    /// What comes after it was given up is not kept.
    private func end(_ number: Int, _ key: Key, _ seen: Seen?) {
        let waiting = state.withLock { state -> [Int: CheckedContinuation<Void, Never>] in
            guard let search = state.underWay[key.kind], search.number == number else { return [:] }
            state.underWay[key.kind] = nil
            if let seen { keep(seen, for: key, to: &state) }
            return search.waiting
        }
        for waiter in waiting.values { waiter.resume() }
    }
}
