/// Where a session stands, and what it has to say again to a server that has lost it: a value without a clock or a
/// connection.
struct SessionMachine {
    enum Phase {
        /// Not opened yet, or lost.
        case idle
        case opening
        case open(OpenedServer, number: Int)
        case ended
    }

    typealias Opened = Result<(OpenedServer, number: Int), RemoteFailure>
    typealias Waiter = CheckedContinuation<Opened, Never>

    private(set) var phase = Phase.idle
    /// How often it was opened.
    private(set) var openings = 0
    private var waiting: [Int: Waiter] = [:]
    private var lastWaiter = 0
    /// The level that was asked for, and the resources in the order of their subscription.
    var logLevel: String?
    var subscriptions: [String] = []
    var sleep = SleepWatch()
    /// What listens next to the calls; the last one takes the place of those before it once it has begun.
    var listening: [Task<Void, Never>] = []
    /// What waits for the end of a process.
    var watching: Task<Void, Never>?

    /// What one that needs the conversation finds.
    enum Entry {
        case now(Opened)
        case waits
        /// As ``waits``, and is the one to open it.
        case opens
    }

    mutating func newWaiter() -> Int {
        lastWaiter += 1
        return lastWaiter
    }

    mutating func enter(_ waiter: Waiter, as id: Int) -> Entry {
        switch phase {
        case .open(let conversation, let number): return .now(.success((conversation, number)))
        case .ended: return .now(.failure(.cancelled))
        case .opening:
            waiting[id] = waiter
            return .waits
        case .idle:
            waiting[id] = waiter
            phase = .opening
            return .opens
        }
    }

    mutating func leave(_ id: Int) -> Waiter? { waiting.removeValue(forKey: id) }

    /// Those who waited get what it came to.
    mutating func finishOpening(_ outcome: Result<OpenedServer, RemoteFailure>) -> ([Waiter], Opened) {
        let waiters = Array(waiting.values)
        waiting = [:]
        guard case .opening = phase else { return (waiters, .failure(.cancelled)) }
        switch outcome {
        case .failure(let failure):
            phase = .idle
            return (waiters, .failure(failure))
        case .success(let conversation):
            openings += 1
            phase = .open(conversation, number: openings)
            return (waiters, .success((conversation, openings)))
        }
    }

    /// The server has lost conversation `number`; what belonged to it, if it was not noticed before.
    mutating func lost(_ number: Int) -> (OpenedServer, [Task<Void, Never>])? {
        guard case .open(let conversation, number) = phase else { return nil }
        phase = .idle
        return (conversation, takeListening())
    }

    private mutating func takeListening() -> [Task<Void, Never>] {
        defer { listening = [] }
        return listening
    }

    mutating func endAll() -> (OpenedServer?, [Task<Void, Never>], [Waiter]) {
        defer {
            phase = .ended
            waiting = [:]
        }
        let waiters = Array(waiting.values)
        guard case .open(let conversation, _) = phase else { return (nil, takeListening(), waiters) }
        return (conversation, takeListening(), waiters)
    }

    /// What the server says of itself, where that is known.
    var conversation: OpenedServer? { if case .open(let conversation, _) = phase { conversation } else { nil } }
}
