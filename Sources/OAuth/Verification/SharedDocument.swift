import Synchronization
import Threads

/// A document that is fetched when it is needed, by one for all who need it.
final class SharedDocument<Value: Sendable>: Sendable {
    typealias Fetching = @Sendable () async throws(ProviderFailure) -> Fetched<Value>

    private typealias Fetch = Task<Result<Value, ProviderFailure>, Never>

    private enum Outcome {
        case known(Result<Value, ProviderFailure>)
        case comes(Fetch)
    }

    private struct State {
        var cache = CachedDocument<Value>()
        var fetch: Fetch?
    }

    private let fetching: Fetching
    private let now: @Sendable () -> Double
    private let state = Mutex(State())

    init(now: @escaping @Sendable () -> Double, _ fetching: @escaping Fetching) {
        self.fetching = fetching
        self.now = now
    }

    /// One that has `value`, and fetches no other: a look for more fails with `failure`.
    convenience init(now: @escaping @Sendable () -> Double, holding value: Value, failure: ProviderFailure) {
        self.init(now: now) { () async throws(ProviderFailure) in throw failure }
        state.withLock { $0.cache.came(Fetched(value: value, life: .infinity), at: now()) }
    }

    /// Whether the next look at it begins to fetch it.
    var isDue: Bool {
        let now = now()
        return state.withLock { state in
            if case .due = state.cache.lookup(at: now) { state.fetch == nil } else { false }
        }
    }

    /// The last good one, for a day.
    var last: Value? {
        let now = now()
        return state.withLock { $0.cache.kept(at: now) }
    }

    /// The document, if it is there and need not be fetched.
    var current: Value? {
        let now = now()
        return state.withLock { state in
            if case .current(let value) = state.cache.lookup(at: now) { value } else { nil }
        }
    }

    /// The document as it is now, which may be the last good one for a day.
    func latest() async throws(ProviderFailure) -> Value {
        let now = now()
        let outcome: Outcome = state.withLock { state in
            switch state.cache.lookup(at: now) {
            case .current(let value): .known(.success(value))
            case .due: .comes(begun(&state))
            case .failed(let failure): .known(.failure(failure))
            }
        }
        switch outcome {
        case .known(let result): return try result.get()
        case .comes(let fetch): return try await fetch.value.get()
        }
    }

    /// The document as it is fetched now; nil where it was a moment ago.
    func renewed() async throws(ProviderFailure) -> Value? {
        let now = now()
        let fetch: Fetch? = try state.withLock { (state) throws(ProviderFailure) in
            if let fetch = state.fetch { return fetch }
            if state.cache.mayRenew(at: now) { return begun(&state) }
            if let failure = state.cache.lastFailure { throw failure }
            return nil
        }
        guard let fetch else { return nil }
        let value = try await fetch.value.get()
        // The last good one is no news.
        if let failure = state.withLock({ $0.cache.lastFailure }) { throw failure }
        return value
    }

    /// It belongs to none of those who wait for it: one that hangs up does not end it.
    private func begun(_ state: inout State) -> Fetch {
        if let fetch = state.fetch { return fetch }
        let fetch: Fetch = Task(executorPreference: WorkerPool.shared) { await self.outcome() }
        state.fetch = fetch
        return fetch
    }

    private func outcome() async -> Result<Value, ProviderFailure> {
        let outcome: Result<Fetched<Value>, ProviderFailure>
        do throws(ProviderFailure) {
            outcome = .success(try await fetching())
        } catch {
            outcome = .failure(error)
        }
        let now = now()
        return state.withLock { state in
            state.fetch = nil
            switch outcome {
            case .success(let fetched):
                state.cache.came(fetched, at: now)
                return .success(fetched.value)
            case .failure(let failure):
                return state.cache.failed(failure, at: now).map { .success($0) } ?? .failure(failure)
            }
        }
    }
}
