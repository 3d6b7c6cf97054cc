import Clock
import Synchronization

/// What one back end was found to have; shared by everyone who asks it.
package final class EndpointSelector: Sendable {
    fileprivate struct State {
        var cache: VariantCache
        var waiting: [Capability: [AsyncStream<Never>.Continuation]] = [:]
    }

    /// How long a call waits for another one that is learning, before it goes the whole way itself.
    private static let patience = 2.0

    private let clock: SessionClock
    private let state: Mutex<State>

    /// With `fixed`, only this generation is spoken, and nothing is tried out.
    package init(fixed: Generation? = nil, clock: SessionClock = .system) {
        self.clock = clock
        state = Mutex(State(cache: VariantCache(fixed: fixed)))
    }

    /// Nil as long as nothing has shown it.
    package func variant(of capability: Capability) -> EndpointVariant? {
        state.withLock { $0.cache.variant(of: capability) }
    }

    var isFixed: Bool { state.withLock { $0.cache.isFixed } }
    var isOld: Bool { state.withLock { $0.cache.isOld } }

    /// Where a call begins, and whether it learns for all; waits while another one learns.
    func start(_ capability: Capability) async -> (variant: EndpointVariant, learns: Bool) {
        let now = clock.now()
        let (start, learning) = state.withLock { state in
            let start = state.cache.start(capability, at: now)
            return (start, start == .wait ? state.wait(for: capability) : nil)
        }
        switch start {
        case .ask(let variant): return (variant, false)
        case .learn(let variant): return (variant, true)
        case .wait:
            if let learning { await finish(of: learning) }
            return (variant(of: capability) ?? capability.newest, false)
        }
    }

    func found(_ variant: EndpointVariant) {
        let now = clock.now()
        state.withLock { $0.cache.found(variant, at: now) }
    }

    func ended(_ capability: Capability) {
        let waiting = state.withLock { state in
            state.cache.ended(capability)
            return state.waiting.removeValue(forKey: capability) ?? []
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when the other one is through, when patience ends, or when the task is cancelled.
    private func finish(of learning: AsyncStream<Never>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in learning {} }
            group.addTask { [clock] in try? await clock.sleep(Self.patience) }
            await group.next()
            group.cancelAll()
        }
    }
}

extension EndpointSelector.State {
    fileprivate mutating func wait(for capability: Capability) -> AsyncStream<Never> {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        waiting[capability, default: []].append(continuation)
        return stream
    }
}
